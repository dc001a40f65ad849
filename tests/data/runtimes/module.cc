// Calls a C++ function whose name stays the same and whose result has another size in 0.1.13.
#include <tvm/ffi/extra/module.h>
#include <tvm/ffi/function.h>
#include <tvm/ffi/reflection/registry.h>

namespace ffi = tvm::ffi;

int64_t twice(int64_t x) { return 2 * x; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(twice, twice);

TVM_FFI_STATIC_INIT_BLOCK() {
  ffi::reflection::GlobalDef().def("module.run", [](ffi::Module module, ffi::String name) {
    return (*module->GetFunction(name, true))(21).cast<int64_t>();
  });
}
