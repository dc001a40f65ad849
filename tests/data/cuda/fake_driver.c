/* Stands in for NVIDIA's driver: it keeps "device" memory in the host's and knows one kernel.
 *
 * Whatever is asked for that a real driver would refuse, it refuses. What it was asked for it tells
 * on stderr, one line each. With FFIWHEEL_NO_DEVICE in the environment it finds no GPU; compiled with
 * OLD, it is a driver from before kernels could be loaded without a context.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define API __declspec(dllexport)
#define PER_THREAD
#else
#define API
#define PER_THREAD __thread
#endif

enum { OK = 0, BAD_VALUE = 1, NOT_INITIALIZED = 3, NO_DEVICE = 100, BAD_IMAGE = 200 };
enum { NO_CONTEXT = 201, NOT_FOUND = 500, DEVICES = 2 };

static int initialized, contexts[DEVICES], held[DEVICES];
static PER_THREAD void *current;

static int tell(const char *text) {
  fprintf(stderr, "driver: %s\n", text);
  return OK;
}

API int cuInit(unsigned int flags) {
  if (getenv("FFIWHEEL_NO_DEVICE")) return NO_DEVICE;
  initialized = 1;
  return flags ? BAD_VALUE : tell("init");
}

API int cuGetErrorName(int error, const char **text) {
  *text = error == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE" : error == NOT_FOUND ? "CUDA_ERROR_NOT_FOUND" : NULL;
  return *text ? OK : BAD_VALUE;
}

API int cuGetErrorString(int error, const char **text) {
  *text = error == NO_DEVICE ? "no CUDA-capable device is detected" : error == NOT_FOUND ? "named symbol not found" : NULL;
  return *text ? OK : BAD_VALUE;
}

API int cuDeviceGetCount(int *count) {
  *count = DEVICES;
  return initialized ? OK : NOT_INITIALIZED;
}

API int cuDeviceGet(int *device, int number) {
  *device = number;
  return !initialized ? NOT_INITIALIZED : number < DEVICES ? OK : 101;
}

API int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &contexts[device];
  held[device]++;
  return OK;
}

API int cuDevicePrimaryCtxRelease_v2(int device) {
  held[device]--;
  return OK;
}

API int cuCtxSetCurrent(void *context) {
  char text[64];
  int device = (int)((int *)context - contexts);
  snprintf(text, sizeof text, "device %d, held %d", device, held[device]);
  current = context;
  return tell(text);
}

API int cuCtxGetDevice(int *device) {
  if (!current) return NO_CONTEXT;
  *device = (int)((int *)current - contexts);
  return OK;
}

#ifndef OLD
static int library, kernel;

API int cuLibraryLoadData(void **made, const void *code, void *a, void *b, unsigned int c, void *d,
                          void *e, unsigned int f) {
  uint32_t magic;
  memcpy(&magic, code, sizeof magic);
  if (!initialized) return NOT_INITIALIZED;
  if (magic != 0xBA55ED50u || (uintptr_t)code % 8 || a || b || c || d || e || f) return BAD_IMAGE;
  *made = &library;
  return tell("load a fatbin");
}

API int cuLibraryUnload(void *loaded) { return loaded == &library ? tell("unload") : BAD_VALUE; }

API int cuLibraryGetKernel(void **found, void *loaded, const char *name) {
  if (loaded != &library) return BAD_VALUE;
  *found = &kernel;
  return strcmp(name, "AddKernel") == 0 ? tell(name) : NOT_FOUND;
}

API int cuLaunchKernel(void *function, unsigned int gx, unsigned int gy, unsigned int gz,
                       unsigned int bx, unsigned int by, unsigned int bz, unsigned int shared,
                       void *stream, void **arguments, void **extra) {
  char text[128];
  if (function != &kernel || shared || extra) return BAD_VALUE;
  if (!current) return NO_CONTEXT;
  const float *a = *(float **)arguments[0], *b = *(float **)arguments[1];
  float *out = *(float **)arguments[2];
  int64_t size = *(int64_t *)arguments[3];
  int64_t threads = (int64_t)gx * gy * gz * bx * by * bz;
  for (int64_t thread = 0; thread < threads; thread++)
    for (int64_t i = thread; i < size; i += threads) out[i] = a[i] + b[i];
  snprintf(text, sizeof text, "launch %ux%ux%u of %ux%ux%u on stream %d, device %d", gx, gy, gz, bx, by,
           bz, (int)(intptr_t)stream, (int)((int *)current - contexts));
  return tell(text);
}
#endif
