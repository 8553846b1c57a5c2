"""It is no Python."""

def register_formatters(:
    pass
