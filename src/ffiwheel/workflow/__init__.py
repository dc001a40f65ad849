"""Use cases: the only place where features meet."""
