# linking.cmake: the compile and link rules of ffiwheel, each a function on one target.
#
# Both packages use them: ffiwheel_add_extension() applies all of them to the target it makes, the
# shadow tvm_ffi_configure_target() only those that are safe on somebody else's target.
# docs/cmake.md says what each rule prevents.

include_guard(GLOBAL)
cmake_policy(VERSION 3.18...4.0)

# ffiwheel_apply_safe_rules(<target>): what changes neither the target's interface nor its C++.
function (ffiwheel_apply_safe_rules target)
  target_compile_definitions("${target}" PRIVATE TVM_FFI_DLL_EXPORT_INCLUDE_METADATA=1)
  target_compile_options("${target}" PRIVATE "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>")
  # CMake's way to say that nvcc has g++ for its host compiler.
  if (CMAKE_CUDA_SIMULATE_ID STREQUAL "GNU")
    target_compile_options(
      "${target}" PRIVATE "$<$<COMPILE_LANG_AND_ID:CUDA,NVIDIA>:-Xcompiler=-fno-gnu-unique>"
    )
  endif ()
  if (UNIX AND NOT APPLE)
    target_link_options("${target}" PRIVATE "LINKER:-z,now" "LINKER:-z,relro")
  endif ()
  # These maps come last, and the last one that fits wins: the build folder and an environment with
  # the headers may both lie inside the source folder.
  ffiwheel_map_prefix("${target}" "${CMAKE_BINARY_DIR}/" "build/")
  foreach (folder IN LISTS FFIWHEEL_TVM_FFI_INCLUDE_DIRS)
    ffiwheel_map_prefix("${target}" "${folder}/" "tvm_ffi/")
  endforeach ()
  # Debug information names the folder of compilation without a slash at its end.
  if (NOT MSVC)
    _ffiwheel_add_host_option("${target}" "-fdebug-prefix-map=${CMAKE_BINARY_DIR}=build")
  endif ()
  ffiwheel_record_headers("${target}")
  ffiwheel_accelerate("${target}")
endfunction ()

# ffiwheel_record_headers(<target>): the library says which TVM-FFI headers it was compiled with.
#
# The text is in a source of its own: another version compiles nothing else again. It is C and C++;
# CUDA alone would do as well, but such a target links with C++ libraries anyway.
function (ffiwheel_record_headers target)
  get_target_property(type "${target}" TYPE)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  get_target_property(sources "${target}" SOURCES)
  set(source "${CMAKE_BINARY_DIR}/ffiwheel/headers.cc")
  if (NOT FFIWHEEL_TVM_FFI_VERSION
      OR NOT "CXX" IN_LIST languages
      OR NOT type MATCHES "^(SHARED|MODULE)_LIBRARY$"
      OR "${source}" IN_LIST sources
  )
    return()
  endif ()
  configure_file("${CMAKE_CURRENT_FUNCTION_LIST_DIR}/headers.cc.in" "${source}" @ONLY)
  set_source_files_properties(
    "${source}" PROPERTIES LANGUAGE CXX SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON
  )
  target_sources("${target}" PRIVATE "${source}")
endfunction ()

# ffiwheel_accelerate(<target>): the library gets what calls its functions from Python, if the
# project wants that.
function (ffiwheel_accelerate target)
  get_target_property(type "${target}" TYPE)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  get_target_property(sources "${target}" SOURCES)
  set(source "${FFIWHEEL_ACCELERATOR}")
  if (NOT source
      OR NOT "CXX" IN_LIST languages
      OR NOT type MATCHES "^(SHARED|MODULE)_LIBRARY$"
      OR "${source}" IN_LIST sources
  )
    return()
  endif ()
  set_source_files_properties(
    "${source}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON
                           COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-w>"
  )
  target_sources("${target}" PRIVATE "${source}")
endfunction ()

# ffiwheel_map_project(<target>): paths in the binary are relative to the project.
#
# FFIWHEEL_PROJECT_DIR is the Python project, where its CMakeLists.txt lies in a folder below.
function (ffiwheel_map_project target)
  set(folders ${FFIWHEEL_PROJECT_DIR} "${CMAKE_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}")
  list(REMOVE_DUPLICATES folders)
  foreach (folder IN LISTS folders)
    ffiwheel_map_prefix("${target}" "${folder}/" "")
  endforeach ()
endfunction ()

# ffiwheel_hide_symbols(<target>): nothing is visible that the source does not export by name.
function (ffiwheel_hide_symbols target)
  set_target_properties(
    "${target}"
    PROPERTIES POSITION_INDEPENDENT_CODE ON
               C_VISIBILITY_PRESET hidden
               CXX_VISIBILITY_PRESET hidden
               CUDA_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
  )
  # CMake applies the last of these to C++ only.
  if (CMAKE_CUDA_SIMULATE_ID STREQUAL "GNU")
    target_compile_options(
      "${target}"
      PRIVATE "$<$<COMPILE_LANG_AND_ID:CUDA,NVIDIA>:-Xcompiler=-fvisibility-inlines-hidden>"
    )
  endif ()
