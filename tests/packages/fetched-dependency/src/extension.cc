#include <checksum.h>
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace fetched_dependency {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t Adler32(const ffi::String& text) { return checksum::Adler32(text); }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("fetched_dependency.adler32", Adler32,
                        "Return the Adler-32 checksum of a text in UTF-8.");
}

}  // namespace fetched_dependency
