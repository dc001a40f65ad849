// One of several libraries that meet in a process. PART is its name.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#define TEXT_(name) #name
#define TEXT(name) TEXT_(name)
#define GLOBAL(name) TEXT(PART) "." name

namespace PART {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

void Raise(ffi::String what) { TVM_FFI_THROW(ValueError) << what << " of " TEXT(PART); }

void RaiseStandard() { throw std::out_of_range("a standard one"); }

ffi::Any Call(ffi::Function function) { return function(); }

// What a library catches of what another one, or Python, has thrown.
ffi::String CatchStandard(ffi::Function function) {
  try {
    function();
  } catch (const std::exception& error) {
    return "caught";
  }
  return "nothing";
}

ffi::String CatchError(ffi::Function function) {
  try {
    function();
  } catch (const ffi::Error& error) {
    return error.kind() + ": " + error.message();
  }
  return "nothing";
}

ffi::String CatchInThread() {
  std::exception_ptr kept;
  std::thread([&kept] {
    try {
      throw std::runtime_error("in a thread");
    } catch (...) {
      kept = std::current_exception();
    }
  }).join();
  try {
    std::rethrow_exception(kept);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

// Streams and locales are where C++ libraries keep what all of a process shares.
ffi::String Format(double value) {
  std::ostringstream stream;
  stream.precision(4);
  stream << value << ' ' << std::hex << 255 << ' ' << std::boolalpha << true;
  return stream.str();
}

ffi::Array<ffi::String> MakeArray(int64_t count) {
  ffi::Array<ffi::String> made;
  for (int64_t i = 0; i < count; ++i) {
    made.push_back("a string that is too long to be kept inside the value, number " +
                   std::to_string(i));
  }
  return made;
}

int64_t CountArray(ffi::Array<ffi::String> array) {
  int64_t count = 0;
  for (const ffi::String& text : array) count += static_cast<int64_t>(text.size());
  array.push_back("copied on write");
  return count + static_cast<int64_t>(array.size());
}

ffi::Map<ffi::String, ffi::Any> MakeMap(ffi::Any value) {
  ffi::Map<ffi::String, ffi::Any> made;
  made.Set("part", ffi::String("made"));
  made.Set("value", value);
  return made;
}

ffi::Any LookUp(ffi::Map<ffi::String, ffi::Any> map, ffi::String key) { return map.at(key); }

class BoxObj : public ffi::Object {
 public:
  ffi::Any value;

  explicit BoxObj(ffi::Any value) : value(std::move(value)) {}

  TVM_FFI_DECLARE_OBJECT_INFO_FINAL(GLOBAL("Box"), BoxObj, ffi::Object);
};

class Box : public ffi::ObjectRef {
 public:
  explicit Box(ffi::Any value) : ObjectRef(ffi::make_object<BoxObj>(std::move(value))) {}

  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NULLABLE(Box, ffi::ObjectRef, BoxObj);
};

Box MakeBox(ffi::Any value) { return Box(std::move(value)); }

ffi::Any Open(Box box) { return box->value; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def(GLOBAL("raise"), Raise)
      .def(GLOBAL("raise_standard"), RaiseStandard)
      .def(GLOBAL("call"), Call)
      .def(GLOBAL("catch_standard"), CatchStandard)
      .def(GLOBAL("catch_error"), CatchError)
      .def(GLOBAL("catch_in_thread"), CatchInThread)
      .def(GLOBAL("format"), Format)
      .def(GLOBAL("make_array"), MakeArray)
      .def(GLOBAL("count_array"), CountArray)
      .def(GLOBAL("make_map"), MakeMap)
      .def(GLOBAL("look_up"), LookUp)
      .def(GLOBAL("make_box"), MakeBox)
      .def(GLOBAL("open"), Open);
  refl::ObjectDef<BoxObj>().def_ro("value", &BoxObj::value);
}

}  // namespace PART
