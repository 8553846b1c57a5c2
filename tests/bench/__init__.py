"""What the command costs, against the least it could cost; `make bench` runs it.

`corpus` makes the objects, `scale` loads them into a real server, `wire` is the floor (a program of
its own that knows nothing of the product), `launch` runs a command and says what the operating
system charged for it, `measure` repeats that, `report` writes the page.
"""
