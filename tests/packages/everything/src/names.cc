// Names that mean something else in Python.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t Same(int64_t x) { return x; }

class Awkward : public ffi::Object {
 public:
  int64_t value = 1;
  int64_t Same(int64_t x) const { return x; }
  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("everything.names.Awkward", Awkward, ffi::Object);
};

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("everything.names.import", Same)
      .def("everything.names.with-dash", Same)
      .def("everything.names.with_dash", Same)
      .def("everything.names.2d", Same)
      .def("everything.names.int", Same)
      .def("everything.names.match", Same)
      .def("everything.names.list", [](ffi::Array<int64_t> x) { return x; })
      .def("everything.names.Sequence", [](ffi::Array<int64_t> x) { return x; })
      .def("everything.names.tvm_ffi", [](ffi::Tensor x) { return x; })
      .def("everything.names.Any", [](ffi::Any x) { return x; })
      .def("everything.names.__file__", Same)
      .def("everything.names._same", Same)
      .def("everything.names.same", Same,
           refl::Metadata{{"args", "_same"}, {"doc", "The parameter has our helper's name."}})
      .def("everything.names.Awkward", Same)
      .def("everything.names.odd",
           [](int64_t x, int64_t y, int64_t) { return x + y; },
           refl::Metadata{{"args", "self, cls, __x"}});
  refl::ObjectDef<Awkward>()
      .def_rw("int", &Awkward::value)
      .def("class", &Awkward::Same)
      .def("property", &Awkward::Same)
      .def("__len__", [](const Awkward*) { return 3; })
      .def("__private", &Awkward::Same)
      .def("same_as", &Awkward::Same);
}
