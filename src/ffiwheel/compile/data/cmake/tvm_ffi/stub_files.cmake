# stub_files.cmake: which files the stub generator may read, for configuring and for building.

# ffiwheel_list_stub_files(<result> <source> <build folder> [CONFIGURE_DEPENDS])
#
# The Python files below <source>, relative to it. Hidden folders (environments, caches),
# __pycache__ and the build folder are left out: <source> may be the root of the project.
function (ffiwheel_list_stub_files result source build)
  file(GLOB_RECURSE names RELATIVE "${source}" ${ARGN} "${source}/*.py" "${source}/*.pyi")
  list(FILTER names EXCLUDE REGEX "(^|/)([.]|__pycache__/)")
  # A project that was fetched into a build folder lies in one as a whole.
  string(FIND "${source}/" "${build}/" source_in_build)
  set(kept)
  foreach (name IN LISTS names)
    string(FIND "${source}/${name}" "${build}/" file_in_build)
    if (source_in_build EQUAL 0 OR NOT file_in_build EQUAL 0)
      list(APPEND kept "${name}")
    endif ()
  endforeach ()
  set("${result}" "${kept}" PARENT_SCOPE)
endfunction ()
