// Calls that go back into Python, to other threads, or wait: what a border has to get right besides
// values.
#include <tvm/ffi/extra/c_env_api.h>
#include <tvm/ffi/tvm_ffi.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <condition_variable>
#include <string>
#include <thread>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{20000};

std::mutex gate;
std::condition_variable arrival;
int64_t waiting = 0;

/// Returns whether as many threads came in here at the same time.
bool Meet(int64_t threads) {
  std::unique_lock<std::mutex> lock(gate);
  if (++waiting == threads) arrival.notify_all();
  bool met = arrival.wait_for(lock, kPatience, [&] { return waiting >= threads; });
  return met;
}

/// Lets the next ones meet.
void Part() {
  std::lock_guard<std::mutex> lock(gate);
  waiting = 0;
}

void Sleep(int64_t ms) { std::this_thread::sleep_for(milliseconds(ms)); }

/// Works until a signal comes whose handler raises.
int64_t Work(int64_t ms) {
  auto end = std::chrono::steady_clock::now() + milliseconds(ms);
  int64_t rounds = 0;
  while (std::chrono::steady_clock::now() < end) {
    if (TVMFFIEnvCheckSignals() != 0) throw ffi::EnvErrorAlreadySet();
    std::this_thread::sleep_for(milliseconds(1));
    ++rounds;
  }
  return 0;
}

/// Sends a signal to the own process, and works on.
int64_t SignalItself(int64_t number, int64_t ms) {
  std::raise(static_cast<int>(number));
  return Work(ms);
}

int64_t CallFromThread(const ffi::Function& f, int64_t x) {
  int64_t result = 0;
  bool failed = false;
  std::thread([&] {
    try {
      result = f(x).cast<int64_t>();
    } catch (const ffi::Error&) {
      failed = true;
    }
  }).join();
  return failed ? -1 : result;
}

int64_t CallCatching(const ffi::Function& f) {
  try {
    f();
  } catch (const ffi::Error& error) {
    return static_cast<int64_t>(error.kind().size());
  }
  return 0;
}

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("every_call.call", [](const ffi::Function& f, ffi::Any x) { return f(x); })
      .def("every_call.call_typed",
           [](ffi::TypedFunction<int64_t(int64_t, ffi::String)> f, int64_t x) {
             return f(x, "text");
           })
      .def("every_call.call_times",
           [](const ffi::Function& f, int64_t times) {
             int64_t sum = 0;
             for (int64_t i = 0; i < times; ++i) sum += f(i).cast<int64_t>();
             return sum;
           })
      .def("every_call.call_catching", CallCatching)
      .def("every_call.call_from_thread", CallFromThread)
      .def("every_call.adder",
           [](int64_t x) {
             return ffi::TypedFunction<int64_t(int64_t)>([x](int64_t y) { return x + y; });
           })
      .def("every_call.meet", Meet)
      .def("every_call.part", Part)
      .def("every_call.sleep", Sleep)
      .def("every_call.work", Work)
      .def("every_call.signal_itself", SignalItself)
      .def("every_call.lose_memory",
           [](int64_t bytes) {  // what the tests for leaks must notice
             volatile char* lost = static_cast<char*>(std::malloc(bytes));
             for (int64_t i = 0; i < bytes; i += 16) lost[i] = 1;
           });
}
