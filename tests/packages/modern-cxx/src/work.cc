#include "work.h"

#include <string>
#include <thread>
#include <vector>

namespace {
thread_local int64_t calls = 0;
}

int64_t Refuse(int64_t x) {
  if (x > 9) throw TooLarge("too large: " + std::to_string(x));
  return x;
}

int64_t CountInThreads(int64_t threads) {
  std::vector<int64_t> counted(threads);
  std::vector<std::thread> running;
  for (int64_t i = 0; i < threads; ++i) {
    running.emplace_back([&counted, i] { counted[i] = ++calls; });
  }
  int64_t sum = 0;
  for (int64_t i = 0; i < threads; ++i) {
    running[i].join();
    sum += counted[i];
  }
  return sum;
}
