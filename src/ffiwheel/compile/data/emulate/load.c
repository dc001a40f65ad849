// Loads the libraries that are its arguments, in their order, and calls nothing in them.
//
// Every symbol that they need is resolved at once, and what they do when they are loaded is done.
// It names each before it loads it, and ends with 1 after the loader's own words about one that
// cannot be loaded.

#include <stdio.h>

#ifdef _WIN32

#include <windows.h>

static int load(const char *path) {
  char whole[MAX_PATH];
  char reason[512] = "";
  GetFullPathNameA(path, sizeof whole, whole, NULL);
  if (LoadLibraryExA(whole, NULL, LOAD_WITH_ALTERED_SEARCH_PATH) != NULL) {
    return 1;
  }
  DWORD code = GetLastError();
  FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code, 0, reason,
                 sizeof reason, NULL);
  printf("error %lu: %s\n", code, reason);
  return 0;
}

#else

#include <dlfcn.h>

static int load(const char *path) {
  if (dlopen(path, RTLD_NOW | RTLD_LOCAL) != NULL) {
    return 1;
  }
  printf("%s\n", dlerror());
  return 0;
}

#endif

int main(int count, char **paths) {
  for (int index = 1; index < count; ++index) {
    printf("[ffiwheel loads] %s\n", paths[index]);
    fflush(stdout);
    if (!load(paths[index])) {
      fflush(stdout);
      return 1;
    }
  }
  return 0;
}
