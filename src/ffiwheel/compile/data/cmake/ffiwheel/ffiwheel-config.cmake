# ffiwheel-config.cmake: what find_package(ffiwheel) loads.
#
# It gives ffiwheel_add_extension(), ffiwheel_version() and, from the shadow package beside it, the
# targets and functions of TVM-FFI. The runtime is the one that the FFIWHEEL_TVM_FFI_* variables
# name; where nobody set them, it is the one that the Python interpreter would import.

if (CMAKE_VERSION VERSION_LESS 3.18)
  set(ffiwheel_FOUND FALSE)
  set(ffiwheel_NOT_FOUND_MESSAGE
      "ffiwheel needs CMake 3.18 or later, and this is ${CMAKE_VERSION}.\n  pip install -U cmake"
  )
  return()
endif ()

if (NOT (FFIWHEEL_TVM_FFI_INCLUDE_DIRS AND FFIWHEEL_TVM_FFI_LIBRARY AND FFIWHEEL_TVM_FFI_CMAKE_DIR))
  if (CMAKE_CROSSCOMPILING)
    # The interpreter runs on this machine, so its libtvm_ffi is not the target's.
    set(ffiwheel_FOUND FALSE)
    set(ffiwheel_NOT_FOUND_MESSAGE
        "a cross build cannot ask Python where the target's TVM-FFI is. Give CMake\n\
  -DFFIWHEEL_TVM_FFI_INCLUDE_DIRS=<folders>\n\
  -DFFIWHEEL_TVM_FFI_LIBRARY=<the target's library>\n\
  -DFFIWHEEL_TVM_FFI_CMAKE_DIR=<tvm-ffi-config --cmakedir>"
    )
    return()
  endif ()
  find_package(Python COMPONENTS Interpreter REQUIRED)
  execute_process(
    COMMAND "${Python_EXECUTABLE}" -X utf8 "${CMAKE_CURRENT_LIST_DIR}/find_runtime.py"
    OUTPUT_VARIABLE ffiwheel_answer
    ERROR_VARIABLE ffiwheel_complaint
    RESULT_VARIABLE ffiwheel_status
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_STRIP_TRAILING_WHITESPACE
    ENCODING UTF-8
  )
  if (NOT ffiwheel_status EQUAL 0)
    set(ffiwheel_FOUND FALSE)
    set(ffiwheel_NOT_FOUND_MESSAGE
        "no usable TVM-FFI in the Python that CMake found (${ffiwheel_complaint}).\n\
  Install it:        ${Python_EXECUTABLE} -m pip install apache-tvm-ffi\n\
  or name another:   cmake -DPython_EXECUTABLE=<python that has it>"
    )
    return()
  endif ()
  # One a line: the release, the library, the CMake folder, then the include folders.
  string(REPLACE "\n" ";" ffiwheel_answer "${ffiwheel_answer}")
  list(POP_FRONT ffiwheel_answer FFIWHEEL_TVM_FFI_VERSION FFIWHEEL_TVM_FFI_LIBRARY
       FFIWHEEL_TVM_FFI_CMAKE_DIR
  )
  set(FFIWHEEL_TVM_FFI_INCLUDE_DIRS "${ffiwheel_answer}")
endif ()

# CMake's own default, said aloud: where it is unset, TVM-FFI's cubin utilities set it to Shared.
if (NOT DEFINED CMAKE_CUDA_RUNTIME_LIBRARY)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
endif ()

# The package of TVM-FFI itself declares the same targets unconditionally, so loading it after ours
# is an error. A later find_package(tvm_ffi) therefore gets ours again.
get_filename_component(tvm_ffi_DIR "${CMAKE_CURRENT_LIST_DIR}/../tvm_ffi" ABSOLUTE)
include("${tvm_ffi_DIR}/tvm_ffi-config.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/add_extension.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/FfiwheelVersion.cmake")
