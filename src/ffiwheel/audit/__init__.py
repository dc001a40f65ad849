"""Read binaries and wheels without running them, and say what their tags must be."""
