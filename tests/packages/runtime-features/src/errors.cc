#include <tvm/ffi/tvm_ffi.h>

#include <stdexcept>
#include <string>

namespace runtime_features {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

void RaiseValueError(const ffi::String& message) { TVM_FFI_THROW(ValueError) << message; }

void RaiseTypeError(const ffi::String& message) { TVM_FFI_THROW(TypeError) << message; }

void RaiseKeyError(const ffi::String& message) { TVM_FFI_THROW(KeyError) << message; }

void RaiseRuntimeError(const ffi::String& message) { TVM_FFI_THROW(RuntimeError) << message; }

// Throws what knows nothing of TVM-FFI.
void RaiseStdException(const ffi::String& message) { throw std::logic_error(std::string(message)); }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("runtime_features.raise_value_error", RaiseValueError, "Raise ValueError(message).")
      .def("runtime_features.raise_type_error", RaiseTypeError, "Raise TypeError(message).")
      .def("runtime_features.raise_key_error", RaiseKeyError, "Raise KeyError(message).")
      .def("runtime_features.raise_runtime_error", RaiseRuntimeError,
           "Raise RuntimeError(message).")
      .def("runtime_features.raise_std_exception", RaiseStdException, "Throw std::logic_error.");
}

}  // namespace runtime_features
