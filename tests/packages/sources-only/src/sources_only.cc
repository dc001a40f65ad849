#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

int64_t AddTwo(int64_t x) { return x + 2; }

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add_two, AddTwo);

int64_t AddOne(int64_t x) { return x + 1; }

TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef().def("sources_only.add_one", AddOne, "Return x + 1.");
}
