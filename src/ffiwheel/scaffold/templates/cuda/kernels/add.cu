// The kernels: device code only, which nvcc compiles once for every system that the package is built
// for. C++ finds a kernel by its name, so it has to be extern "C".
#include <cstdint>

// A grid-stride loop: each thread takes every (number of threads)-th element, so that any size
// fits into a grid of limited size.
extern "C" __global__ void AddKernel(const float* a, const float* b, float* out, int64_t size) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < size;
       i += step) {
    out[i] = a[i] + b[i];
  }
}
