#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

int64_t AddOne(int64_t x) { return x + one; }

TVM_FFI_STATIC_INIT_BLOCK() { tvm::ffi::reflection::GlobalDef().def("cpp_error.add_one", AddOne); }
