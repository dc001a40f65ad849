// Classes: made, asked, changed, handed in and out.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <utility>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

class PointObj : public ffi::Object {
 public:
  int64_t x;
  double y;
  ffi::String label;
  PointObj(int64_t x, double y, ffi::String label) : x(x), y(y), label(std::move(label)) {
    if (x == 13) TVM_FFI_THROW(ValueError) << "thirteen is not a place";
  }
  double Total() const { return static_cast<double>(x) + y; }
  int64_t Scaled(int64_t factor) const { return x * factor; }
  void Move(int64_t by) { x += by; }
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO("every_call.Point", PointObj, ffi::Object);
};
class Point : public ffi::ObjectRef {
 public:
  Point(int64_t x, double y, ffi::String label)
      : ffi::ObjectRef(ffi::make_object<PointObj>(x, y, std::move(label))) {}
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NOTNULLABLE(Point, ffi::ObjectRef, PointObj);
};

class Point3Obj : public PointObj {
 public:
  int64_t z;
  explicit Point3Obj(int64_t z) : PointObj(1, 2.0, "three"), z(z) {}
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("every_call.Point3", Point3Obj, PointObj);
};

// Its constructor is made of its fields.
class OptionsObj : public ffi::Object {
 public:
  int64_t size = 0;
  double rate = 0;
  ffi::Array<ffi::String> tags;
  ffi::Optional<int64_t> limit;
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("every_call.Options", OptionsObj, ffi::Object);
};

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::ObjectDef<PointObj>("A place.")
      .def(refl::init<int64_t, double, ffi::String>(), "Make a point.",
           refl::Metadata{{"args", "x, y=0.5, label=''"}})
      .def_rw("x", &PointObj::x, "How far.")
      .def_rw("y", &PointObj::y)
      .def_ro("label", &PointObj::label)
      .def("total", &PointObj::Total, "Return x + y.")
      .def("scaled", &PointObj::Scaled, "Return x times a factor.",
           refl::Metadata{{"args", "factor=2"}})
      .def("move", [](PointObj* self, int64_t by) { self->Move(by); })
      .def_static("origin", []() { return Point(0, 0.0, "origin"); });
  refl::ObjectDef<Point3Obj>().def(refl::init<int64_t>()).def_rw("z", &Point3Obj::z);
  refl::ObjectDef<OptionsObj>()
      .def_rw("size", &OptionsObj::size)
      .def_rw("rate", &OptionsObj::rate, refl::default_value(0.5))
      .def_rw("tags", &OptionsObj::tags,
              refl::default_factory(
                  ffi::Function::FromTyped([]() { return ffi::Array<ffi::String>{"new"}; })))
      .def_rw("limit", &OptionsObj::limit, refl::kw_only(true));
  refl::GlobalDef()
      .def("every_call.same_point", [](Point x) { return x; })
      .def("every_call.some_point", [](int64_t x) { return Point(x, 0.25, "some"); })
      .def("every_call.as_object", [](int64_t x) -> ffi::ObjectRef { return Point(x, 0.0, ""); })
      .def("every_call.point_x", [](const Point& x) { return x->x; })
      .def("every_call.points",
           [](int64_t count) {
             ffi::Array<Point> made;
             for (int64_t i = 0; i < count; ++i) made.push_back(Point(i, 0.0, ""));
             return made;
           });
}