endfunction ()

# ffiwheel_limit_exports(<target> [<pattern>...]): the library exports __tvm_ffi_* and the patterns.
#
# Windows needs no list: a DLL exports what the source marks with __declspec(dllexport). For macOS
# zig's linker takes no list into account, so that what the source does not export is hidden as well.
function (ffiwheel_limit_exports target)
  get_target_property(type "${target}" TYPE)
  get_target_property(list_file "${target}" FFIWHEEL_EXPORT_LIST)
  # A linker takes one anonymous list; the second call for a target changes nothing.
  if (WIN32 OR list_file OR NOT type MATCHES "^(SHARED|MODULE)_LIBRARY$")
    return()
  endif ()
  set(list_file "${CMAKE_CURRENT_BINARY_DIR}/ffiwheel/${target}.exports")
  set(patterns "__tvm_ffi_*" ${ARGN})
  if (APPLE)
    if (NOT ARGN)
      ffiwheel_hide_symbols("${target}")
    endif ()
    list(TRANSFORM patterns PREPEND "_")
    list(JOIN patterns "\n" lines)
    set(text "${lines}\n")
    set(option "-Xlinker -exported_symbols_list -Xlinker \"${list_file}\"")
  else ()
    list(JOIN patterns "; " names)
    set(text "{ global: ${names}; local: *; };\n")
    set(option "-Xlinker \"--version-script=${list_file}\"")
  endif ()
  file(GENERATE OUTPUT "${list_file}" CONTENT "${text}")
  # Not LINKER:, which splits the path at a comma.
  target_link_options("${target}" PRIVATE "SHELL:${option}")
  set_property(TARGET "${target}" APPEND PROPERTY LINK_DEPENDS "${list_file}")
  set_target_properties("${target}" PROPERTIES FFIWHEEL_EXPORT_LIST "${list_file}")
endfunction ()

# ffiwheel_look_for_runtime(<target> <package>): the library names the folder of libtvm_ffi.
#
# The loaders of macOS and of musl look for it there once both are installed. That of glibc takes one
# of that name which is loaded already, and so does Windows.
#
# package: the folder below the install prefix that the library goes to. Where it is not known, the
# prefix is taken for it, or a folder in it where the prefix is no package.
function (ffiwheel_look_for_runtime target package)
  if (APPLE)
    set(origin "@loader_path")
  elseif (FFIWHEEL_TARGET_LIBC STREQUAL "musl")
    set(origin "\$ORIGIN")
  else ()
    return()
  endif ()
  _ffiwheel_count_folders("${package}" depth)
  string(REPEAT "/.." ${depth} up)
  target_link_options("${target}" PRIVATE "LINKER:-rpath,${origin}${up}/tvm_ffi/lib")
endfunction ()

# Set `result` to how many folders below site-packages a library lies.
function (_ffiwheel_count_folders package result)
  set(prefix "")
  if (SKBUILD_PLATLIB_DIR)
    file(RELATIVE_PATH prefix "${SKBUILD_PLATLIB_DIR}" "${CMAKE_INSTALL_PREFIX}")
  endif ()
  string(REGEX MATCHALL "[^/]+" folders "${prefix}/${package}")
  list(REMOVE_ITEM folders ".")
  list(LENGTH folders depth)
  if (depth EQUAL 0 AND package STREQUAL "")
    set(depth 1)
  endif ()
  set("${result}" ${depth} PARENT_SCOPE)
endfunction ()

# ffiwheel_map_prefix(<target> <from> <to>): a path in the binary that would begin with <from>
# begins with <to>: __FILE__, backtraces, debug information. Both end with a slash; <to> may be "".
function (ffiwheel_map_prefix target from to)
  if (MSVC)
    return()
  endif ()
  # g++ writes the resolved path of a system header where that is the shorter one.
  get_filename_component(resolved "${from}" REALPATH)
  set(folders "${resolved}/" "${from}")
  list(REMOVE_DUPLICATES folders)
  foreach (folder IN LISTS folders)
    _ffiwheel_add_host_option("${target}" "-ffile-prefix-map=${folder}=${to}")
  endforeach ()
endfunction ()

# An option of g++ and clang that nvcc has to hand on. The inner quotes are for nvcc: it splits a
# value at commas, and does not protect spaces from the shell that starts its host compiler.
function (_ffiwheel_add_host_option target option)
  target_compile_options(
    "${target}"
    PRIVATE "$<$<COMPILE_LANG_AND_ID:C,GNU,Clang,AppleClang>:${option}>"
            "$<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:${option}>"
            "$<$<COMPILE_LANG_AND_ID:CUDA,Clang>:${option}>"
            "$<$<COMPILE_LANG_AND_ID:CUDA,NVIDIA>:-Xcompiler=\"${option}\">"
  )
endfunction ()
