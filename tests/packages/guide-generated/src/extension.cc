#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <string>

namespace guide_generated {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

ffi::String Greet(const ffi::String& name) { return "Hello, " + std::string(name) + "!"; }

class CounterObj : public ffi::Object {
 public:
  int64_t count = 0;

  int64_t Increment() { return ++count; }

  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO("guide_generated.Counter", CounterObj, ffi::Object);
};

class ClockObj : public CounterObj {
 public:
  void Reset() { count = 0; }

  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("guide_generated.tools.Clock", ClockObj, CounterObj);
};

class Counter : public ffi::ObjectRef {
 public:
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NULLABLE(Counter, ffi::ObjectRef, CounterObj);
};

int64_t Half(const Counter& counter, int64_t unit) { return counter->count / 2 * unit; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("guide_generated.greet", Greet, "Return a greeting.");
  refl::GlobalDef().def("guide_generated.tools.half", Half, "Return half of a count.");
  refl::ObjectDef<CounterObj>("A counter.")
      .def(refl::init<>(), "Make a counter at zero.")
      .def_ro("count", &CounterObj::count, "How often it was incremented.")
      .def("increment", &CounterObj::Increment, "Count one more, and return the count.");
  refl::ObjectDef<ClockObj>("A counter that starts anew.")
      .def(refl::init<>(), "Make a clock at zero.")
      .def("reset", &ClockObj::Reset, "Start anew.");
}

}  // namespace guide_generated
