"""Find the compilers and the TVM-FFI runtime that a build works with."""
