// Included before each source for Windows, which MinGW compiles.
//
// The TVM-FFI headers know Windows by MSVC's compiler. For another one they take POSIX functions for
// granted and leave it open which symbols a DLL exports; then the linker exports them all.

#pragma once

#include <errno.h>
#include <stddef.h>

#define TVM_FFI_DLL
#define TVM_FFI_DLL_EXPORT __declspec(dllexport)

// The headers align objects that C++ itself does not align, beyond 16 bytes, with this. Nothing in
// MinGW allocates such memory so that `free` releases it.
static inline int posix_memalign(void **pointer, size_t alignment, size_t size) {
  (void)alignment;
  (void)size;
  *pointer = NULL;
  return ENOMEM;
}
