#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace runtime_features {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t SumOf(const ffi::TypedFunction<int64_t(int64_t)>& function, int64_t count) {
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    sum += function(i);
  }
  return sum;
}

// Catches what the callback raises, and returns its message.
ffi::String CaughtMessage(const ffi::Function& function) {
  try {
    function();
  } catch (const ffi::Error& error) {
    return error.kind() + ": " + error.message();
  }
  return "";
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("runtime_features.sum_of", SumOf, "Return function(0) + ... + function(count - 1).")
      .def("runtime_features.caught_message", CaughtMessage,
           "Return the kind and message of what function() raises, empty if nothing.");
}

}  // namespace runtime_features
