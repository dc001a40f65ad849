"""What a built library offers: a child process loads it and reads TVM-FFI's reflection data."""
