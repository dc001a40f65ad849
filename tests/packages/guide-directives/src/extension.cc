#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace guide_directives {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t AddTwo(int64_t x) { return x + 2; }

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add_two, AddTwo);

int64_t Multiply(int64_t a, int64_t b) { return a * b; }

class PointObj : public ffi::Object {
 public:
  double x;
  double y;

  PointObj(double x, double y) : x(x), y(y) {}

  double Dot(const ffi::ObjectRef& other) const {
    const auto* point = other.as<PointObj>();
    if (point == nullptr) TVM_FFI_THROW(TypeError) << "dot: other must be a Point";
    return x * point->x + y * point->y;
  }

  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("guide_directives.Point", PointObj, ffi::Object);
};

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("guide_directives.multiply", Multiply, "Return a * b.");
  refl::ObjectDef<PointObj>("A point of the plane.")
      .def(refl::init<double, double>(), "Make the point (x, y).")
      .def_ro("x", &PointObj::x, "The first coordinate.")
      .def_ro("y", &PointObj::y, "The second coordinate.")
      .def("dot", &PointObj::Dot, "Return the scalar product with another point.");
}

}  // namespace guide_directives
