"""It marks no hook."""


def register_formatters():
    return ()
