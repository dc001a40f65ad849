// A class that has to lie at a multiple of 64 bytes, as those with vectors do.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>
#include <vector>

namespace my_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

class alignas(64) WideObj : public ffi::Object {
 public:
  float lanes[16] = {};

  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("my_extension.Wide", WideObj, ffi::Object);
};

// Makes `count` objects that live at the same time, and returns how many lie where they should.
int64_t CountAligned(int64_t count) {
  std::vector<ffi::ObjectPtr<WideObj>> kept;
  int64_t aligned = 0;
  for (int64_t i = 0; i < count; ++i) {
    kept.push_back(ffi::make_object<WideObj>());
    kept.back()->lanes[i % 16] = 1;
    aligned += reinterpret_cast<uintptr_t>(kept.back().get()) % alignof(WideObj) == 0;
  }
  return aligned;
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("my_extension.count_aligned", CountAligned);
  refl::ObjectDef<WideObj>();
}

}  // namespace my_extension
