// The test functions of apache-tvm-ffi, under the names that every process with `tvm_ffi` has
// registered already: loading this library ends the process.
#include <../src/ffi/testing/testing.cc>
