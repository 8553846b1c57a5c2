"""Its import fails."""

raise ImportError("the library of the vendor is too old")
