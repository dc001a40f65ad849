// What every extension has: a C symbol, functions, errors both ways, a callback, containers, a class.
#include <tvm/ffi/container/array.h>
#include <tvm/ffi/container/map.h>
#include <tvm/ffi/error.h>
#include <tvm/ffi/function.h>
#include <tvm/ffi/optional.h>
#include <tvm/ffi/reflection/registry.h>
#include <tvm/ffi/string.h>

namespace ffi = tvm::ffi;

class PointObj : public ffi::Object {
 public:
  int64_t x;
  explicit PointObj(int64_t x) : x(x) {}
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO("plain.Point", PointObj, ffi::Object);
};

class Point : public ffi::ObjectRef {
 public:
  explicit Point(int64_t x) { data_ = ffi::make_object<PointObj>(x); }
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NULLABLE(Point, ffi::ObjectRef, PointObj);
};

int64_t add(int64_t a, int64_t b) { return a + b; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(add, add);

TVM_FFI_STATIC_INIT_BLOCK() {
  namespace refl = tvm::ffi::reflection;
  refl::GlobalDef()
      .def("plain.fail",
           [](ffi::String why) -> int64_t {
             TVM_FFI_THROW(ValueError) << why;
             return 0;
           })
      .def("plain.maybe",
           [](ffi::Optional<int64_t> x) -> ffi::Optional<ffi::String> {
             if (x.has_value()) return ffi::String("x");
             return std::nullopt;
           })
      .def("plain.count",
           [](ffi::Array<int64_t> values) {
             ffi::Map<ffi::String, ffi::Any> found;
             found.Set("size", static_cast<int64_t>(values.size()));
             return found;
           })
      .def("plain.call", [](ffi::Function f) -> ffi::Any { return f(3); })
      .def("plain.point", [](int64_t x) { return Point(x); });
  refl::ObjectDef<PointObj>().def_rw("x", &PointObj::x);
}
