# tvm_ffi-config.cmake: a shadow of the package that comes with TVM-FFI.
#
# A driver passes -Dtvm_ffi_DIR=<this folder>, so an unmodified project finds this file first. It
# gives the same targets, functions and variables, but
#   - the paths come from the driver: no Python process at configure time, and in a cross build the
#     runtime of the target, not of this machine;
#   - tvm_ffi_configure_target() adds the linking rules that are safe on somebody else's target;
#   - stubs are generated in a copy of the project's folder, never in the source tree.
#
# Given by the driver:
#   FFIWHEEL_TVM_FFI_INCLUDE_DIRS  the headers of TVM-FFI, then of DLPack if they lie elsewhere
#   FFIWHEEL_TVM_FFI_LIBRARY       the shared library; on Windows its import library
#   FFIWHEEL_TVM_FFI_CMAKE_DIR     the real CMake folder of TVM-FFI
#   FFIWHEEL_TVM_FFI_VERSION       optional: the release, which libraries then record
#   FFIWHEEL_STUB_ROOT             optional: the folder for stubs, by default in the build tree
#   FFIWHEEL_EXPORTS               optional: limits the exports of every configured target to
#                                  __tvm_ffi_* and these patterns; may be empty
#   FFIWHEEL_TARGET_LIBC           in a cross build: glibc, musl or system
#   FFIWHEEL_LOADS_HERE            in a cross build: whether this machine can load the libraries

foreach (ffiwheel_name IN ITEMS INCLUDE_DIRS LIBRARY CMAKE_DIR)
  if (NOT FFIWHEEL_TVM_FFI_${ffiwheel_name})
    message(
      FATAL_ERROR
        "FFIWHEEL_TVM_FFI_${ffiwheel_name} is not set, and ${CMAKE_CURRENT_LIST_DIR} is not the \
CMake package of TVM-FFI: it is what ffiwheel puts before it.\n\
  Without ffiwheel:  cmake -Dtvm_ffi_DIR=<what `tvm-ffi-config --cmakedir` prints>\n\
  With ffiwheel:     ffiwheel build, or find_package(ffiwheel CONFIG REQUIRED)"
    )
  endif ()
endforeach ()

# The variables of the real package. Embedding cubins runs Python_EXECUTABLE, and projects use it
# too; the driver names it, or else it is looked for.
list(GET FFIWHEEL_TVM_FFI_INCLUDE_DIRS 0 tvm_ffi_INCLUDE_DIR)
list(GET FFIWHEEL_TVM_FFI_INCLUDE_DIRS -1 tvm_ffi_DLPACK_INCLUDE_DIR)
set(tvm_ffi_LIB_FILES "${FFIWHEEL_TVM_FFI_LIBRARY}")
if (NOT Python_EXECUTABLE)
  find_package(Python COMPONENTS Interpreter REQUIRED)
endif ()

# MinGW would say lib<name>.dll, where loaders look for <name>.dll.
if (MINGW OR (WIN32 AND CMAKE_CROSSCOMPILING))
  set(CMAKE_SHARED_LIBRARY_PREFIX "")
  set(CMAKE_SHARED_MODULE_PREFIX "")
endif ()

include("${CMAKE_CURRENT_LIST_DIR}/../ffiwheel/linking.cmake")
# Every inclusion of the real file is followed by our overrides: CMake keeps the last definition as
# _<name>, so overriding an override would make ours call itself.
include("${FFIWHEEL_TVM_FFI_CMAKE_DIR}/Utils/Library.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/configure_target.cmake")
include("${FFIWHEEL_TVM_FFI_CMAKE_DIR}/Utils/EmbedCubin.cmake" OPTIONAL)

# Imported targets are visible in the folders below, where this file may be loaded again.
# Up to 0.1.6 the targets were called tvm_ffi_header and tvm_ffi_shared: projects that still say so
# build against every release.
if (NOT TARGET tvm_ffi::header)
  foreach (ffiwheel_namespace IN ITEMS tvm_ffi:: tvm_ffi_)
    add_library(${ffiwheel_namespace}header INTERFACE IMPORTED)
    add_library(${ffiwheel_namespace}shared SHARED IMPORTED)
    foreach (ffiwheel_target IN ITEMS ${ffiwheel_namespace}header ${ffiwheel_namespace}shared)
      target_compile_features(${ffiwheel_target} INTERFACE cxx_std_17)
      target_include_directories(${ffiwheel_target} INTERFACE ${FFIWHEEL_TVM_FFI_INCLUDE_DIRS})
    endforeach ()
    if (WIN32)
      set(ffiwheel_location IMPORTED_IMPLIB)
    else ()
      set(ffiwheel_location IMPORTED_LOCATION)
    endif ()
    set_target_properties(
      ${ffiwheel_namespace}shared PROPERTIES ${ffiwheel_location} "${FFIWHEEL_TVM_FFI_LIBRARY}"
    )
  endforeach ()
endif ()
