/* The smallest extension there is, for three systems; tests read it, nobody loads it. Made with
 *
 *   zig="python -m ziglang cc -std=c11 -O1 -s -shared -nostdlib tiny.c"
 *   $zig -target x86_64-linux-gnu.2.17 -o tiny.so -fPIC -Wl,-z,now -Wl,--allow-shlib-undefined
 *   $zig -target aarch64-macos.11.0 -o tiny.dylib -undefined dynamic_lookup
 *   $zig -target x86_64-windows-gnu -o tiny.dll
 */
#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
extern int TVMFFIFunctionCall(void* function, const void* arguments, int count, void* result);
#endif

static const char* const NAMES[] = {"pkg.add", "pkg.Pair", "pkg.math.scale"};

EXPORT int __tvm_ffi_add(void* self, const void* arguments, int count, void* result) {
#ifndef _WIN32
  if (count == 2) return TVMFFIFunctionCall(self, arguments, count, result);
#endif
  *(const char**)result = NAMES[count % 3];
  return 0;
}

#ifdef _WIN32
int DllMainCRTStartup(void* instance, unsigned reason, void* reserved) { return 1; }
#endif
