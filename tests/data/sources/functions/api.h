// Shows: names and defaults from a header, definitions in another file.
#pragma once
#include <tvm/ffi/function.h>
namespace my_ext {
/*!
 * \brief Multiply every element.
 * \param input What to multiply.
 * \param factor By what.
 */
void scale(tvm::ffi::TensorView input, double factor = 2.0);
int64_t unnamed(int64_t, int64_t = 3);
namespace detail { int64_t hidden(int64_t depth); }
}  // namespace my_ext
