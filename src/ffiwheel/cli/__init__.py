"""The words of the command line: one module per command."""
