"""What every command stands on: settings, opening, output, exit codes."""
