// The CUDA driver, looked up when it is first called.
//
// A library that is linked with libcuda.so.1 cannot be loaded where there is no driver, not even to
// see what is in it. So the functions that TVM-FFI's CUDA headers call are defined here: each looks
// up the driver's own at its first call and passes everything on. Where there is none, the answer is
// an error, whose text says so. Any other function of the driver is had from `cuGetProcAddress`.
#include <cuda.h>
#include <driver_types.h>

#include <atomic>
#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace {

#ifdef _WIN32
const char *const kLibrary = "nvcuda.dll";

HMODULE OpenLibrary() { return LoadLibraryExA(kLibrary, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32); }

std::string ExplainFailure() {
  return std::string(kLibrary) + " cannot be loaded (Windows error " +
         std::to_string(GetLastError()) + ")";
}

void *FindSymbol(HMODULE library, const char *name) {
  return reinterpret_cast<void *>(GetProcAddress(library, name));
}
#else
const char *const kLibrary = "libcuda.so.1";

void *OpenLibrary() { return dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL); }

std::string ExplainFailure() { return dlerror(); }

void *FindSymbol(void *library, const char *name) { return dlsym(library, name); }
#endif

class Driver {
 public:
  // It is never closed: kernels are unloaded as late as at the end of the process.
  static const Driver &Get() {
    static const Driver *driver = new Driver();
    return *driver;
  }

  template <typename Function>
  Function Find(const char *name) const {
    return library_ ? reinterpret_cast<Function>(FindSymbol(library_, name)) : nullptr;
  }

  CUresult status() const { return status_; }
  const char *missing() const { return library_ ? nullptr : trouble_.c_str(); }

 private:
  Driver() : library_(OpenLibrary()), status_(CUDA_ERROR_STUB_LIBRARY) {
    if (!library_) {
      trouble_ = "there is no CUDA driver on this machine: " + ExplainFailure();
      return;
    }
    const auto start = Find<decltype(&cuInit)>("cuInit");
    status_ = start ? start(0) : CUDA_ERROR_STUB_LIBRARY;
  }

  decltype(OpenLibrary()) library_;
  CUresult status_;
  std::string trouble_;
};

constexpr CUresult kTooOld = static_cast<CUresult>(cudaErrorCallRequiresNewerDriver);

// The text for kTooOld, once a function was asked for that the driver does not have.
std::atomic<const char *> too_old{nullptr};

// Returns a function of the driver, or null if the driver cannot be used or does not have it.
template <typename Function>
Function FindReady(const char *name) {
  const Driver &driver = Driver::Get();
  return driver.status() == CUDA_SUCCESS ? driver.Find<Function>(name) : nullptr;
}

// Returns the error of a call to a function that FindReady did not find.
CUresult Refuse(const char *text) {
  const Driver &driver = Driver::Get();
  if (driver.status() != CUDA_SUCCESS) {
    return driver.status();
  }
  too_old = text;
  return kTooOld;
}

// Returns what is to be said about an error of ours, or null for one of the driver's.
const char *ExplainOwn(CUresult error) {
  if (const char *missing = Driver::Get().missing()) {
    return missing;
  }
  return error == kTooOld ? too_old.load() : nullptr;
}

}  // namespace

// cuda.h gives some functions a name with a version; that is the one to look for.
#define FFIWHEEL_TEXT_EXPANDED(name) #name
#define FFIWHEEL_TEXT(name) FFIWHEEL_TEXT_EXPANDED(name)

#define FFIWHEEL_FORWARD(function, parameters, arguments)                                         \
  extern "C" CUresult CUDAAPI function parameters {                                               \
    static const auto found = FindReady<decltype(&function)>(FFIWHEEL_TEXT(function));            \
    return found ? found arguments                                                                \
                 : Refuse("the CUDA driver of this machine is too old: it has no " FFIWHEEL_TEXT( \
                       function));                                                                \
  }

FFIWHEEL_FORWARD(cuGetProcAddress,
                 (const char *name, void **function, int version, cuuint64_t flags,
                  CUdriverProcAddressQueryResult *status),
                 (name, function, version, flags, status))

FFIWHEEL_FORWARD(cuLibraryLoadData,
                 (CUlibrary * library, const void *code, CUjit_option *jit_options,
                  void **jit_values, unsigned int jit_count, CUlibraryOption *options,
                  void **values, unsigned int count),
                 (library, code, jit_options, jit_values, jit_count, options, values, count))
FFIWHEEL_FORWARD(cuLibraryUnload, (CUlibrary library), (library))
FFIWHEEL_FORWARD(cuLibraryGetKernel, (CUkernel * kernel, CUlibrary library, const char *name),
                 (kernel, library, name))
FFIWHEEL_FORWARD(cuKernelGetAttribute,
                 (int *value, CUfunction_attribute attribute, CUkernel kernel, CUdevice device),
                 (value, attribute, kernel, device))
FFIWHEEL_FORWARD(cuKernelSetAttribute,
                 (CUfunction_attribute attribute, int value, CUkernel kernel, CUdevice device),
                 (attribute, value, kernel, device))
FFIWHEEL_FORWARD(cuLaunchKernel,
                 (CUfunction kernel, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
                  unsigned int block_x, unsigned int block_y, unsigned int block_z,
                  unsigned int shared, CUstream stream, void **arguments, void **extra),
                 (kernel, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared, stream,
                  arguments, extra))
FFIWHEEL_FORWARD(cuLaunchKernelEx,
                 (const CUlaunchConfig *config, CUfunction kernel, void **arguments, void **extra),
                 (config, kernel, arguments, extra))

FFIWHEEL_FORWARD(cuDeviceGet, (CUdevice * device, int number), (device, number))
FFIWHEEL_FORWARD(cuDeviceGetCount, (int *count), (count))
FFIWHEEL_FORWARD(cuDeviceGetAttribute, (int *value, CUdevice_attribute attribute, CUdevice device),
                 (value, attribute, device))
FFIWHEEL_FORWARD(cuDevicePrimaryCtxRetain, (CUcontext * context, CUdevice device),
                 (context, device))
FFIWHEEL_FORWARD(cuDevicePrimaryCtxRelease, (CUdevice device), (device))
FFIWHEEL_FORWARD(cuCtxGetDevice, (CUdevice * device), (device))
FFIWHEEL_FORWARD(cuCtxSetCurrent, (CUcontext context), (context))

// TVM-FFI's macros print both texts without a look at what these two return.

extern "C" CUresult CUDAAPI cuGetErrorName(CUresult error, const char **text) {
  static const auto found = Driver::Get().Find<decltype(&cuGetErrorName)>("cuGetErrorName");
  if (found && found(error, text) == CUDA_SUCCESS) {
    return CUDA_SUCCESS;
  }
  *text = error == CUDA_ERROR_STUB_LIBRARY ? "CUDA_ERROR_STUB_LIBRARY"
          : error == kTooOld               ? "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER"
                                           : "unknown";
  return CUDA_SUCCESS;
}

extern "C" CUresult CUDAAPI cuGetErrorString(CUresult error, const char **text) {
  static const auto found = Driver::Get().Find<decltype(&cuGetErrorString)>("cuGetErrorString");
  if (const char *own = ExplainOwn(error)) {
    *text = own;
  } else if (!found || found(error, text) != CUDA_SUCCESS) {
    *text = "the CUDA driver has no description of this error";
  }
  return CUDA_SUCCESS;
}
