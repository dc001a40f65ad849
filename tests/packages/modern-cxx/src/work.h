#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>

struct TooLarge : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <std::integral T>
T Twice(T x) {
  return 2 * x;
}

int64_t Refuse(int64_t x);
int64_t CountInThreads(int64_t threads);
