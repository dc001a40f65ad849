#include "polynomial.h"

namespace cmake_extension {

double Evaluate(const std::vector<double>& coefficients, double x) {
  double value = 0;
  for (auto it = coefficients.rbegin(); it != coefficients.rend(); ++it) {
    value = value * x + *it;
  }
  return value;
}

}  // namespace cmake_extension
