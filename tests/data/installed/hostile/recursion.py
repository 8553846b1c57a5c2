"""It recurses until Python stops it."""


def deeper(n):
    return deeper(n + 1) + 1


deeper(0)
