# cc: /zig cc -target aarch64-windows-gnu -O2 -s -fno-sanitize=all -include {data}/windows.h -isystem {data}/windows -isystem /build folder/safe-calls
# c++: /zig c++ -target aarch64-windows-gnu -O2 -s -fno-sanitize=all -include {data}/windows.h -isystem {data}/windows -isystem /build folder/safe-calls
# ar: /zig ar
# ranlib: /zig ranlib
# strip: true
# rc: /zig rc
# How CMake builds for windows-arm64.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ARM64)
set(CMAKE_C_COMPILER "/build folder/tools/cc")
set(CMAKE_CXX_COMPILER "/build folder/tools/c++")
set(CMAKE_AR "/build folder/tools/ar")
set(CMAKE_RANLIB "/build folder/tools/ranlib")
set(CMAKE_STRIP "/build folder/tools/strip")
set(CMAKE_RC_COMPILER "/build folder/tools/rc")

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
set(FFIWHEEL_TARGET_LIBC system)
set(FFIWHEEL_LOADS_HERE OFF)
