"""Asking it for anything fails."""


class Hidden:
    def __dir__(self):
        raise RuntimeError("nothing to see here")


plugin = Hidden()
