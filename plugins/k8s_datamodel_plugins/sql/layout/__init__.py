"""The tables and views: content by digest, definitions of types, migrations, seals, the index."""
