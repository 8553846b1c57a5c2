"""It raises what `except Exception` does not catch."""


class Stop(BaseException):
    pass


raise Stop("stop everything")
