// Found instead of the runtime's own header of this name, which it includes, when MinGW compiles.
//
// Objects that are aligned beyond 16 bytes are allocated there with POSIX's `posix_memalign` and
// released with `free`. Windows has nothing to allocate them with that `free` would release, so the
// header has other functions for MSVC, which MinGW has as well. It picks them by the compiler.

#ifndef FFIWHEEL_WINDOWS_MEMORY_H_
#define FFIWHEEL_WINDOWS_MEMORY_H_

// What the header includes comes first: nothing else is to see another compiler than the true one.
#include <malloc.h>
#include <tvm/ffi/object.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#define _MSC_VER 1930
#include_next <tvm/ffi/memory.h>
#undef _MSC_VER

#endif  // FFIWHEEL_WINDOWS_MEMORY_H_
