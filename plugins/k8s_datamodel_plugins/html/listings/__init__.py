"""The output format ``html``: whatever a command shows, as a document."""
