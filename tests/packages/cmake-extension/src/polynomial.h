#pragma once

#include <vector>

namespace cmake_extension {

// Returns the value at x of the polynomial with these coefficients, the constant one first.
double Evaluate(const std::vector<double>& coefficients, double x);

}  // namespace cmake_extension
