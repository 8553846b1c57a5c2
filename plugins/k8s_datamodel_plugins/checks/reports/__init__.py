"""How a check is written: lines for people, Markdown, SARIF, annotations, rows."""
