// Classes: each way to make, compare, derive and enumerate them.
#include <tvm/ffi/enum.h>
#include <tvm/ffi/reflection/enum_def.h>
#include <tvm/ffi/reflection/overload.h>
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <utility>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

// An explicit constructor; a read-only field; methods.
class PairObj : public ffi::Object {
 public:
  int64_t a;
  int64_t b;
  PairObj(int64_t a, int64_t b) : a(a), b(b) {}
  int64_t Sum() const { return a + b; }
  int64_t Scaled(int64_t factor) const { return (a + b) * factor; }
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Pair", PairObj, ffi::Object);
};
class Pair : public ffi::ObjectRef {
 public:
  Pair(int64_t a, int64_t b) : ffi::ObjectRef(ffi::make_object<PairObj>(a, b)) {}
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NOTNULLABLE(Pair, ffi::ObjectRef, PairObj);
};

// Several constructors and an overloaded method.
class AmountObj : public ffi::Object {
 public:
  ffi::String text;
  explicit AmountObj(int64_t x) : text(std::to_string(x)) {}
  explicit AmountObj(ffi::String x) : text(std::move(x)) {}
  AmountObj(ffi::String x, ffi::String unit) : text(std::move(x)) {}
  int64_t AddInt(int64_t x) const { return x + 1; }
  ffi::String AddText(const ffi::String& x) const { return text + x; }
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Amount", AmountObj, ffi::Object);
};

// A constructor that TVM-FFI makes from the fields.
class OptionsObj : public ffi::Object {
 public:
  int64_t size = 0;
  double rate = 0;
  ffi::Array<ffi::String> tags;
  ffi::String label;
  ffi::Optional<int64_t> limit;
  int64_t made = 0;
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Options", OptionsObj, ffi::Object);
};

// No constructor at all; a base class.
class ShapeObj : public ffi::Object {
 public:
  ffi::String name;
  double Area() const { return 0; }
  int64_t Describe(int64_t x) const { return x; }
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO("everything.Shape", ShapeObj, ffi::Object);
};

// Derives across namespaces, and overrides.
class CircleObj : public ShapeObj {
 public:
  double radius;
  explicit CircleObj(double radius) : radius(radius) { name = "circle"; }
  double CircleArea() const { return 3 * radius * radius; }
  ffi::String DescribeText(const ffi::String& x) const { return x; }
  TVM_FFI_DECLARE_OBJECT_INFO("everything.geo.Circle", CircleObj, ShapeObj);
};
class Circle : public ffi::ObjectRef {
 public:
  explicit Circle(double radius) : ffi::ObjectRef(ffi::make_object<CircleObj>(radius)) {}
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NOTNULLABLE(Circle, ffi::ObjectRef, CircleObj);
};

// Back in the root's namespace.
class DiscObj : public CircleObj {
 public:
  explicit DiscObj(double radius) : CircleObj(radius) {}
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Disc", DiscObj, CircleObj);
};

// Registers equality, hash and order of its own; only `key` counts.
class KeyedObj : public ffi::Object {
 public:
  int64_t key;
  ffi::String label;
  KeyedObj(int64_t key, ffi::String label) : key(key), label(std::move(label)) {}
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Keyed", KeyedObj, ffi::Object);
};

// Equality without a hash.
class LooseObj : public ffi::Object {
 public:
  int64_t key;
  explicit LooseObj(int64_t key) : key(key) {}
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Loose", LooseObj, ffi::Object);
};

class ColorObj : public ffi::IntEnumObj {
 public:
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Color", ColorObj, ffi::IntEnumObj);
};
class Color : public ffi::IntEnum {
 public:
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NOTNULLABLE(Color, ffi::IntEnum, ColorObj);
};

class ModeObj : public ffi::StrEnumObj {
 public:
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Mode", ModeObj, ffi::StrEnumObj);
};

