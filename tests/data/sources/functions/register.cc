// Shows: every way to name a function in a registration.
#include "api.h"

namespace other { int64_t twice(int64_t of_other) { return 2 * of_other; } }
namespace my_ext {
namespace ffi = tvm::ffi;

static int64_t pick(int64_t whole) { return whole; }
static double pick(double fraction) { return fraction; }
template <typename T> T add(T left, T right) { return left + right; }
template <typename... Args> int64_t count(Args... args) { return sizeof...(args); }
static auto negate = [](int64_t value) { return -value; };
struct Adder { int64_t operator()(int64_t a, int64_t b) const { return a + b; } };
static Adder adder;
int64_t twice(int64_t of_mine) { return 2 * of_mine; }
static void packed(ffi::PackedArgs args, ffi::Any* ret) {}
constexpr const char* kPrefix = "my_ext.";

TVM_FFI_STATIC_INIT_BLOCK() {
  namespace refl = tvm::ffi::reflection;
  namespace inner = my_ext::detail;
  auto local = [](int64_t at_home) { return at_home; };
  refl::GlobalDef()
      .def("my_ext.scale", scale)
      .def("my_ext.unnamed", &unnamed)
      .def("my_ext.hidden", inner::hidden)
      .def("my_ext.twice", twice)
      .def("my_ext.other_twice", other::twice, "Twice\n  the other.")
      .def("my_ext.pick_int", static_cast<int64_t (*)(int64_t)>(pick))
      .def("my_ext.pick_float", (double (*)(double))pick)
      .def("my_ext.pick_cast", refl::overload_cast<double>(&pick))
      .def("my_ext.add", add<double>)
      .def("my_ext.count", count<int, int>)
      .def("my_ext.negate", negate)
      .def("my_ext.local", local)
      .def("my_ext.functor", Adder())
      .def("my_ext.adder", adder)
      .def("my_ext.bound", std::bind(twice, 2))
      .def("my_ext.typed", ffi::TypedFunction<int64_t(int64_t)>([](int64_t inside) { return inside; }))
      .def("my_ext.unknown", defined_by_nobody)
      .def_packed("my_ext.packed", packed)
      .def("my_ext." "joined", [](int64_t, int64_t b = 1 << 10) { return b; })
      .def(R"(my_ext.raw)", [] { return 1; })
      /// Above the line of a lambda.
      .def("my_ext.commented", [](const ffi::Array<int64_t>& values, ffi::Optional<ffi::String> name =
                                      std::nullopt) { return 0; },
           refl::Metadata{{"args", "x"}});
  refl::GlobalDef kept;
  kept.def("my_ext.kept", twice);
  kept.def(std::string(kPrefix) + "sum", twice).def("my_ext.kept_too", twice);
  for (const char* name : names) kept.def(name, twice);
}
}  // namespace my_ext

using namespace my_ext;
TVM_FFI_DLL_EXPORT_TYPED_FUNC(scale_symbol, scale);
/*! \brief Not the function's own comment. */
TVM_FFI_DLL_EXPORT_TYPED_FUNC(twice_symbol, my_ext::twice)
TVM_FFI_DLL_EXPORT_TYPED_FUNC(documented, other::twice);
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(documented, R"(Twice.

    As it stands.)");
