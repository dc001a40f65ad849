/* Load an extension, call my_extension.add in it with arrays that claim to be on a GPU, tell the sum.
 *
 * The argument is the library. This is for systems that there is no Python for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tvm/ffi/c_api.h>

#ifdef _WIN32
#include <windows.h>
#define OPEN(path) ((void *)LoadLibraryA(path))
#else
#include <dlfcn.h>
#define OPEN(path) dlopen(path, RTLD_NOW)
#endif

static int fail(const char *what) {
  TVMFFIObjectHandle error = NULL;
  TVMFFIErrorMoveFromRaised(&error);
  if (error) {
    const TVMFFIErrorCell *cell = (const TVMFFIErrorCell *)((char *)error + sizeof(TVMFFIObject));
    printf("%.*s: %.*s\n", (int)cell->kind.size, cell->kind.data, (int)cell->message.size,
           cell->message.data);
  } else {
    printf("%s\n", what);
  }
  return 1;
}

int main(int count, char **arguments) {
  if (count != 2 || !OPEN(arguments[1])) return fail("the extension cannot be loaded");
  float values[3][4] = {{1, 2, 3, 4}, {10, 20, 30, 40}, {0, 0, 0, 0}};
  int64_t shape[1] = {4}, strides[1] = {1};
  DLTensor tensors[3];
  TVMFFIAny any[3];
  for (int i = 0; i < 3; i++) {
    const DLTensor tensor = {values[i], {kDLCUDA, 0}, 1, {kDLFloat, 32, 1}, shape, strides, 0};
    tensors[i] = tensor;
    any[i].type_index = kTVMFFIDLTensorPtr;
    any[i].zero_padding = 0;
    any[i].v_ptr = &tensors[i];
  }
  TVMFFIByteArray name = {"my_extension.add", 16};
  TVMFFIObjectHandle function = NULL;
  TVMFFIAny result = {0};
  if (TVMFFIFunctionGetGlobal(&name, &function) || !function) return fail("there is no such function");
  if (TVMFFIFunctionCall(function, any, 3, &result)) return fail("the call failed");
  printf("%g %g %g %g\n", values[2][0], values[2][1], values[2][2], values[2][3]);
  return 0;
}
