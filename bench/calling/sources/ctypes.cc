// Those of the functions that C can say, for ctypes.
#include <cstdint>
#include <cstring>

extern "C" {
void nothing() {}
bool flag(bool x) { return !x; }
int64_t inc(int64_t x) { return x + 1; }
int64_t add(int64_t x, int64_t y) { return x + y; }
double add_floats(double x, double y) { return x + y; }
int64_t size(const char* x) { return static_cast<int64_t>(std::strlen(x)); }
int64_t elements(const void*, int64_t rows, int64_t columns) { return rows * columns; }
}
