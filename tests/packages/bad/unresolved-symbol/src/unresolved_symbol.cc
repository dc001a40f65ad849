#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

extern "C" int64_t defined_nowhere(int64_t x);

int64_t AddOne(int64_t x) { return defined_nowhere(x) + 1; }

TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef().def("unresolved_symbol.add_one", AddOne);
}
