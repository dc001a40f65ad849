// Shows: a definition whose registration stands elsewhere.
#include "api.h"
namespace my_ext {
void scale(tvm::ffi::TensorView x, double f) {}
int64_t unnamed(int64_t left, int64_t right) { return left + right; }
int64_t detail::hidden(int64_t depth) { return depth; }
}  // namespace my_ext
