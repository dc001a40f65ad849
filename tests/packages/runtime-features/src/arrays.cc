#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace runtime_features {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t DataPointer(ffi::TensorView x) {
  return static_cast<int64_t>(reinterpret_cast<intptr_t>(x.data_ptr()) + x.byte_offset());
}

void Increment(ffi::TensorView x) {
  if (x.device().device_type != kDLCPU || x.dtype() != DLDataType{kDLFloat, 64, 1} ||
      !x.IsContiguous()) {
    TVM_FFI_THROW(ValueError) << "increment: x must be a contiguous float64 array on the CPU";
  }
  auto* data = reinterpret_cast<double*>(DataPointer(x));
  for (int64_t i = 0; i < x.numel(); ++i) {
    data[i] += 1;
  }
}

ffi::Tensor Identity(ffi::Tensor x) { return x; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("runtime_features.data_pointer", DataPointer, "Return the address of the first element.")
      .def("runtime_features.increment", Increment, "Add one to each element, in place.")
      .def("runtime_features.identity", Identity, "Return the same array.");
}

}  // namespace runtime_features
