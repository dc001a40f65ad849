"""The only code that touches processes, the clock, the environment and archives."""
