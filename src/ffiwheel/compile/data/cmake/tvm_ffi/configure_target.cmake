# configure_target.cmake: what the shadow package changes in the functions of TVM-FFI.
#
# Included directly after the real Utils/Library.cmake, each time that is included.

cmake_policy(VERSION 3.18...4.0)
include("${CMAKE_CURRENT_LIST_DIR}/stub_files.cmake")

# nvcc hands -Xcompiler options on before those that it does not know, and the last prefix map wins:
# so all maps of a target take the same way. (The real one also fails with a space in the path.)
function (tvm_ffi_add_prefix_map target_name prefix_path)
  ffiwheel_map_prefix("${target_name}" "${prefix_path}/" "")
endfunction ()

# zig's linker does not know how to hide what is in archives; the export list does it as well.
if (CMAKE_CROSSCOMPILING AND COMMAND tvm_ffi_hide_static_linked_lib_symbols)
  function (tvm_ffi_hide_static_linked_lib_symbols target_name)
  endfunction ()
endif ()

# Up to 0.1.6 there is nothing to override.
if (NOT COMMAND tvm_ffi_configure_target)
  return()
endif ()

# The arguments of the real function, which does the work; only the stub folder becomes a copy.
function (tvm_ffi_configure_target target)
  if (ffiwheel_is_configuring)
    message(
      FATAL_ERROR
        "tvm_ffi_configure_target(${target}) was defined again after find_package(tvm_ffi), and \
now it calls itself.\n  Give the function that wraps it a name of its own."
    )
  endif ()
  set(ffiwheel_is_configuring ON)
  set(arguments ${ARGN})
  _ffiwheel_redirect_stubs()
  if (APPLE)
    # The real function does not check. A cross build links without symbols.
    find_program(DSYMUTIL dsymutil)
    if (CMAKE_CROSSCOMPILING OR NOT DSYMUTIL)
      list(APPEND arguments DEBUG_SYMBOL OFF)
    endif ()
  endif ()
  if (TARGET "${target}")
    ffiwheel_map_project("${target}")
  endif ()
  _tvm_ffi_configure_target("${target}" ${arguments})
  ffiwheel_apply_safe_rules("${target}")
  ffiwheel_look_for_runtime("${target}" "")
  if (DEFINED FFIWHEEL_EXPORTS)
    ffiwheel_limit_exports("${target}" ${FFIWHEEL_EXPORTS})
  endif ()
endfunction ()

# Let STUB_DIR in `arguments` be a copy that is made anew whenever the target is linked, and leave a
# note for the driver. A macro: it reads and changes the function's variables.
macro (_ffiwheel_redirect_stubs)
  set(stub_keywords STUB_INIT STUB_DIR STUB_PKG STUB_PREFIX STUB_TARGET)
  cmake_parse_arguments(
    arg "" "LINK_SHARED;LINK_HEADER;DEBUG_SYMBOL;MSVC_FLAGS;${stub_keywords}" "" ${arguments}
  )
  set(stub_root "${FFIWHEEL_STUB_ROOT}")
  if (NOT stub_root)
    set(stub_root "${CMAKE_BINARY_DIR}/ffiwheel/stubs")
  endif ()
  set(stub_note "${stub_root}/${target}/stub.json")
  # An earlier configuration of this build folder may have left one.
  file(REMOVE "${stub_note}")
  if (arg_STUB_DIR AND CMAKE_CROSSCOMPILING AND NOT FFIWHEEL_LOADS_HERE)
    message(STATUS "${target}: no stubs, because this machine cannot load the library")
    _ffiwheel_drop_arguments(${stub_keywords})
  elseif (arg_STUB_DIR)
    set(stub_tree "${stub_root}/${target}/tree")
    get_filename_component(stub_source "${arg_STUB_DIR}" ABSOLUTE)
    _ffiwheel_drop_arguments(STUB_DIR)
    list(APPEND arguments STUB_DIR "${stub_tree}")
    _ffiwheel_copy_before_stubs("${target}" "${stub_source}" "${stub_tree}")
    _ffiwheel_write_stub_note("${stub_note}" "${stub_source}" "${stub_tree}")
  endif ()
endmacro ()

# Remove the keywords and their values from `arguments`.
macro (_ffiwheel_drop_arguments)
  foreach (keyword IN ITEMS ${ARGN})
    list(FIND arguments ${keyword} position)
    if (position GREATER_EQUAL 0)
      list(REMOVE_AT arguments ${position})
      list(REMOVE_AT arguments ${position})
    endif ()
  endforeach ()
endmacro ()

# POST_BUILD commands run in the order in which they were added, so this one precedes the real one's
# generator, on each build that links the target. A changed Python file makes it link again, or else
# the wheel would get the old copy of that file.
function (_ffiwheel_copy_before_stubs target source tree)
  ffiwheel_list_stub_files(names "${source}" "${CMAKE_BINARY_DIR}" CONFIGURE_DEPENDS)
  list(TRANSFORM names PREPEND "${source}/")
  set_property(TARGET "${target}" APPEND PROPERTY LINK_DEPENDS ${names})
  add_custom_command(
    TARGET "${target}"
    POST_BUILD
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${source}" "-DTREE=${tree}" "-DSKIP=${CMAKE_BINARY_DIR}" -P
            "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/copy_stub_tree.cmake"
    COMMENT "Copying the stubs of ${target} to ${tree}"
    VERBATIM
  )
endfunction ()

# The driver lays the files that the generator changed over the wheel.
function (_ffiwheel_write_stub_note note source tree)
  foreach (path IN ITEMS source tree)
    string(REGEX REPLACE "([\\\"])" "\\\\\\1" ${path} "${${path}}")
  endforeach ()
  file(WRITE "${note}" "{\"source\": \"${source}\", \"tree\": \"${tree}\"}\n")
endfunction ()
