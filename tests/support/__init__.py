"""What tests share: runs of the command, sources, stores, plugins that are made up."""
