# copy_stub_tree.cmake: make TREE a fresh copy of the Python files of SOURCE, when building.
#
#   cmake -DSOURCE=<folder> -DTREE=<folder> -DSKIP=<build folder> -P copy_stub_tree.cmake
#
# Fresh, because the stub generator appends to the files that it finds.

cmake_policy(VERSION 3.18...4.0)
include("${CMAKE_CURRENT_LIST_DIR}/stub_files.cmake")

file(REMOVE_RECURSE "${TREE}")
file(MAKE_DIRECTORY "${TREE}")

# The copies must be writable, whatever the originals are.
if (CMAKE_VERSION VERSION_GREATER_EQUAL 3.20)
  set(permissions NO_SOURCE_PERMISSIONS)
endif ()

ffiwheel_list_stub_files(names "${SOURCE}" "${SKIP}")
foreach (name IN LISTS names)
  # This follows links: a copied link would lead the generator back into the source tree.
  configure_file("${SOURCE}/${name}" "${TREE}/${name}" COPYONLY ${permissions})
endforeach ()
