// Calls the `cpu` template, with `aligned.cc`, through the C ABI: where there is no Python.
//
// It is linked with the runtime, loads the library that is its argument, and prints `ok`.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tvm/ffi/c_api.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) {                                            \
      printf("line %d: %s\n", __LINE__, #condition);               \
      exit(1);                                                     \
    }                                                              \
  } while (0)

static TVMFFIByteArray text(const char *chars) {
  TVMFFIByteArray made = {chars, strlen(chars)};
  return made;
}

static TVMFFIAny integer(int64_t value) {
  TVMFFIAny made = {0};
  made.type_index = kTVMFFIInt;
  made.v_int64 = value;
  return made;
}

static TVMFFIAny object(TVMFFIObjectHandle value, int32_t type_index) {
  TVMFFIAny made = {0};
  made.type_index = type_index;
  made.v_obj = (TVMFFIObject *)value;
  return made;
}

static TVMFFIObjectHandle global(const char *name) {
  TVMFFIByteArray key = text(name);
  TVMFFIObjectHandle found = NULL;
  CHECK(TVMFFIFunctionGetGlobal(&key, &found) == 0 && found != NULL);
  return found;
}

// Whether the error that a call has just raised is of that kind and says that.
static int raised(const char *kind, const char *part) {
  TVMFFIObjectHandle error = NULL;
  TVMFFIErrorMoveFromRaised(&error);
  CHECK(error != NULL);
  TVMFFIErrorCell *cell = (TVMFFIErrorCell *)((char *)error + sizeof(TVMFFIObject));
  int found = cell->kind.size == strlen(kind) && !memcmp(cell->kind.data, kind, cell->kind.size) &&
              strstr(cell->message.data, part) != NULL;
  if (!found) {
    printf("%s: %s\n", cell->kind.data, cell->message.data);
  }
  TVMFFIObjectDecRef(error);
  return found;
}

static int square(void *self, const TVMFFIAny *args, int32_t count, TVMFFIAny *result) {
  (void)self;
  CHECK(count == 1);
  *result = integer(args[0].v_int64 * args[0].v_int64);
  return 0;
}

static int fail(void *self, const TVMFFIAny *args, int32_t count, TVMFFIAny *result) {
  (void)self, (void)args, (void)count, (void)result;
  TVMFFIErrorSetRaisedFromCStr("KeyError", "from the callback");
  return -1;
}

static void call_functions(void) {
  TVMFFIAny result = {0}, one = integer(41);
  CHECK(TVMFFIFunctionCall(global("my_extension.add_one"), &one, 1, &result) == 0);
  CHECK(result.type_index == kTVMFFIInt && result.v_int64 == 42);
  TVMFFIAny numbers[2] = {integer(1), integer(4)};
  TVMFFIObjectHandle divide = global("my_extension.divide");
  CHECK(TVMFFIFunctionCall(divide, numbers, 2, &result) == 0 && result.v_float64 == 0.25);
  numbers[1] = integer(0);
  for (int count = 0; count < 1000; ++count) {
    CHECK(TVMFFIFunctionCall(divide, numbers, 2, &result) != 0);
    CHECK(raised("ValueError", "divide: cannot divide 1 by zero"));
  }
}

static void call_back(void) {
  TVMFFIObjectHandle twice = global("my_extension.apply_twice"), function = NULL;
  TVMFFIAny result = {0};
  CHECK(TVMFFIFunctionCreate(NULL, square, NULL, &function) == 0);
  TVMFFIAny args[2] = {object(function, kTVMFFIFunction), integer(3)};
  CHECK(TVMFFIFunctionCall(twice, args, 2, &result) == 0 && result.v_int64 == 81);
  CHECK(TVMFFIFunctionCreate(NULL, fail, NULL, &function) == 0);
  args[0] = object(function, kTVMFFIFunction);
  for (int count = 0; count < 100; ++count) {
    CHECK(TVMFFIFunctionCall(twice, args, 2, &result) != 0);
    CHECK(raised("KeyError", "from the callback"));
  }
}

static TVMFFIObjectHandle method(const TVMFFITypeInfo *type, const char *name) {
  for (int32_t index = 0; index < type->num_methods; ++index) {
    if (strcmp(type->methods[index].name.data, name) == 0) {
      return type->methods[index].method.v_obj;
    }
  }
  CHECK(!"a method of that name");
  return NULL;
}

static void make_object(void) {
  TVMFFIByteArray key = text("my_extension.IntPair");
  int32_t index = 0;
  CHECK(TVMFFITypeKeyToIndex(&key, &index) == 0);
  const TVMFFITypeInfo *type = TVMFFIGetTypeInfo(index);
  TVMFFIAny args[2] = {integer(1), integer(2)}, pair = {0}, result = {0};
  CHECK(TVMFFIFunctionCall(method(type, "__ffi_init__"), args, 2, &pair) == 0);
  CHECK(pair.type_index == index && type->num_fields == 2);
  TVMFFIAny changed = integer(40);
  char *field = (char *)pair.v_obj + type->fields[0].offset;
  TVMFFIFieldSetter set = (TVMFFIFieldSetter)type->fields[0].setter;
  CHECK(set(field, &changed) == 0 && type->fields[0].getter(field, &result) == 0);
  CHECK(result.v_int64 == 40);
  CHECK(TVMFFIFunctionCall(method(type, "sum"), &pair, 1, &result) == 0 && result.v_int64 == 42);
  TVMFFIObjectDecRef(pair.v_obj);
}

static void make_aligned_objects(void) {
  TVMFFIAny count = integer(1000), result = {0};
  for (int round = 0; round < 10; ++round) {
    CHECK(TVMFFIFunctionCall(global("my_extension.count_aligned"), &count, 1, &result) == 0);
    CHECK(result.v_int64 == 1000);
  }
}

int main(int count, char **arguments) {
  CHECK(count == 2);
#ifdef _WIN32
  HMODULE library = LoadLibraryA(arguments[1]);
  CHECK(library != NULL);
  TVMFFISafeCallType add_two = (TVMFFISafeCallType)GetProcAddress(library, "__tvm_ffi_add_two");
#else
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    printf("%s\n", dlerror());
    return 1;
  }
  TVMFFISafeCallType add_two = (TVMFFISafeCallType)dlsym(library, "__tvm_ffi_add_two");
#endif
  TVMFFIAny argument = integer(40), result = {0};
  CHECK(add_two != NULL && add_two(NULL, &argument, 1, &result) == 0 && result.v_int64 == 42);
  call_functions();
  call_back();
  make_object();
  make_aligned_objects();
  printf("ok\n");
  return 0;
}
