#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace setuptools_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t AddTwo(int64_t x) { return x + 2; }

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add_two, AddTwo);

ffi::Array<int64_t> Reverse(const ffi::Array<int64_t>& values) {
  return ffi::Array<int64_t>(values.rbegin(), values.rend());
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("setuptools_extension.reverse", Reverse,
                        "Return the values in reverse order.");
}

}  // namespace setuptools_extension
