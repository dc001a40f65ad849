// The functions that are measured, registered with TVM-FFI. PACKAGE is replaced by a name.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

void Nothing() {}
bool Flag(bool x) { return !x; }
int64_t Inc(int64_t x) { return x + 1; }
int64_t Add(int64_t x, int64_t y) { return x + y; }
double AddFloats(double x, double y) { return x + y; }
int64_t Size(const ffi::String& x) { return static_cast<int64_t>(x.size()); }
ffi::String Echo(ffi::String x) { return x; }
int64_t Named(int64_t a, int64_t b = 2, int64_t c = 3) { return a + b + c; }
int64_t Total(const ffi::Array<int64_t>& x) {
  int64_t sum = 0;
  for (int64_t one : x) sum += one;
  return sum;
}
int64_t Elements(ffi::TensorView x) { return x.numel(); }
void Fail(int64_t x) { TVM_FFI_THROW(ValueError) << "wrong: " << x; }

class PairObj : public ffi::Object {
 public:
  int64_t a, b;
  PairObj(int64_t a, int64_t b) : a(a), b(b) {}
  int64_t Sum() const { return a + b; }
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("PACKAGE.Pair", PairObj, ffi::Object);
};

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("PACKAGE.nothing", Nothing)
      .def("PACKAGE.flag", Flag)
      .def("PACKAGE.inc", Inc)
      .def("PACKAGE.add", Add)
      .def("PACKAGE.add_floats", AddFloats)
      .def("PACKAGE.size", Size)
      .def("PACKAGE.echo", Echo)
      .def("PACKAGE.named", Named)
      .def("PACKAGE.total", Total)
      .def("PACKAGE.elements", Elements)
      .def("PACKAGE.fail", Fail);
  refl::ObjectDef<PairObj>()
      .def(refl::init<int64_t, int64_t>(), refl::Metadata{{"args", "a, b"}})
      .def_rw("a", &PairObj::a)
      .def("sum", &PairObj::Sum);
}
