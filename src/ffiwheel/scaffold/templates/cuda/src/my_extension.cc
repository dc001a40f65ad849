// The kernel of add.cu for Python: checks the tensors, then launches on the caller's stream.
//
// Everything here speaks the C ABI of TVM-FFI. No Python header is included, so one compiled
// library serves every Python version, and arrays of any library that speaks DLPack. It is not linked
// with CUDA either: the driver is looked up at the first launch.
#include <tvm/ffi/extra/c_env_api.h>
#include <tvm/ffi/extra/cuda/cubin_launcher.h>
#include <tvm/ffi/extra/cuda/device_guard.h>
#include <tvm/ffi/tvm_ffi.h>

#include <algorithm>
#include <cstdint>

TVM_FFI_EMBED_CUBIN(add);  // kernels/add.cu, compiled

namespace my_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

constexpr int64_t kThreadsPerBlock = 256;
constexpr int64_t kMaxBlocks = 65536;

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
  int64_t size = a.numel();
  if (size == 0) {
    return;  // a grid without blocks would be an error
  }
  const DLDevice device = a.device();
  ffi::CUDADeviceGuard guard(device.device_id);
  static ffi::CubinKernel kernel = TVM_FFI_EMBED_CUBIN_GET_KERNEL(add, "AddKernel");
  float *a_data = Data(a), *b_data = Data(b), *out_data = Data(out);
  void* arguments[] = {&a_data, &b_data, &out_data, &size};
  const int64_t blocks = std::min((size + kThreadsPerBlock - 1) / kThreadsPerBlock, kMaxBlocks);
  // The stream that the caller's framework is working on: the kernel runs in order with its work.
  auto stream = static_cast<CUstream>(TVMFFIEnvGetStream(device.device_type, device.device_id));
  TVM_FFI_CHECK_CUBIN_LAUNCHER_CUDA_ERROR(
      kernel.Launch(arguments, ffi::dim3(static_cast<unsigned>(blocks)),
                    ffi::dim3(static_cast<unsigned>(kThreadsPerBlock)), stream));
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def(
      "my_extension.add", Add,
      "Write a + b to out. All are contiguous float32 arrays of one shape on one CUDA device.");
}

}  // namespace my_extension
