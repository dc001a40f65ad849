// The CUDA kernel as C++ sees it: shared by the .cu file that defines it and the .cc that calls it.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace my_extension {

// Starts out[i] = a[i] + b[i] for every i < size on `stream`, and returns without waiting for it.
// The pointers are device pointers, the result is the error of the launch.
cudaError_t LaunchAdd(const float* a, const float* b, float* out, int64_t size,
                      cudaStream_t stream);

}  // namespace my_extension
