#include <immintrin.h>

#include "sum.h"

namespace simd_by_processor {

int64_t SumAvx2(const int32_t* numbers, size_t count) {
  __m256i wide = _mm256_setzero_si256();
  size_t done = 0;
  for (; done + 4 <= count; done += 4) {
    __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(numbers + done));
    wide = _mm256_add_epi64(wide, _mm256_cvtepi32_epi64(four));
  }
  int64_t quarters[4];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(quarters), wide);
  int64_t sum = quarters[0] + quarters[1] + quarters[2] + quarters[3];
  for (; done < count; ++done) {
    sum += numbers[done];
  }
  return sum;
}

}  // namespace simd_by_processor
