#include <cstdint>

int64_t AddOne(int64_t x) { return x + 1; }
