/* A library in small with what the readers look for; it is built for three systems. */
extern int TVMFFIGetVersion(int *);

static const char header[] __attribute__((used)) = "ffiwheel:tvm-ffi-headers=0.1.16";
const char *strings[] = {"demo.add", "demo.sub.mul", "/home/ada/src/lib/a.cc", "a.cc", "/usr/x/y.h"};

__attribute__((weak)) int replaceable(void) { return 1; }

#ifdef _WIN32
int DllMainCRTStartup(void *a, unsigned b, void *c) { return 1; }
__declspec(dllexport)
#endif
int __tvm_ffi_add(int a) {
  return TVMFFIGetVersion(&a) + replaceable() + (int)(long long)strings[a & 1] + header[a & 3];
}
