#include <tvm/ffi/tvm_ffi.h>

#include <coroutine>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>

#include "work.h"

namespace {

struct Numbers {
  struct promise_type {
    int64_t value = 0;
    Numbers get_return_object() {
      return Numbers{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int64_t next) noexcept {
      value = next;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  std::coroutine_handle<promise_type> handle;
};

Numbers Count(int64_t end) {
  for (int64_t i = 1; i <= end; ++i) co_yield i;
}

int64_t SumTo(int64_t end) {
  Numbers numbers = Count(end);
  int64_t sum = 0;
  for (numbers.handle.resume(); !numbers.handle.done(); numbers.handle.resume()) {
    sum += numbers.handle.promise().value;
  }
  numbers.handle.destroy();
  return sum;
}

tvm::ffi::String Stem(const tvm::ffi::String& path) {
  return std::filesystem::path(std::string(path)).stem().string();
}

tvm::ffi::String Show(double x) {
  std::ostringstream text;
  text.precision(3);
  text << std::fixed << x;
  return text.str();
}

/*! \brief Catches what another file throws. */
tvm::ffi::String Try(int64_t x) {
  try {
    return std::to_string(Refuse(Twice(x)));
  } catch (const TooLarge& error) {
    return error.what();
  }
}

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef()
      .def("modern_cxx.sum_to", SumTo)
      .def("modern_cxx.stem", Stem)
      .def("modern_cxx.show", Show)
      .def("modern_cxx.try_", Try)
      .def("modern_cxx.refuse", Refuse)
      .def("modern_cxx.count_in_threads", CountInThreads);
}
