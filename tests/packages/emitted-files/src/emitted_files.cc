#include <tvm/ffi/tvm_ffi.h>

#include "emitted_files_version.h"

#if EMITTED_FILES_VERSION_NUMBER <= EMITTED_FILES_VERSION_ENCODE(0, 0, 1)
#error "the version is in the header"
#endif

namespace {

tvm::ffi::String Version() { return emitted_files_version(); }

int64_t VersionNumber() { return emitted_files_version_number(); }

}  // namespace

TVM_FFI_DLL_EXPORT_TYPED_FUNC(version, Version);
TVM_FFI_DLL_EXPORT_TYPED_FUNC(version_number, VersionNumber);
