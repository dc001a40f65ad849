// What stands right above an export is about the function.
#include <tvm/ffi/tvm_ffi.h>

namespace {

int plain(int x) { return x; }

/// The function's own.
int own(int x) { return x; }

int tooled(int x) { return x; }

}  // namespace

// Return x.
//
// Twice, if it is asked \p twice.
TVM_FFI_DLL_EXPORT_TYPED_FUNC(plain, plain);

// Of no importance beside the function's own.
TVM_FFI_DLL_EXPORT_TYPED_FUNC(own, own);

// Not about the export: there is a line between.

TVM_FFI_DLL_EXPORT_TYPED_FUNC(far, plain);

// Ordinary.
/// Doxygen's.
TVM_FFI_DLL_EXPORT_TYPED_FUNC(doxygen, plain);

// NOLINTNEXTLINE(misc-use-anonymous-namespace)
TVM_FFI_DLL_EXPORT_TYPED_FUNC(tooled, tooled);

// TVM_FFI_DLL_EXPORT_TYPED_FUNC(old, plain);
TVM_FFI_DLL_EXPORT_TYPED_FUNC(code_before, plain);

// --------------------------------------------
TVM_FFI_DLL_EXPORT_TYPED_FUNC(ruled, plain);

int first = 1;  // about first
TVM_FFI_DLL_EXPORT_TYPED_FUNC(after_a_variable, plain);

// What the literal says counts.
TVM_FFI_DLL_EXPORT_TYPED_FUNC(described, plain);
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(described, "The literal.");
