"""What the tables hold: content by digest, definitions of types, migrations, seals, the index."""
