"""The command that shows the records of several clusters side by side."""