class KindObj : public ffi::EnumObj {
 public:
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.Kind", KindObj, ffi::EnumObj);
};

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::ObjectDef<PairObj>("Two integers.\n\nThey are made of `a` and `b`.")
      .def(refl::init<int64_t, int64_t>(), "Make a pair.", refl::Metadata{{"args", "a, b=0"}})
      .def_rw("a", &PairObj::a, "The first.")
      .def_ro("b", &PairObj::b, "The second.")
      .def("sum", &PairObj::Sum, "Return a + b.")
      .def("scaled", &PairObj::Scaled, "Return (a + b) * factor.",
           refl::Metadata{{"args", "factor=2"}})
      .def_static("origin", []() { return Pair(0, 0); }, "Return the pair of zeros.");
  refl::TypeAttrDef<PairObj>()
      /// Which edition of pairs this is.
      .attr("VERSION", int64_t{3})
      .attr("UNIT", ffi::String("m"))
      .def("EXACT", true)
      .def("with-dash", -0.5)
      .attr("TAGS", ffi::Array<int64_t>{1});  // no plain value: C++ keeps it to itself

  refl::OverloadObjectDef<AmountObj>()
      .def(refl::init<int64_t>())
      .def(refl::init<ffi::String>())
      .def(refl::init<ffi::String, ffi::String>())
      .def_ro("text", &AmountObj::text)
      .def("add", &AmountObj::AddInt)
      .def("add", &AmountObj::AddText);

  refl::ObjectDef<OptionsObj>("How to do it.")
      .def_rw("size", &OptionsObj::size)
      .def_rw("rate", &OptionsObj::rate, refl::default_value(0.5))
      .def_rw("tags", &OptionsObj::tags,
              refl::default_factory(ffi::Function::FromTyped(
                  []() { return ffi::Array<ffi::String>{"new"}; })))
      .def_rw("label", &OptionsObj::label, refl::kw_only(true),
              refl::default_value(ffi::String("none")))
      .def_rw("limit", &OptionsObj::limit, refl::kw_only(true))
      .def_ro("made", &OptionsObj::made, refl::init(false), refl::default_value(int64_t{7}));

  // A class and one that derives from it have each a value of their own.
  refl::ObjectDef<ShapeObj>(refl::init(false))
      .def_type_attr("SIDES", 0)
      .def_ro("name", &ShapeObj::name)
      .def("area", &ShapeObj::Area)
      .def("describe", &ShapeObj::Describe);

  refl::ObjectDef<CircleObj>()
      .def_type_attr("SIDES", 1)
      .def(refl::init<double>())
      .def_rw("radius", &CircleObj::radius)
      .def("area", &CircleObj::CircleArea)
      .def("describe", &CircleObj::DescribeText);
  refl::ObjectDef<DiscObj>().def(refl::init<double>());

  refl::ObjectDef<KeyedObj>()
      .def(refl::init<int64_t, ffi::String>())
      .def_ro("key", &KeyedObj::key)
      .def_ro("label", &KeyedObj::label);
  refl::TypeAttrDef<KeyedObj>()
      .def("__ffi_eq__",
           [](const KeyedObj* a, const KeyedObj* b, ffi::Function) { return a->key == b->key; })
      .def("__ffi_hash__", [](const KeyedObj* self, ffi::Function) { return self->key; })
      .def("__ffi_compare__",
           [](const KeyedObj* a, const KeyedObj* b, ffi::Function) -> int32_t {
             return a->key < b->key ? -1 : a->key > b->key;
           })
      .def("__ffi_repr__", [](const KeyedObj* self, ffi::Function) -> ffi::String {
        return "Keyed #" + std::to_string(self->key);
      });

  refl::ObjectDef<LooseObj>().def(refl::init<int64_t>()).def_ro("key", &LooseObj::key);
  refl::TypeAttrDef<LooseObj>().def(
      "__ffi_eq__",
      [](const LooseObj* a, const LooseObj* b, ffi::Function) { return a->key == b->key; });

  refl::ObjectDef<ColorObj>(refl::init(false)).def_convert<Color>();
  refl::EnumDef<ColorObj>("RED", 1);
  refl::EnumDef<ColorObj>("BLUE", 4);
  refl::TypeAttrDef<ColorObj>().attr("DEFAULT", ffi::String("RED"));
  refl::ObjectDef<ModeObj>(refl::init(false));
  refl::EnumDef<ModeObj>("fast");
  refl::EnumDef<ModeObj>("None");
  refl::ObjectDef<KindObj>(refl::init(false));
  refl::EnumDef<KindObj>("Alpha");

  refl::GlobalDef()
      .def("everything.same_pair", [](Pair x) { return x; })
      .def("everything.same_color", [](Color x) { return x; })
      .def("everything.some_shape",
           []() -> ffi::ObjectRef { return ffi::ObjectRef(ffi::make_object<CircleObj>(2.0)); })
      .def("everything.geo.same_circle", [](Circle x) { return x; });
}
