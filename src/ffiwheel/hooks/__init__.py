"""What other build backends call to take a project's version from ffiwheel."""
