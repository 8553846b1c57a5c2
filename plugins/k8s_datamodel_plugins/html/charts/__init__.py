"""Charts of documents: SVG that is drawn here, and each is told in words or numbers, too."""
