# cc: /zig cc -target aarch64-linux-gnu.2.17 -O2 -s -fno-sanitize=all -isystem /build folder/safe-calls
# c++: /zig c++ -target aarch64-linux-gnu.2.17 -O2 -s -fno-sanitize=all -isystem /build folder/safe-calls
# ar: /zig ar
# ranlib: /zig ranlib
# strip: true
# How CMake builds for linux-aarch64.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER "/build folder/tools/cc")
set(CMAKE_CXX_COMPILER "/build folder/tools/c++")
set(CMAKE_AR "/build folder/tools/ar")
set(CMAKE_RANLIB "/build folder/tools/ranlib")
set(CMAKE_STRIP "/build folder/tools/strip")

# Of this machine programs are found, and nothing else.
set(CMAKE_FIND_ROOT_PATH "/build folder/root" "/project" "/build folder" "/tvm_ffi")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "/build folder/root/lib/pkgconfig")
# scikit-build-core names what belongs to the Python that it runs in.
foreach (name IN ITEMS Python Python3 PYTHON)
  unset(${name}_INCLUDE_DIR CACHE)
  unset(${name}_LIBRARY CACHE)
  unset(${name}_NumPy_INCLUDE_DIR CACHE)
endforeach ()

# For the packages of ffiwheel.
set(FFIWHEEL_TARGET_LIBC glibc)
set(FFIWHEEL_LOADS_HERE OFF)
