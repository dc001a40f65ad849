# add_extension.cmake: ffiwheel_add_extension(), one call from sources to an installed library.
#
#   ffiwheel_add_extension(<name> SOURCES <file>... [EXPORTS <symbol-pattern>...] [PACKAGE <dir>])
#
# docs/cmake.md has the arguments. The work is in a function; around it is a macro because
# enable_language() must run in the caller's own scope.

include_guard(GLOBAL)
cmake_policy(VERSION 3.18...4.0)

macro (ffiwheel_add_extension)
  _ffiwheel_enable_cuda_for(${ARGN})
  _ffiwheel_make_extension(${ARGN})
endmacro ()

# Enable CUDA, once a folder, if an argument is a CUDA source.
macro (_ffiwheel_enable_cuda_for)
  set(ffiwheel_cuda_sources ${ARGN})
  list(FILTER ffiwheel_cuda_sources INCLUDE REGEX "[.]cu$")
  if (ffiwheel_cuda_sources AND NOT CMAKE_CUDA_COMPILER_LOADED)
    if (CMAKE_CURRENT_FUNCTION)
      message(
        FATAL_ERROR
          "ffiwheel_add_extension: ${CMAKE_CURRENT_FUNCTION}() hands it a CUDA source, and CMake \
enables a language only outside of functions.\n  Call enable_language(CUDA) in CMakeLists.txt \
before ${CMAKE_CURRENT_FUNCTION}()."
      )
    endif ()
    _ffiwheel_default_cuda_architectures()
    enable_language(CUDA)
  endif ()
  unset(ffiwheel_cuda_sources)
endmacro ()

# A wheel goes to GPUs that its builder has not got. CMake's own default is one old architecture;
# all-major has machine code for every major one that this nvcc knows, and PTX for those to come.
macro (_ffiwheel_default_cuda_architectures)
  if (NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
    if (CMAKE_VERSION VERSION_LESS 3.23)
      # These do not know the word; nvcc 11.5 and later does.
      set(CMAKE_CUDA_ARCHITECTURES OFF)
      string(APPEND CMAKE_CUDA_FLAGS " -arch=all-major")
    else ()
      set(CMAKE_CUDA_ARCHITECTURES all-major)
    endif ()
  endif ()
endmacro ()

function (_ffiwheel_make_extension)
  cmake_parse_arguments(arg "" "PACKAGE" "SOURCES;EXPORTS" ${ARGN})
  list(POP_FRONT arg_UNPARSED_ARGUMENTS name)
  _ffiwheel_check_arguments()
  if (NOT arg_PACKAGE)
    _ffiwheel_default_package("${name}" arg_PACKAGE)
  endif ()

  add_library("${name}" SHARED ${arg_SOURCES})
  target_link_libraries("${name}" PRIVATE tvm_ffi::header tvm_ffi::shared)
  # A C++ file that calls the CUDA runtime needs the headers that nvcc finds by itself.
  target_include_directories(
    "${name}" SYSTEM PRIVATE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES}
  )
  _ffiwheel_set_language("${name}")
  _ffiwheel_set_file_name("${name}")
  tvm_ffi_add_msvc_flags("${name}")

  ffiwheel_hide_symbols("${name}")
  ffiwheel_map_project("${name}")
  ffiwheel_apply_safe_rules("${name}")
  ffiwheel_limit_exports("${name}" ${arg_EXPORTS} ${FFIWHEEL_EXPORTS})
  ffiwheel_look_for_runtime("${name}" "${arg_PACKAGE}")

  # The import library that Windows adds is for linking, which nobody does: no ARCHIVE.
  install(
    TARGETS "${name}"
    LIBRARY DESTINATION "${arg_PACKAGE}"
    RUNTIME DESTINATION "${arg_PACKAGE}"
  )
  _ffiwheel_install_debug_symbols("${name}" "${arg_PACKAGE}")
endfunction ()

