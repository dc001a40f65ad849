// Values that go in and come out, and the ways in which parameters can be given.
#include <tvm/ffi/big_int.h>
#include <tvm/ffi/extra/stl.h>
#include <tvm/ffi/tvm_ffi.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

/// Returns its argument.
template <typename T>
T Same(T x) {
  return x;
}

/// Adds two integers.
int64_t Add(int64_t x, int64_t y) { return x + y; }

/// Adds two numbers.
double AddFloats(double x, double y) { return x + y; }

/// Multiplies, and adds.
///
/// The sum is taken last.
int64_t Defaults(int64_t a, int64_t b = 2, int64_t c = 3) { return a * 100 + b * 10 + c; }

void Nothing() {}
void Ignore(int64_t) {}

double Sum(ffi::TensorView array) {
  double sum = 0;
  for (int64_t i = 0; i < array.numel(); ++i) sum += static_cast<double*>(array.data_ptr())[i];
  return sum;
}

// What is known of an array without reading it.
ffi::String Describe(ffi::TensorView array) {
  std::string text = ffi::DLDataTypeToString(array.dtype());
  for (int i = 0; i < array.ndim(); ++i) {
    text += " " + std::to_string(array.size(i)) + "/" + std::to_string(array.stride(i));
  }
  text += " on " + std::to_string(array.device().device_type);
  return text + " from " + std::to_string(array.byte_offset());
}

void Increment(ffi::TensorView array) {
  for (int64_t i = 0; i < array.numel(); ++i) static_cast<double*>(array.data_ptr())[i] += 1;
}

void Fail(const ffi::String& kind) {
  if (kind == "value") TVM_FFI_THROW(ValueError) << "the value is wrong";
  if (kind == "type") TVM_FFI_THROW(TypeError) << "the type is wrong";
  if (kind == "index") TVM_FFI_THROW(IndexError) << "out of range: \"7\"";
  if (kind == "key") TVM_FFI_THROW(KeyError) << "no such key";
  if (kind == "attribute") TVM_FFI_THROW(AttributeError) << "no such attribute";
  if (kind == "memory") TVM_FFI_THROW(MemoryError) << "too much";
  if (kind == "zero") TVM_FFI_THROW(ZeroDivisionError) << "by zero";
  if (kind == "stop") TVM_FFI_THROW(StopIteration) << "no more";
  if (kind == "runtime") TVM_FFI_THROW(RuntimeError) << "it went wrong";
  if (kind == "internal") TVM_FFI_THROW(InternalError) << "a bug";
  if (kind == "own") TVM_FFI_THROW(EveryCallError) << "a kind that Python does not know";
  if (kind == "module") TVM_FFI_THROW(os) << "the name of a module";
  if (kind == "function") TVM_FFI_THROW(print) << "the name of a function";
  if (kind == "long") TVM_FFI_THROW(ValueError) << std::string(100000, 'x');
  if (kind == "lines") TVM_FFI_THROW(ValueError) << "one\ntwo\n\nfour";
  if (kind == "empty") TVM_FFI_THROW(ValueError) << "";
  if (kind == "unicode") TVM_FFI_THROW(ValueError) << "größer als 雪 🎉";
  if (kind == "latin") TVM_FFI_THROW(ValueError) << "\xff\xfe no UTF-8";
  if (kind == "percent") TVM_FFI_THROW(ValueError) << "%s %n {0} {x}";
  if (kind == "check") TVM_FFI_ICHECK_EQ(1, 2) << "they differ";
}

int64_t FailDeep(int64_t depth) {
  if (depth == 0) TVM_FFI_THROW(ValueError) << "at the bottom";
  return 1 + FailDeep(depth - 1);
}

void FailStd() { throw std::runtime_error("a C++ exception"); }

ffi::Any Several(int64_t which) {
  switch (which) {
    case 0: return nullptr;
    case 1: return true;
    case 2: return int64_t{-7};
    case 3: return 0.5;
    case 4: return ffi::String("short");
    case 5: return ffi::String(std::string(5000, 'l'));
    case 6: return ffi::Bytes("by\0tes", 6);
    case 7: return ffi::Array<int64_t>{1, 2, 3};
    case 8: return ffi::Map<ffi::String, int64_t>{{"a", 1}, {"b", 2}};
    case 9: return ffi::Function::FromTyped([](int64_t x) { return x + 1; });
    case 10: return DLDataType{kDLFloat, 32, 1};
    case 11: return DLDevice{kDLCPU, 0};
    case 12: return ffi::Shape{1, 2};
    case 13: return static_cast<void*>(nullptr);
    case 14: return std::numeric_limits<double>::quiet_NaN();
    case 15: return std::numeric_limits<int64_t>::min();
    case 16: return -0.0;
    case 17: return false;
    case 18: return ffi::String("");
    case 19: return ffi::String("null\0inside", 11);
    case 20: return ffi::String("\xff\xfe", 2);
    case 21: return ffi::Bytes("", 0);
    default: return ffi::Array<ffi::Any>{nullptr, true, int64_t{1}, ffi::Array<int64_t>{}};
  }
}

}  // namespace

