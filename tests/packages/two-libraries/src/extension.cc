#include <tvm/ffi/tvm_ffi.h>

#include "math_core.h"

namespace two_libraries {

namespace refl = tvm::ffi::reflection;

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("two_libraries.gcd", math_core::GreatestCommonDivisor,
                        "Return the greatest common divisor.");
}

}  // namespace two_libraries
