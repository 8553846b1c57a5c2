"""Read the values in JSON and YAML documents, within bounds and as kubectl does."""
