#include "my_extension_core.h"

#include <stdexcept>

namespace my_extension {

void ScaleInPlace(float* data, int64_t size, int64_t stride, float factor) {
  for (int64_t i = 0; i < size; ++i) {
    data[i * stride] *= factor;
  }
}

double CheckedDivide(double numerator, double denominator) {
  if (denominator == 0) {
    throw std::invalid_argument("cannot divide by zero");
  }
  return numerator / denominator;
}

}  // namespace my_extension
