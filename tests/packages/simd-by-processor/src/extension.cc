#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <vector>

#include "sum.h"

namespace simd_by_processor {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t SumArray(const ffi::Array<int64_t>& numbers) {
  std::vector<int32_t> narrow(numbers.begin(), numbers.end());
  return Sum(narrow.data(), narrow.size());
}

ffi::String NameInstructions() { return Instructions(); }

bool HasTicks() { return Ticks() != 0; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("simd_by_processor.sum", SumArray, "Return the sum of integers of 32 bits.")
      .def("simd_by_processor.instructions", NameInstructions,
           "Return the instructions that sums are made with: avx2, sse2, neon or none.")
      .def("simd_by_processor.has_ticks", HasTicks,
           "Tell whether assembly reads the processor's clock.");
}

}  // namespace simd_by_processor
