"""Who is an operator: objects to judge, installers' fixtures, and the labelled set's scores."""
