"""The page of `ffiwheel audit --html`: one HTML file that shows what is in a wheel."""
