"""Read the files of a source: unpack them and tell what each is."""
