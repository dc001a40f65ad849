// The functions of the CUDA runtime that TVM-FFI's CUDA headers call, done with the driver alone.
//
// `tvm::ffi::CUDADeviceGuard` works with them as with the CUDA runtime, which is a megabyte and of
// another build for every system. The current device is that of the driver's current context, and a
// device's context is its primary one, so it is shared with every CUDA runtime in the process.
// https://docs.nvidia.com/cuda/cuda-driver-api/driver-vs-runtime-api.html
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <mutex>
#include <set>

namespace {

// Makes this library hold the primary context of a device, once.
CUresult HoldContext(CUcontext *context, CUdevice device) {
  static auto *guard = new std::mutex();
  static auto *held = new std::set<CUdevice>();
  const CUresult result = cuDevicePrimaryCtxRetain(context, device);
  if (result != CUDA_SUCCESS) {
    return result;
  }
  const std::lock_guard<std::mutex> lock(*guard);
  return held->insert(device).second ? CUDA_SUCCESS : cuDevicePrimaryCtxRelease(device);
}

CUresult SetDevice(int number) {
  CUdevice device;
  CUcontext context;
  CUresult result = cuDeviceGet(&device, number);
  result = result == CUDA_SUCCESS ? HoldContext(&context, device) : result;
  return result == CUDA_SUCCESS ? cuCtxSetCurrent(context) : result;
}

// A thread that has no device yet works on the first, as with the CUDA runtime.
CUresult GetDevice(int *number) {
  const CUresult result = cuCtxGetDevice(number);
  if (result != CUDA_ERROR_INVALID_CONTEXT) {
    return result;
  }
  *number = 0;
  return SetDevice(0);
}

}  // namespace

// What is returned are errors of the driver, so the driver knows their names.

extern "C" cudaError_t CUDARTAPI cudaGetDevice(int *device) {
  return static_cast<cudaError_t>(GetDevice(device));
}

extern "C" cudaError_t CUDARTAPI cudaSetDevice(int device) {
  return static_cast<cudaError_t>(SetDevice(device));
}

extern "C" const char *CUDARTAPI cudaGetErrorName(cudaError_t error) {
  const char *text;
  cuGetErrorName(static_cast<CUresult>(error), &text);
  return text;
}

extern "C" const char *CUDARTAPI cudaGetErrorString(cudaError_t error) {
  const char *text;
  cuGetErrorString(static_cast<CUresult>(error), &text);
  return text;
}
