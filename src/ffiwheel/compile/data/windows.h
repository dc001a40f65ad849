// Included before each source for Windows, which MinGW compiles.
//
// The TVM-FFI headers know Windows by MSVC's compiler. For another one they leave it open which
// symbols a DLL exports; then the linker exports them all. How they allocate memory is put right in
// `windows/tvm/ffi/memory.h`.

#pragma once

#define TVM_FFI_DLL
#define TVM_FFI_DLL_EXPORT __declspec(dllexport)
