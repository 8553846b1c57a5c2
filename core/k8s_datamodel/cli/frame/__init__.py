"""The base of every command: settings, opening, output, exit codes."""
