#include "sum.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace simd_by_processor {

namespace {

#if defined(HAS_AVX2_SOURCE)
bool HasAvx2() { return __builtin_cpu_supports("avx2"); }
#else
bool HasAvx2() { return false; }
#endif

int64_t SumRest(const int32_t* numbers, size_t begin, size_t count) {
  int64_t sum = 0;
  for (size_t i = begin; i < count; ++i) {
    sum += numbers[i];
  }
  return sum;
}

}  // namespace

int64_t Sum(const int32_t* numbers, size_t count) {
#if defined(HAS_AVX2_SOURCE)
  if (HasAvx2()) {
    return SumAvx2(numbers, count);
  }
#endif
  size_t done = 0;
  int64_t sum = 0;
#if defined(__SSE2__)
  __m128i wide = _mm_setzero_si128();
  for (; done + 4 <= count; done += 4) {
    __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(numbers + done));
    __m128i sign = _mm_srai_epi32(four, 31);
    wide = _mm_add_epi64(wide, _mm_unpacklo_epi32(four, sign));
    wide = _mm_add_epi64(wide, _mm_unpackhi_epi32(four, sign));
  }
  int64_t halves[2];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(halves), wide);
  sum = halves[0] + halves[1];
#elif defined(__ARM_NEON)
  int64x2_t wide = vdupq_n_s64(0);
  for (; done + 4 <= count; done += 4) {
    wide = vpadalq_s32(wide, vld1q_s32(numbers + done));
  }
  sum = vgetq_lane_s64(wide, 0) + vgetq_lane_s64(wide, 1);
#endif
  return sum + SumRest(numbers, done, count);
}

const char* Instructions() {
  if (HasAvx2()) {
    return "avx2";
  }
#if defined(__SSE2__)
  return "sse2";
#elif defined(__ARM_NEON)
  return "neon";
#else
  return "none";
#endif
}

uint64_t Ticks() {
#if defined(__x86_64__)
  uint32_t low;
  uint32_t high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return static_cast<uint64_t>(high) << 32 | low;
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return 0;
#endif
}

}  // namespace simd_by_processor
