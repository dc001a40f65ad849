// Values that go in and come out: numbers, texts, arrays, pointers, callbacks, objects.
#include <tvm/ffi/big_int.h>
#include <tvm/ffi/extra/module.h>
#include <tvm/ffi/extra/stl.h>
#include <tvm/ffi/extra/structural_mutate.h>
#include <tvm/ffi/extra/structural_visit.h>
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t Scale(int64_t x, int64_t factor, const ffi::String& mode) {
  if (mode == "wrong") TVM_FFI_THROW(ValueError) << "the mode is wrong";
  return x * factor;
}

int64_t Twice(int64_t x) { return 2 * x; }
void Nothing() {}
double Sum(ffi::TensorView array) {
  double sum = 0;
  for (int64_t i = 0; i < array.numel(); ++i) sum += static_cast<double*>(array.data_ptr())[i];
  return sum;
}

ffi::Expected<int64_t> Root(int64_t x) {
  if (x < 0) return ffi::Unexpected(ffi::Error("ValueError", "x is negative", ""));
  return x;
}

}  // namespace

TVM_FFI_DLL_EXPORT_TYPED_FUNC(twice, Twice);
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(twice, "Return 2 * x.\n\nThis is a C symbol.");
TVM_FFI_DLL_EXPORT_TYPED_FUNC(nothing, Nothing);

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("everything.scale", Scale,
           refl::Metadata{{"args", "x, factor=2, *, mode='fast'"},
                          {"doc", "Multiply by a factor.\n\nThe mode \"wrong\" is an error."}})
      // numbers and texts
      .def("everything.same_bool", [](bool x) { return x; })
      .def("everything.same_int", [](int64_t x) { return x; })
      .def("everything.same_float", [](double x) { return x; })
      .def("everything.same_text", [](ffi::String x) { return x; })
      .def("everything.same_std_text", [](std::string x) { return x; })
      .def("everything.text_size", [](const char* x) { return std::string(x).size(); })
      .def("everything.same_bytes", [](ffi::Bytes x) { return x; })
      .def("everything.bytes_size", [](TVMFFIByteArray* x) { return static_cast<int64_t>(x->size); })
      .def("everything.same_any", [](ffi::Any x) { return x; })
      .def("everything.same_pointer", [](void* x) { return x; })
      .def("everything.same_dtype", [](DLDataType x) { return x; })
      .def("everything.same_device", [](DLDevice x) { return x; })
      .def("everything.same_shape", [](ffi::Shape x) { return x; })
      .def("everything.same_big_int", [](ffi::BigInt x) { return x; })
      // arrays
      .def("everything.sum", Sum, refl::Metadata{{"args", "array"}})
      .def("everything.same_tensor", [](ffi::Tensor x) { return x; })
      .def("everything.has_tensor",
           [](ffi::Optional<ffi::TensorView> x) { return x.has_value(); })
      // callbacks
      .def("everything.same_function", [](ffi::Function x) { return x; })
      .def("everything.call", [](ffi::TypedFunction<int64_t(int64_t, ffi::String)> f,
                                 int64_t x) { return f(x, "text"); })
      .def("everything.call_std", [](std::function<double(double)> f) { return f(1.5); })
      .def("everything.run", [](ffi::TypedFunction<void()> f) { f(); })
      .def("everything.call_with_array",
           [](ffi::TypedFunction<ffi::Array<int64_t>(ffi::Array<int64_t>)> f) {
             return f(ffi::Array<int64_t>{1, 2});
           })
      .def("everything.adder",
           [](int64_t x) {
             return ffi::TypedFunction<int64_t(int64_t)>([x](int64_t y) { return x + y; });
           })
      .def_packed("everything.count", [](ffi::PackedArgs args, ffi::Any* ret) { *ret = args.size(); },
                  refl::Metadata{{"doc", "Return how many arguments there are."}})
      // objects
      .def("everything.same_object", [](ffi::ObjectRef x) { return x; })
      .def("everything.same_maybe_object", [](ffi::Optional<ffi::ObjectRef> x) { return x; })
      .def("everything.take", [](ffi::RValueRef<ffi::Array<int64_t>> x) { return *std::move(x); })
      .def("everything.same_module", [](ffi::Optional<ffi::Module> x) { return x; })
      .def("everything.same_error", [](ffi::Error x) { return x; })
      .def("everything.root", Root, refl::Metadata{{"args", "x"}})
      .def("everything.visit",
           [](bool stop) -> ffi::Optional<ffi::VisitInterrupt> {
             if (stop) return ffi::VisitInterrupt(ffi::Any(1));
             return std::nullopt;
           });
}
