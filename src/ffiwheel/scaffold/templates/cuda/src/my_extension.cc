// The kernel of add.h for Python: checks the tensors, then launches on the caller's stream.
//
// Everything here speaks the C ABI of TVM-FFI. No Python header is included, so one compiled
// library serves every Python version, and arrays of any library that speaks DLPack.
#include <cuda_runtime_api.h>
#include <tvm/ffi/extra/c_env_api.h>
#include <tvm/ffi/extra/cuda/device_guard.h>
#include <tvm/ffi/tvm_ffi.h>

#include <algorithm>

#include "add.h"

namespace my_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

// A TensorView says nothing about its contents: check them before a kernel touches memory.
void CheckTensor(const char* name, const ffi::TensorView& tensor) {
  if (tensor.device().device_type != kDLCUDA) {
    TVM_FFI_THROW(ValueError) << "add: " << name << " must be on a CUDA device";
  }
  if (tensor.dtype() != DLDataType{kDLFloat, 32, 1}) {
    TVM_FFI_THROW(TypeError) << "add: " << name << " must be float32, not " << tensor.dtype();
  }
  if (!tensor.IsContiguous()) {
    TVM_FFI_THROW(ValueError) << "add: " << name << " must be contiguous";
  }
}

void CheckSameAs(const char* name, const ffi::TensorView& tensor, const ffi::TensorView& a) {
  if (tensor.device().device_id != a.device().device_id) {
    TVM_FFI_THROW(ValueError) << "add: " << name
                              << " is on device cuda:" << tensor.device().device_id
                              << " but a is on cuda:" << a.device().device_id;
  }
  const ffi::ShapeView shape = tensor.shape();
  if (!std::equal(shape.begin(), shape.end(), a.shape().begin(), a.shape().end())) {
    TVM_FFI_THROW(ValueError) << "add: " << name << " must have the shape of a";
  }
}

float* Data(const ffi::TensorView& tensor) {
  return reinterpret_cast<float*>(static_cast<char*>(tensor.data_ptr()) + tensor.byte_offset());
}

void Add(ffi::TensorView a, ffi::TensorView b, ffi::TensorView out) {
  CheckTensor("a", a);
  CheckTensor("b", b);
  CheckTensor("out", out);
  CheckSameAs("b", b, a);
  CheckSameAs("out", out, a);
  const DLDevice device = a.device();
  ffi::CUDADeviceGuard guard(device.device_id);
  // The stream that the caller's framework is working on: the kernel runs in order with its work.
  auto stream = static_cast<cudaStream_t>(TVMFFIEnvGetStream(device.device_type, device.device_id));
  const cudaError_t error = LaunchAdd(Data(a), Data(b), Data(out), a.numel(), stream);
  if (error != cudaSuccess) {
    TVM_FFI_THROW(RuntimeError) << "add: " << cudaGetErrorString(error);
  }
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def(
      "my_extension.add", Add,
      "Write a + b to out. All are contiguous float32 arrays of one shape on one CUDA device.");
}

}  // namespace my_extension
