// The library itself: plain C++, without TVM-FFI and without Python.
#pragma once

#include <cstdint>

namespace my_extension {

// Multiplies `size` numbers by `factor`; each is `stride` numbers after the one before.
void ScaleInPlace(float* data, int64_t size, int64_t stride, float factor);

// Returns numerator / denominator; throws std::invalid_argument if the denominator is zero.
double CheckedDivide(double numerator, double denominator);

}  // namespace my_extension
