#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

int64_t AddOne(int64_t x) { return x + 1; }

TVM_FFI_STATIC_INIT_BLOCK() { tvm::ffi::reflection::GlobalDef().def("not_toml.add_one", AddOne); }
