#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t AddOne(int64_t x) { return x + 1; }

class ThingObj : public ffi::Object {
 public:
  int64_t size = 0;

  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("other.Thing", ThingObj, ffi::Object);
};

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("other.add_one", AddOne);
  refl::ObjectDef<ThingObj>().def(refl::init<>()).def_ro("size", &ThingObj::size);
}
