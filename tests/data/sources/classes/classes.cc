// Shows: constructors, methods, bases, fields, enums.
namespace refl = tvm::ffi::reflection;
namespace my_ext {
class BaseObj : public ffi::Object {
 public:
  std::string label;  ///< What it is called.
                      ///< On two lines.
  explicit BaseObj(std::string label) : label(std::move(label)) {}
  BaseObj(const BaseObj&) = default;
  /// Its name, or another one.
  std::string Name(bool upper = false) const;
  static constexpr const char* _type_key = "my_ext.Base";
  TVM_FFI_DECLARE_BASE_OBJECT_INFO(BaseObj, ffi::Object);
};

std::string BaseObj::Name(bool upper) const { return label; }

/// A point in the plane.
class PointObj final : public BaseObj {
 public:
  using BaseObj::BaseObj;
  using Number = int64_t;
  /** \param x to the right \param y up */
  PointObj(int64_t x, int64_t y = 0) : BaseObj(""), x(x), y(y) {}
  PointObj(std::string first, int64_t second) : BaseObj(first), x(second) {}
  PointObj(const PointObj& other) = default;
  //! The abscissa.
  int64_t x;
  int64_t y = 0; /**< The ordinate. */
  double Distance(const PointObj* other) const { return 0; }
  double Distance(const PointObj* other, double scale) const { return 0; }
  static PointObj* Origin(int64_t dimensions) { return nullptr; }
  static int64_t Free(const PointObj* self, int64_t by) { return by; }
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("my_ext." "Point", PointObj, BaseObj);
};
using Alias = PointObj;

class Point : public ffi::ObjectRef {
 public:
  int64_t Norm(int64_t order) const { return order; }
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NOTNULLABLE(Point, ffi::ObjectRef, PointObj);
};

class ColorObj : public ffi::EnumObj {
 public:
  TVM_FFI_DECLARE_OBJECT_INFO("my_ext.Color", ColorObj, ffi::EnumObj);
};

inline constexpr refl::AttrKey<bool> kExact{"my_ext.exact"};

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::ObjectDef<BaseObj>().def_ro("label", &BaseObj::label).def("name", &BaseObj::Name);
  refl::ObjectDef<Alias>(refl::init(false))
      .def(refl::init<int64_t>())
      .def(refl::init<int64_t, Alias::Number>(), "Both coordinates.")
      .def(refl::init<std::string, int64_t>())
      .def(refl::init<std::string>())
      .def(refl::init<>())
      .def(refl::init<int64_t, int64_t, int64_t>())
      .def_ro("x", &PointObj::x, "Explicit.", refl::default_value(1))
      .def_rw("y", &PointObj::y)
      .def_ro("label", &PointObj::label)
      .def("name", &PointObj::Name)
      .def("distance", static_cast<double (PointObj::*)(const PointObj*) const>(&PointObj::Distance))
      .def("scaled", (double (PointObj::*)(const PointObj*, double) const)&PointObj::Distance)
      .def("ambiguous", &PointObj::Distance)
      .def("norm", &Point::Norm)
      .def("free", &PointObj::Free)
      /*! \brief Move it.
       *  \param self the point
       *  \param dx by how much
       */
      .def("move", [](PointObj* self, int64_t dx, int64_t dy = -1) { self->x += dx + dy; })
      .def_static("origin", &PointObj::Origin)
      .def_static("make", [](int64_t x) { return Point(); })
      .def_type_attr("__ffi_repr__", [](const PointObj* self) { return "p"; })
      .def_type_attr("VERSION", 3);
  auto kept = refl::ObjectDef<ColorObj>();
  kept.def("shade", [](const ColorObj* self, double by) { return by; });
  /// Like blood.
  refl::EnumDef<ColorObj>("Red").set_attr("code", int64_t{1});
  refl::EnumDef<ColorObj>("Green");
  refl::TypeAttrDef<PointObj>().def("__ffi_hash__", [](const PointObj* p) { return 1; });
  refl::TypeAttrDef<PointObj>()
      /// How many coordinates there are.
      .attr("DIMENSIONS", int64_t{2})
      .def("UNIT", ffi::String("m"))
      .attr(kExact, true)
      .attr(refl::AttrKey<bool>{"plain"}, true)
      .def_convert<Point>();
  auto attributes = refl::TypeAttrDef<BaseObj>();
  attributes.attr("LIMIT", 0.5);
  refl::GlobalDef().def_method("my_ext.point_norm", &Point::Norm);
  refl::ObjectDef<Unknown>().def("lost", [](const Unknown* self) { return 1; });
}
}  // namespace my_ext