TVM_FFI_DLL_EXPORT_TYPED_FUNC(symbol, Same<int64_t>);
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(symbol, "Return the argument.\n\nThis is a C symbol.");

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("every_call.same_int", Same<int64_t>)
      .def("every_call.same_int32", Same<int32_t>)
      .def("every_call.same_int8", Same<int8_t>)
      .def("every_call.same_uint64", Same<uint64_t>)
      .def("every_call.same_big_int", Same<ffi::BigInt>)
      .def("every_call.same_float", Same<double>)
      .def("every_call.same_float32", Same<float>)
      .def("every_call.same_bool", Same<bool>)
      .def("every_call.same_text", Same<ffi::String>)
      .def("every_call.same_std_text", Same<std::string>)
      .def("every_call.text_size", [](const ffi::String& x) { return static_cast<int64_t>(x.size()); })
      .def("every_call.c_text_size",
           [](const char* x) { return static_cast<int64_t>(std::string(x).size()); })
      .def("every_call.same_bytes", Same<ffi::Bytes>)
      .def("every_call.bytes_size",
           [](TVMFFIByteArray* x) { return static_cast<int64_t>(x->size); })
      .def("every_call.same_any", Same<ffi::Any>)
      .def("every_call.type_index", [](ffi::AnyView x) { return x.type_index(); })
      .def("every_call.same_pointer", Same<void*>)
      .def("every_call.same_dtype", Same<DLDataType>)
      .def("every_call.same_device", Same<DLDevice>)
      .def("every_call.same_shape", Same<ffi::Shape>)
      .def("every_call.same_optional", Same<ffi::Optional<int64_t>>)
      .def("every_call.same_optional_text", Same<ffi::Optional<ffi::String>>)
      .def("every_call.same_variant", Same<ffi::Variant<int64_t, ffi::String>>)
      .def("every_call.same_list", Same<ffi::Array<int64_t>>)
      .def("every_call.same_texts", Same<ffi::Array<ffi::String>>)
      .def("every_call.same_any_list", Same<ffi::Array<ffi::Any>>)
      .def("every_call.same_map", Same<ffi::Map<ffi::String, int64_t>>)
      .def("every_call.same_tuple", Same<ffi::Tuple<int64_t, ffi::String>>)
      .def("every_call.same_function", Same<ffi::Function>)
      .def("every_call.same_object", Same<ffi::ObjectRef>)
      .def("every_call.same_optional_object", Same<ffi::Optional<ffi::ObjectRef>>)
      .def("every_call.same_tensor", Same<ffi::Tensor>)
      .def("every_call.several", Several, refl::Metadata{{"args", "which"}});
  refl::GlobalDef()
      .def("every_call.sum", Sum)
      .def("every_call.describe", Describe)
      .def("every_call.increment", Increment)
      .def("every_call.has_array", [](ffi::Optional<ffi::TensorView> x) { return x.has_value(); })
      .def("every_call.dot",
           [](ffi::TensorView x, ffi::TensorView y) { return Sum(x) * Sum(y); })
      .def("every_call.owned_sum", [](const ffi::Tensor& x) { return Sum(x); });
  refl::GlobalDef()
      .def("every_call.nothing", Nothing)
      .def("every_call.ignore", Ignore, refl::Metadata{{"args", "x"}})
      .def("every_call.seven", []() { return int64_t{7}; })
      .def("every_call.add", Add)
      .def("every_call.add_floats", AddFloats)
      .def("every_call.divide",
           [](int64_t x, int64_t y) {
             if (y == 0) TVM_FFI_THROW(ZeroDivisionError) << "division by zero";
             return x / y;
           })
      .def("every_call.defaults", Defaults)
      .def("every_call.all_defaults",
           [](bool flag, double rate, const ffi::String& mode, ffi::Optional<int64_t> limit) {
             return mode + (flag ? "+" : "-") + std::to_string(rate) + "/" +
                    (limit.has_value() ? std::to_string(*limit) : "none");
           },
           refl::Metadata{{"args", "flag=True, rate=0.5, mode='fast', limit=None"}})
      .def("every_call.keyword_only",
           [](int64_t x, int64_t factor, const ffi::String& mode) {
             if (mode == "wrong") TVM_FFI_THROW(ValueError) << "the mode is wrong";
             return x * factor;
           },
           refl::Metadata{{"args", "x, factor=2, *, mode='fast'"},
                          {"doc", "Multiply by a factor.\n\nThe mode \"wrong\" is an error."}})
      .def("every_call.keywords_needed",
           [](int64_t x, int64_t y) { return x - y; }, refl::Metadata{{"args", "*, x, y"}})
      .def("every_call.positional", [](int64_t, int64_t y) { return y; })
      .def("every_call.odd_names",
           [](int64_t x, int64_t y, int64_t z) { return x + y + z; },
           refl::Metadata{{"args", "self, cls, größe"}})
      .def("every_call.sixteen",
           [](int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g,
              int64_t h, int64_t i, int64_t j, int64_t k, int64_t l, int64_t m, int64_t n,
              int64_t o, int64_t p) {
             return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o * 100 + p;
           })
      .def("every_call.twenty",
           [](int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g,
              int64_t h, int64_t i, int64_t j, int64_t k, int64_t l, int64_t m, int64_t n,
              int64_t o, int64_t p, int64_t q, int64_t r, int64_t s, int64_t t) {
             return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r +
                    s * 100 + t;
           })
      .def_packed("every_call.count",
                  [](ffi::PackedArgs args, ffi::Any* ret) { *ret = args.size(); },
                  refl::Metadata{{"doc", "Return how many arguments there are."}})
      .def_packed("every_call.types",
                  [](ffi::PackedArgs args, ffi::Any* ret) {
                    std::string text;
                    for (int i = 0; i < args.size(); ++i) text += args[i].GetTypeKey() + " ";
                    *ret = ffi::String(text);
                  })
      .def("every_call.fail", Fail, refl::Metadata{{"args", "kind"}})
      .def("every_call.fail_deep", FailDeep)
      .def("every_call.fail_std", FailStd);
}
