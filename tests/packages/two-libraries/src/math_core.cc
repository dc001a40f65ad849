#include "math_core.h"

#include <numeric>

namespace math_core {

int64_t GreatestCommonDivisor(int64_t a, int64_t b) { return std::gcd(a, b); }

}  // namespace math_core
