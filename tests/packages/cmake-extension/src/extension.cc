#include <tvm/ffi/tvm_ffi.h>

#include <vector>

#include "polynomial.h"

namespace cmake_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

double EvaluateArray(const ffi::Array<double>& coefficients, double x) {
  return Evaluate(std::vector<double>(coefficients.begin(), coefficients.end()), x);
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("cmake_extension.evaluate", EvaluateArray,
                        "Return the value at x of a polynomial, the constant coefficient first.");
}

}  // namespace cmake_extension
