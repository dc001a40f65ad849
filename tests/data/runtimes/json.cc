// Takes a C++ function from libtvm_ffi, whose mangled name has changed with 0.1.13.
#include <tvm/ffi/extra/json.h>
#include <tvm/ffi/function.h>
#include <tvm/ffi/reflection/registry.h>

namespace ffi = tvm::ffi;

TVM_FFI_STATIC_INIT_BLOCK() {
  ffi::reflection::GlobalDef().def(
      "json.text", [](ffi::Any value) -> ffi::String { return ffi::json::Stringify(value); });
}
