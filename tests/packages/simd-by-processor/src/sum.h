#pragma once

#include <cstddef>
#include <cstdint>

namespace simd_by_processor {

// Returns the sum of `count` numbers, with the instructions that this processor has.
int64_t Sum(const int32_t* numbers, size_t count);

#if defined(HAS_AVX2_SOURCE)
int64_t SumAvx2(const int32_t* numbers, size_t count);
#endif

// Names the instructions that `Sum` uses.
const char* Instructions();

// Returns a count that the processor keeps of its time, read in assembly; 0 where we do not know how.
uint64_t Ticks();

}  // namespace simd_by_processor
