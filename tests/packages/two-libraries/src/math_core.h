#pragma once

#include <math_core_export.h>

#include <cstdint>

namespace math_core {

// Returns the greatest common divisor of a and b, never negative.
MATH_CORE_EXPORT int64_t GreatestCommonDivisor(int64_t a, int64_t b);

}  // namespace math_core
