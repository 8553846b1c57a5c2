"""Why an API server may refuse a new CRD, whatever the old one was."""