# Stop at the first argument that is wrong. A macro: it reads the function's arg_* and name.
macro (_ffiwheel_check_arguments)
  set(usage
      "ffiwheel_add_extension(<name> SOURCES <file>... [EXPORTS <pattern>...] [PACKAGE <dir>])"
  )
  if (NOT name)
    message(FATAL_ERROR "ffiwheel_add_extension: the name of the library is missing.\n  ${usage}")
  endif ()
  set(call "ffiwheel_add_extension(${name})")
  if (arg_UNPARSED_ARGUMENTS)
    list(JOIN arg_UNPARSED_ARGUMENTS "', '" words)
    message(FATAL_ERROR "${call}: unknown argument '${words}'.\n  ${usage}")
  endif ()
  if (NOT arg_SOURCES)
    message(FATAL_ERROR "${call}: SOURCES is missing or empty.\n  ${usage}")
  endif ()
  if ("PACKAGE" IN_LIST arg_KEYWORDS_MISSING_VALUES)
    message(
      FATAL_ERROR
        "${call}: no folder follows PACKAGE.\n  Give one, or . for the install prefix itself."
    )
  endif ()
  if (TARGET "${name}")
    get_target_property(folder "${name}" SOURCE_DIR)
    message(
      FATAL_ERROR
        "${call}: there is already a target '${name}', made in ${folder}.\n  Give one of the two \
another name; ffiwheel_add_extension() makes its target itself."
    )
  endif ()
  if (IS_ABSOLUTE "${arg_PACKAGE}")
    message(
      FATAL_ERROR
        "${call}: PACKAGE '${arg_PACKAGE}' is an absolute path.\n  Give the folder inside the \
wheel, such as my_package or my_package/lib."
    )
  endif ()
  foreach (source IN LISTS arg_SOURCES)
    _ffiwheel_check_source("${source}")
  endforeach ()
  foreach (pattern IN LISTS arg_EXPORTS)
    if (NOT pattern MATCHES "^[A-Za-z0-9_.$*?]+$")
      message(
        FATAL_ERROR
          "${call}: EXPORTS '${pattern}' is not the name of a symbol, nor a pattern with * and ?.\n\
  A C++ function has a mangled name: nm -D lists it. Or declare it extern \"C\"."
      )
    endif ()
  endforeach ()
endmacro ()

# A source that another command generates does not exist yet, nor is a generator expression a file.
function (_ffiwheel_check_source source)
  get_filename_component(in_source "${source}" ABSOLUTE)
  get_filename_component(in_build "${source}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  foreach (file IN ITEMS "${in_source}" "${in_build}")
    get_source_file_property(generated "${file}" GENERATED)
    if (generated OR (EXISTS "${file}" AND NOT IS_DIRECTORY "${file}"))
      return()
    endif ()
  endforeach ()
  if (source MATCHES "[$]<")
    return()
  endif ()
  if (source MATCHES "^[A-Z][A-Z_]+$")
    message(FATAL_ERROR "${call}: unknown argument '${source}'.\n  ${usage}")
  endif ()
  message(
    FATAL_ERROR
      "${call}: there is no source file '${source}'.\n  Looked for ${in_source}\n\
  Correct SOURCES, or create the file. CMake resolves it from the folder of this CMakeLists.txt."
  )
endfunction ()

# The folder of the import package: the project's name as scikit-build-core gives it, else <name>.
function (_ffiwheel_default_package name result)
  if (SKBUILD_PROJECT_NAME)
    string(REGEX REPLACE "[-.]" "_" name "${SKBUILD_PROJECT_NAME}")
  endif ()
  set("${result}" "${name}" PARENT_SCOPE)
endfunction ()

# C++17 is what the headers need; CMAKE_CXX_STANDARD and CMAKE_CUDA_STANDARD may ask for more.
function (_ffiwheel_set_language name)
  foreach (language IN ITEMS CXX CUDA)
    get_target_property(standard "${name}" ${language}_STANDARD)
    if (NOT standard OR standard MATCHES "^(98|03|11|14)$")
      set_target_properties("${name}" PROPERTIES ${language}_STANDARD 17)
    endif ()
    set_target_properties("${name}" PROPERTIES ${language}_STANDARD_REQUIRED ON)
  endforeach ()
  # A shared CUDA runtime would tie the wheel to one CUDA release on the user's machine. The
  # utilities of TVM-FFI make Shared the default of the whole project, hence a property.
  set_target_properties("${name}" PROPERTIES CUDA_RUNTIME_LIBRARY Static)
endfunction ()

# The names that tvm_ffi.libinfo.load_lib_module() looks for, and no trace of the build machine.
function (_ffiwheel_set_file_name name)
  # MinGW would say lib<name>.dll.
  if (WIN32)
    set(prefix "")
  else ()
    set(prefix "lib")
  endif ()
  # CMake blanks an RPATH at install time but leaves its length, which depends on the build folder:
  # so it is never written. libtvm_ffi is loaded by then, and found by its soname.
  set_target_properties(
    "${name}"
    PROPERTIES PREFIX "${prefix}"
               OUTPUT_NAME "${name}"
               DEBUG_POSTFIX ""
               BUILD_WITH_INSTALL_RPATH ON
               INSTALL_RPATH_USE_LINK_PATH OFF
               BUILD_WITH_INSTALL_NAME_DIR ON
               INSTALL_NAME_DIR "@rpath"
  )
endfunction ()

# On macOS the debug symbols go into a bundle beside the library; a cross build has none.
function (_ffiwheel_install_debug_symbols name package)
  if (APPLE AND NOT CMAKE_CROSSCOMPILING AND COMMAND tvm_ffi_install)
    find_program(DSYMUTIL dsymutil)
    if (DSYMUTIL)
      tvm_ffi_add_apple_dsymutil("${name}")
      tvm_ffi_install("${name}" DESTINATION "${package}")
    endif ()
  endif ()
endfunction ()
