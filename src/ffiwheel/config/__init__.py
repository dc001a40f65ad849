"""`pyproject.toml` as frozen values; the keys, their checks and their documentation."""
