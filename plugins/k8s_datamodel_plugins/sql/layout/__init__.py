"""The tables: content by digest, definitions of types, migrations, seals, the index."""
