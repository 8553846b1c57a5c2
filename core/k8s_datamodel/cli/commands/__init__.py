"""The commands of the host, one file each."""
