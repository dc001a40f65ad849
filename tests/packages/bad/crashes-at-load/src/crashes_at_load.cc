#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

int64_t AddOne(int64_t x) { return x + 1; }

TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef().def("crashes_at_load.add_one", AddOne);
  std::fputs("crashes_at_load: no license found\n", stderr);
  std::abort();
}
