// Calls from CPython into functions that speak the C ABI of TVM-FFI, without a Python header.
//
// The library that this file is compiled into needs no symbol of Python: it is given the addresses
// of the functions in `FFIWHEEL_PYTHON` when it is started, once for each process, by
// `_ffi_fast.py`. All of them are in CPython's stable ABI; where one is missing, or where objects
// do not look as they must, the package works without this file.
//
// A `Function` is a Python object that is called by position or by name. It turns integers, floats,
// booleans, strings, bytes, None and arrays into `TVMFFIAny` by their exact type, and results back.
// For a call with anything else it asks `tvm_ffi`, before anything is executed; so it does for what
// only `tvm_ffi` can make: objects, and errors once it is loaded.
//
// Everything below runs with the GIL held, but for the call into the library, where it is released
// unless the function was made to hold it.
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <tvm/ffi/c_api.h>
#include <tvm/ffi/extra/c_env_api.h>

namespace {

// ---- what is used of CPython --------------------------------------------------------------------

struct PyType;

// The beginning of every object, in builds with a GIL and without tracing of references.
struct PyObject {
  intptr_t references;
  PyType* type;
};

using Size = ptrdiff_t;
using Visit = int (*)(PyObject*, void*);
using VectorCall = PyObject* (*)(PyObject*, PyObject* const*, size_t, PyObject*);

struct PyBuffer {
  void* data;
  PyObject* owner;
  Size length;
  Size item_size;
  int is_readonly;
  int ndim;
  char* format;
  Size* shape;
  Size* strides;
  Size* suboffsets;
  void* internal;
};

struct PyMethod {
  const char* name;
  PyObject* (*function)(PyObject*, PyObject*);
  int flags;
  const char* doc;
};

struct PyMember {
  const char* name;
  int type;
  Size offset;
  int flags;
  const char* doc;
};

struct PyGetSet {
  const char* name;
  PyObject* (*get)(PyObject*, void*);
  int (*set)(PyObject*, PyObject*, void*);
  const char* doc;
  void* closure;
};

struct PySlot {
  int slot;
  void* value;
};

struct PySpec {
  const char* name;
  int size;
  int item_size;
  unsigned flags;
  PySlot* slots;
};

constexpr int kSlotCall = 50, kSlotDealloc = 52, kSlotDescrGet = 54, kSlotGetAttr = 58;
constexpr int kSlotMethods = 64, kSlotNew = 65, kSlotRepr = 66, kSlotSetAttr = 69;
constexpr int kSlotMembers = 72, kSlotGetSet = 73;
constexpr unsigned kTypeDefault = 1U << 18, kTypeHasVectorCall = 1U << 11;
constexpr int kMethodNoArguments = 4, kMemberSize = 19, kMemberReadOnly = 1;
constexpr int kBufferWritableStridesFormat = 0x01 | 0x04 | 0x08 | 0x10;
constexpr size_t kArgumentsOffset = size_t{1} << (8 * sizeof(size_t) - 1);

// Result, name and parameters of each function.
#define FFIWHEEL_PYTHON(FUNCTION)                                                  \
  FUNCTION(void, Py_DecRef, (PyObject*))                                           \
  FUNCTION(void, Py_IncRef, (PyObject*))                                           \
  FUNCTION(PyObject*, PyBool_FromLong, (long))                                     \
  FUNCTION(void, PyBuffer_Release, (PyBuffer*))                                    \
  FUNCTION(int, PyBytes_AsStringAndSize, (PyObject*, char**, Size*))               \
  FUNCTION(PyObject*, PyBytes_FromStringAndSize, (const char*, Size))              \
  FUNCTION(PyObject*, PyDict_GetItemString, (PyObject*, const char*))              \
  FUNCTION(int, PyErr_CheckSignals, ())                                            \
  FUNCTION(void, PyErr_Clear, ())                                                  \
  FUNCTION(int, PyErr_ExceptionMatches, (PyObject*))                               \
  FUNCTION(void, PyErr_SetObject, (PyObject*, PyObject*))                          \
  FUNCTION(void, PyErr_SetString, (PyObject*, const char*))                        \
  FUNCTION(void, PyEval_RestoreThread, (void*))                                    \
  FUNCTION(void*, PyEval_SaveThread, ())                                           \
  FUNCTION(double, PyFloat_AsDouble, (PyObject*))                                  \
  FUNCTION(PyObject*, PyFloat_FromDouble, (double))                                \
  FUNCTION(int, PyGILState_Ensure, ())                                             \
  FUNCTION(void, PyGILState_Release, (int))                                        \
  FUNCTION(int64_t, PyInterpreterState_GetID, (void*))                             \
  FUNCTION(void*, PyInterpreterState_Get, ())                                      \
  FUNCTION(long long, PyLong_AsLongLongAndOverflow, (PyObject*, int*))             \
  FUNCTION(void*, PyLong_AsVoidPtr, (PyObject*))                                   \
  FUNCTION(PyObject*, PyLong_FromLongLong, (long long))                            \
  FUNCTION(PyObject*, PyLong_FromVoidPtr, (void*))                                 \
  FUNCTION(PyObject*, PyObject_Call, (PyObject*, PyObject*, PyObject*))            \
  FUNCTION(PyObject*, PyObject_CallFunctionObjArgs, (PyObject*, ...))              \
  FUNCTION(void, PyObject_ClearWeakRefs, (PyObject*))                              \
  FUNCTION(void, PyObject_Free, (void*))                                           \
  FUNCTION(PyObject*, PyObject_GenericGetAttr, (PyObject*, PyObject*))             \
  FUNCTION(PyObject*, PyObject_GetAttr, (PyObject*, PyObject*))                    \
  FUNCTION(int, PyObject_GetBuffer, (PyObject*, PyBuffer*, int))                   \
  FUNCTION(int, PyObject_SetAttr, (PyObject*, PyObject*, PyObject*))               \
  FUNCTION(PyObject*, PyTuple_GetItem, (PyObject*, Size))                          \
  FUNCTION(PyObject*, PyTuple_New, (Size))                                         \
  FUNCTION(int, PyTuple_SetItem, (PyObject*, Size, PyObject*))                     \
  FUNCTION(Size, PyTuple_Size, (PyObject*))                                        \
  FUNCTION(PyObject*, PyType_FromSpec, (PySpec*))                                  \
  FUNCTION(PyObject*, PyType_GenericAlloc, (PyType*, Size))                        \
  FUNCTION(const char*, PyUnicode_AsUTF8AndSize, (PyObject*, Size*))               \
  FUNCTION(int, PyUnicode_Compare, (PyObject*, PyObject*))                         \
  FUNCTION(int, PyUnicode_CompareWithASCIIString, (PyObject*, const char*))        \
  FUNCTION(PyObject*, PyUnicode_FromFormat, (const char*, ...))                    \
  FUNCTION(PyObject*, PyUnicode_FromStringAndSize, (const char*, Size))            \
  FUNCTION(PyObject*, PyVectorcall_Call, (PyObject*, PyObject*, PyObject*))

#define FFIWHEEL_FIELD(RESULT, NAME, PARAMETERS) RESULT(*NAME) PARAMETERS;
struct Python {
  FFIWHEEL_PYTHON(FFIWHEEL_FIELD)
};
#undef FFIWHEEL_FIELD

Python py;

// What is handed over at the start; each is kept for as long as the process lives.
struct World {
  PyType* integer;
  PyType* number;
  PyType* boolean;
  PyType* string;
  PyType* bytes;
  PyObject* none;
  PyObject* yes;
  PyObject* attribute_error;
  PyObject* type_error;
  PyObject* runtime_error;
  PyObject* nothing;     // what stands for a default that there is not
  PyObject* errors;      // kind of an error -> the exception of that name
  PyObject* bind;        // (function, instance) -> bound method
  PyObject* sign;        // function -> signature
  PyObject* pair;        // (names, values) -> dictionary
  PyObject* classify;    // type -> `ArrayType.how`, or 0 if that is not known before a call
  PyObject* find_taker;  // () -> tvm_ffi's function object for `take`, None while it is not loaded
  PyObject* load_taker;  // () -> tvm_ffi's function object for `take`
};

World world;
PyType* function_type;

PyObject* Own(PyObject* one) {
  py.Py_IncRef(one);
  return one;
}

// ---- a function ---------------------------------------------------------------------------------

constexpr int kMostParameters = 16;

struct Function {
  PyObject head;
  VectorCall call;
  PyObject* weak_references;
  TVMFFISafeCallType target;
  TVMFFIObjectHandle handle;    // what the target is called with; null for a C symbol
  PyObject* record;             // keeps what is borrowed from it
  PyObject* name;               // borrowed
  PyObject* module;             // borrowed
  PyObject* resolve;            // borrowed: two names -> (the plain Python function, tvm_ffi's)
  PyObject* runtime_name;       // borrowed
  PyObject* plain;              // the plain Python function, once it was asked for
  PyObject* runtime;            // tvm_ffi's function object, once it was needed
  PyObject* names[kMostParameters];     // borrowed
  PyObject* defaults[kMostParameters];  // borrowed; null where there is none
  const char* kinds;            // a letter for each parameter: see `Convert`
  int count;
  int positional_only;
  int positional;               // how many may be given by position
  bool holds_gil;
};

bool Resolve(Function* of) {
  if (of->runtime) return true;
  PyObject* pair = py.PyObject_CallFunctionObjArgs(of->resolve, of->name, of->runtime_name, nullptr);
  if (!pair) return false;
  of->plain = Own(py.PyTuple_GetItem(pair, 0));
  of->runtime = Own(py.PyTuple_GetItem(pair, 1));
  py.Py_DecRef(pair);
  return true;
}

// ---- arguments ----------------------------------------------------------------------------------

constexpr int kMostDimensions = 8;

// An array that is lent to the library for one call.
struct View {
  DLTensor tensor;
  PyBuffer buffer;
  int64_t shape[kMostDimensions];
  int64_t strides[kMostDimensions];
};

// What a call needs besides its arguments, and gives back when it has ended.
struct Frame {
  TVMFFIAny arguments[kMostParameters];
  TVMFFIObjectHandle objects[kMostParameters];
  View views[kMostParameters];
  int object_count = 0;
  int view_count = 0;
  const DLPackExchangeAPI* exchange = nullptr;
  int device_type = -1;
  int device_id = 0;
  void* stream = nullptr;
};

void Release(Frame* frame) {
  for (int i = 0; i < frame->object_count; ++i) TVMFFIObjectDecRef(frame->objects[i]);
  for (int i = 0; i < frame->view_count; ++i) {
    if (frame->views[i].buffer.owner) py.PyBuffer_Release(&frame->views[i].buffer);
  }
}

bool Refuse() {
  py.PyErr_Clear();
  return false;
}

// The letters that the buffer protocol has for types of C, as DLPack names them.
bool ReadFormat(const char* format, Size item_size, DLDataType* out) {
  if (!format || !format[0] || format[1]) return false;
  uint8_t code;
  if (strchr("bhilqn", format[0])) {
    code = kDLInt;
  } else if (strchr("BHILQN", format[0])) {
    code = kDLUInt;
  } else if (strchr("efd", format[0])) {
    code = kDLFloat;
  } else if (format[0] == '?') {
    code = kDLBool;
  } else {
    return false;
  }
  *out = {code, static_cast<uint8_t>(8 * item_size), 1};
  return true;
}

// Borrow the memory of a NumPy array that may be written; others are for tvm_ffi to complain about.
bool ReadBuffer(PyObject* array, View* view) {
  PyBuffer* buffer = &view->buffer;
  if (py.PyObject_GetBuffer(array, buffer, kBufferWritableStridesFormat) != 0) return Refuse();
  DLTensor* tensor = &view->tensor;
  bool is_readable = buffer->ndim <= kMostDimensions &&
                     ReadFormat(buffer->format, buffer->item_size, &tensor->dtype);
  int64_t compact = 1;
  for (int i = is_readable ? buffer->ndim - 1 : -1; i >= 0; --i) {
    if (buffer->strides[i] % buffer->item_size != 0) is_readable = false;
    view->shape[i] = buffer->shape[i];
    view->strides[i] = buffer->strides[i] / buffer->item_size;
    compact *= buffer->shape[i];
  }
  if (!is_readable || compact == 0) {  // strides of nothing have several spellings
    py.PyBuffer_Release(buffer);
    return false;
  }
  tensor->data = buffer->data;
  tensor->device = {kDLCPU, 0};
  tensor->ndim = buffer->ndim;
  tensor->shape = view->shape;
  tensor->strides = view->strides;
  tensor->byte_offset = 0;
  return true;
}

// Ask the array's own library for a view, and for the stream that it works on.
bool ReadExchange(PyObject* array, const DLPackExchangeAPI* api, View* view, Frame* frame) {
  if (!api->dltensor_from_py_object_no_sync) return false;
  if (api->dltensor_from_py_object_no_sync(array, &view->tensor) != 0) return Refuse();
  frame->exchange = api;
  DLDevice device = view->tensor.device;
  if (device.device_type == kDLCPU || frame->device_type != -1) return true;
  if (!api->current_work_stream) return true;
  if (api->current_work_stream(device.device_type, device.device_id, &frame->stream) != 0) {
    return Refuse();
  }
  frame->device_type = device.device_type;
  frame->device_id = device.device_id;
  return true;
}

constexpr intptr_t kByBuffer = 1, kByRuntime = 2;

struct ArrayType {
  PyType* type;
  intptr_t how;  // one of the above, or the address of an exchange API
};

constexpr int kMostArrayTypes = 8;
ArrayType array_types[kMostArrayTypes];
int array_type_count = 0;

intptr_t Classify(PyType* type) {
  for (int i = 0; i < array_type_count; ++i) {
    if (array_types[i].type == type) return array_types[i].how;
  }
  PyObject* object = reinterpret_cast<PyObject*>(type);
  PyObject* answer = py.PyObject_CallFunctionObjArgs(world.classify, object, nullptr);
  if (!answer) return Refuse();
  intptr_t how = reinterpret_cast<intptr_t>(py.PyLong_AsVoidPtr(answer));
  py.Py_DecRef(answer);
  if (how && array_type_count < kMostArrayTypes) {
    array_types[array_type_count++] = {reinterpret_cast<PyType*>(Own(object)), how};
  }
  return how;
}

bool ConvertArray(PyObject* array, TVMFFIAny* out, Frame* frame) {
  intptr_t how = Classify(array->type);
  if (!how || how == kByRuntime) return false;
  View* view = &frame->views[frame->view_count];
  view->buffer.owner = nullptr;
  if (how == kByBuffer) {
    if (!ReadBuffer(array, view)) return false;
  } else if (!ReadExchange(array, reinterpret_cast<const DLPackExchangeAPI*>(how), view, frame)) {
    return false;
  }
  ++frame->view_count;
  out->type_index = kTVMFFIDLTensorPtr;
  out->v_ptr = &view->tensor;
  return true;
}

bool Keep(int code, TVMFFIAny* out, Frame* frame) {
  if (code != 0) {  // there is an error, and it will be found again on the way through tvm_ffi
    TVMFFIObjectHandle error;
    TVMFFIErrorMoveFromRaised(&error);
    TVMFFIObjectDecRef(error);
    return false;
  }
  if (out->type_index >= kTVMFFIStaticObjectBegin) {
    frame->objects[frame->object_count++] = out->v_ptr;
  }
  return true;
}

// Convert a string. One for a parameter that is a string in C++ is lent as it is; another function
// would see that it is not an object.
bool ConvertString(PyObject* string, char kind, TVMFFIAny* out, Frame* frame) {
  Size size;
  const char* data = py.PyUnicode_AsUTF8AndSize(string, &size);
  if (!data) return Refuse();
  if (size < static_cast<Size>(sizeof(out->v_bytes))) {
    out->type_index = kTVMFFISmallStr;
    out->small_str_len = static_cast<uint32_t>(size);
    out->v_int64 = 0;
    memcpy(out->v_bytes, data, static_cast<size_t>(size));
    return true;
  }
  if (kind == 's' && !memchr(data, 0, static_cast<size_t>(size))) {
    out->type_index = kTVMFFIRawStr;
    out->v_c_str = data;
    return true;
  }
  TVMFFIByteArray bytes = {data, static_cast<size_t>(size)};
  return Keep(TVMFFIStringFromByteArray(&bytes, out), out, frame);
}

bool ConvertBytes(PyObject* object, TVMFFIAny* out, Frame* frame) {
  char* data;
  Size size;
  if (py.PyBytes_AsStringAndSize(object, &data, &size) != 0) return Refuse();
  TVMFFIByteArray bytes = {data, static_cast<size_t>(size)};
  return Keep(TVMFFIBytesFromByteArray(&bytes, out), out, frame);
}

// Convert one argument; false where tvm_ffi has to do it. The kind of a parameter is `s` for a
// string, `v` for a view of an array, `a` for anything else.
inline bool Convert(PyObject* given, char kind, TVMFFIAny* out, Frame* frame) {
  PyType* type = given->type;
  out->zero_padding = 0;
  if (type == world.integer) {
    int overflow;
    out->type_index = kTVMFFIInt;
    out->v_int64 = py.PyLong_AsLongLongAndOverflow(given, &overflow);
    return overflow == 0;
  }
  if (type == world.number) {
    out->type_index = kTVMFFIFloat;
    out->v_float64 = py.PyFloat_AsDouble(given);
    return true;
  }
  if (type == world.string) return ConvertString(given, kind, out, frame);
  if (type == world.boolean) {
    out->type_index = kTVMFFIBool;
    out->v_int64 = given == world.yes;
    return true;
  }
  if (given == world.none) {
    out->type_index = kTVMFFINone;
    out->v_int64 = 0;
    return true;
  }
  if (type == world.bytes) return ConvertBytes(given, out, frame);
  return kind == 'v' && ConvertArray(given, out, frame);
}

// Put arguments that are given by name into their places; false if the call is wrong.
bool Place(const Function* of, PyObject* const* given, PyObject* names, PyObject** placed) {
  Size count = py.PyTuple_Size(names);
  for (Size i = 0; i < count; ++i) {
    PyObject* name = py.PyTuple_GetItem(names, i);
    if (name->type != world.string) return false;  // it may compare in its own way
    int place = of->positional_only;
    while (place < of->count && of->names[place] != name) ++place;
    if (place == of->count) {  // names that were not written in the source are other objects
      place = of->positional_only;
      while (place < of->count && py.PyUnicode_Compare(of->names[place], name) != 0) ++place;
    }
    if (place == of->count || placed[place]) return false;
    placed[place] = given[i];
  }
  return true;
}

// Bring the arguments of a call into the order of the parameters; false if the call is wrong.
bool Bind(const Function* of, PyObject* const* given, Size count, PyObject* names,
          PyObject** placed) {
  if (count > of->positional) return false;
  for (Size i = 0; i < count; ++i) placed[i] = given[i];
  for (Size i = count; i < of->count; ++i) placed[i] = nullptr;
  if (names && !Place(of, given + count, names, placed)) return false;
  for (Size i = count; i < of->count; ++i) {
    if (!placed[i]) placed[i] = of->defaults[i];
    if (!placed[i]) return false;
  }
  return true;
}

// ---- through tvm_ffi ----------------------------------------------------------------------------

PyObject* Pack(PyObject* const* given, Size count) {
  PyObject* packed = py.PyTuple_New(count);
  if (!packed) return nullptr;
  for (Size i = 0; i < count; ++i) py.PyTuple_SetItem(packed, i, Own(given[i]));
  return packed;
}

// Call tvm_ffi's function object with arguments in their order.
PyObject* CallRuntime(Function* of, PyObject* const* placed) {
  if (!Resolve(of)) return nullptr;
  if (of->count <= 3) {  // the most frequent calls take the shorter way
    PyObject* few[3] = {};
    for (int i = 0; i < of->count; ++i) few[i] = placed[i];
    return py.PyObject_CallFunctionObjArgs(of->runtime, few[0], few[1], few[2], nullptr);
  }
  PyObject* packed = Pack(placed, of->count);
  if (!packed) return nullptr;
  PyObject* result = py.PyObject_Call(of->runtime, packed, nullptr);
  py.Py_DecRef(packed);
  return result;
}

// Call the plain Python function as it was called, so that Python says what is wrong.
PyObject* CallPlain(Function* of, PyObject* const* given, Size count, PyObject* names) {
  if (!Resolve(of)) return nullptr;
  PyObject* packed = Pack(given, count);
  if (!packed) return nullptr;
  PyObject* mapping = nullptr;
  if (names) {
    PyObject* values = Pack(given + count, py.PyTuple_Size(names));
    if (values) mapping = py.PyObject_CallFunctionObjArgs(world.pair, names, values, nullptr);
    if (values) py.Py_DecRef(values);
  }
  PyObject* result = nullptr;
  if (mapping || !names) result = py.PyObject_Call(of->plain, packed, mapping);
  if (mapping) py.Py_DecRef(mapping);
  py.Py_DecRef(packed);
  return result;
}

// What `take` is to give to tvm_ffi: a result, or an error.
struct Stash {
  TVMFFIAny value;
  TVMFFIObjectHandle error;
};

PyObject* Take(PyObject* taker, Stash* stash) {
  PyObject* address = py.PyLong_FromVoidPtr(stash);
  if (!address) return nullptr;
  PyObject* result = py.PyObject_CallFunctionObjArgs(taker, address, nullptr);
  py.Py_DecRef(address);
  return result;
}

// ---- results ------------------------------------------------------------------------------------

PyObject* Raise(int code) {
  if (code == -2) return nullptr;  // Python has the error already
  Stash stash = {};
  TVMFFIErrorMoveFromRaised(&stash.error);
  const TVMFFIErrorCell* cell = TVMFFIErrorGetCellPtr(stash.error);
  static const char kAlreadySet[] = "EnvErrorAlreadySet";
  bool is_set = cell->kind.size == sizeof(kAlreadySet) - 1 &&
                memcmp(cell->kind.data, kAlreadySet, cell->kind.size) == 0;
  if (!is_set) {
    PyObject* taker = py.PyObject_CallFunctionObjArgs(world.find_taker, nullptr);
    if (taker && taker != world.none) {
      PyObject* result = Take(taker, &stash);
      if (result) py.Py_DecRef(result);
    } else if (taker) {
      PyObject* type = py.PyDict_GetItemString(world.errors, cell->kind.data);
      PyObject* message = py.PyUnicode_FromStringAndSize(cell->message.data,
                                                         static_cast<Size>(cell->message.size));
      if (message) py.PyErr_SetObject(type ? type : world.runtime_error, message);
      if (message) py.Py_DecRef(message);
    }
    if (taker) py.Py_DecRef(taker);
  }
  if (stash.error) TVMFFIObjectDecRef(stash.error);
  return nullptr;
}

PyObject* ConvertObject(const TVMFFIAny* result) {
  PyObject* taker = py.PyObject_CallFunctionObjArgs(world.load_taker, nullptr);
  if (!taker) {
    if (result->type_index >= kTVMFFIStaticObjectBegin) TVMFFIObjectDecRef(result->v_ptr);
    return nullptr;
  }
  Stash stash = {*result, nullptr};
  PyObject* converted = Take(taker, &stash);
  py.Py_DecRef(taker);
  return converted;
}

inline PyObject* ConvertResult(TVMFFIAny* result) {
  PyObject* converted;
  switch (result->type_index) {
    case kTVMFFINone:
      return Own(world.none);
    case kTVMFFIInt:
      return py.PyLong_FromLongLong(result->v_int64);
    case kTVMFFIFloat:
      return py.PyFloat_FromDouble(result->v_float64);
    case kTVMFFIBool:
      return py.PyBool_FromLong(result->v_int64 != 0);
    case kTVMFFISmallStr:
      return py.PyUnicode_FromStringAndSize(result->v_bytes,
                                            static_cast<Size>(result->small_str_len));
    case kTVMFFISmallBytes:
      return py.PyBytes_FromStringAndSize(result->v_bytes,
                                          static_cast<Size>(result->small_str_len));
    case kTVMFFIStr:
    case kTVMFFIBytes: {
      const TVMFFIByteArray* bytes = TVMFFIBytesGetByteArrayPtr(result->v_ptr);
      Size size = static_cast<Size>(bytes->size);
      converted = result->type_index == kTVMFFIStr
                      ? py.PyUnicode_FromStringAndSize(bytes->data, size)
                      : py.PyBytes_FromStringAndSize(bytes->data, size);
      TVMFFIObjectDecRef(result->v_ptr);
      return converted;
    }
    default:
      return ConvertObject(result);
  }
}

// ---- the call -----------------------------------------------------------------------------------

int CallReleased(const Function* of, TVMFFIAny* arguments, TVMFFIAny* result) {
  void* thread = py.PyEval_SaveThread();
  int code = of->target(of->handle, arguments, of->count, result);
  py.PyEval_RestoreThread(thread);
  return code;
}

int CallTarget(const Function* of, TVMFFIAny* arguments, TVMFFIAny* result) {
  return of->holds_gil ? of->target(of->handle, arguments, of->count, result)
                       : CallReleased(of, arguments, result);
}

// Call with the stream and the allocator of the library that arrays came from.
int CallInContext(const Function* of, Frame* frame, TVMFFIAny* result) {
  TVMFFIStreamHandle stream_before = nullptr;
  DLPackManagedTensorAllocator allocator_before = nullptr;
  DLPackManagedTensorAllocator allocator = frame->exchange->managed_tensor_allocator;
  bool has_stream = frame->device_type != -1;
  int code = has_stream ? TVMFFIEnvSetStream(frame->device_type, frame->device_id, frame->stream,
                                             &stream_before)
                        : 0;
  if (code != 0) return code;
  if (allocator) code = TVMFFIEnvSetDLPackManagedTensorAllocator(allocator, 0, &allocator_before);
  if (code == 0) code = CallTarget(of, frame->arguments, result);
  if (has_stream && stream_before != frame->stream) {
    TVMFFIEnvSetStream(frame->device_type, frame->device_id, stream_before, nullptr);
  }
  if (allocator && allocator_before != allocator) {
    TVMFFIEnvSetDLPackManagedTensorAllocator(allocator_before, 0, nullptr);
  }
  return code;
}

PyObject* Call(PyObject* self, PyObject* const* given, size_t flags, PyObject* names) {
  Function* of = reinterpret_cast<Function*>(self);
  Size count = static_cast<Size>(flags & ~kArgumentsOffset);
  PyObject* placed[kMostParameters];
  if (names || count != of->count || count != of->positional) {
    if (!Bind(of, given, count, names, placed)) return CallPlain(of, given, count, names);
    given = placed;
  }
  Frame frame;
  for (int i = 0; i < of->count; ++i) {
    if (!Convert(given[i], of->kinds[i], &frame.arguments[i], &frame)) {
      Release(&frame);
      return CallRuntime(of, given);
    }
  }
  TVMFFIAny result = {};
  int code = frame.exchange ? CallInContext(of, &frame, &result)
                            : CallTarget(of, frame.arguments, &result);
  Release(&frame);
  return code == 0 ? ConvertResult(&result) : Raise(code);
}

// ---- the Python type ----------------------------------------------------------------------------

bool IsOneOf(PyObject* name, const char* const* names) {
  while (*names && py.PyUnicode_CompareWithASCIIString(name, *names) != 0) ++names;
  return *names != nullptr;
}

PyObject* GetPlain(Function* of, const char* name) {
  PyObject* text = py.PyUnicode_FromFormat("%s", name);
  PyObject* found = text && Resolve(of) ? py.PyObject_GetAttr(of->plain, text) : nullptr;
  if (text) py.Py_DecRef(text);
  return found;
}

// The attributes below are the type's, so that they are found without `GetAttribute`, too.

PyObject* GetDoc(PyObject* self, void*) {
  return GetPlain(reinterpret_cast<Function*>(self), "__doc__");
}

PyObject* GetName(PyObject* self, void*) {
  Function* of = reinterpret_cast<Function*>(self);
  return of->plain ? GetPlain(of, "__name__") : Own(of->name);
}

PyObject* GetQualifiedName(PyObject* self, void*) {
  Function* of = reinterpret_cast<Function*>(self);
  return of->plain ? GetPlain(of, "__qualname__") : Own(of->name);
}

PyObject* GetSignature(PyObject* self, void*) {
  Function* of = reinterpret_cast<Function*>(self);
  return Resolve(of) ? py.PyObject_CallFunctionObjArgs(world.sign, of->plain, nullptr) : nullptr;
}

// Get what every object has from the object, what every function has from the plain function; the
// rest is there only if somebody has set it, which is done on the plain function.
PyObject* GetAttribute(PyObject* self, PyObject* name) {
  static const char* const kModule[] = {"__module__", nullptr};
  static const char* const kOfFunctions[] = {
      "__annotations__", "__annotate__", "__builtins__",    "__closure__",
      "__code__",        "__defaults__", "__dict__",        "__globals__",
      "__kwdefaults__",  "__type_params__", nullptr};
  Function* of = reinterpret_cast<Function*>(self);
  if (IsOneOf(name, kModule)) return of->plain ? GetPlain(of, "__module__") : Own(of->module);
  PyObject* found = py.PyObject_GenericGetAttr(self, name);
  if (found || !py.PyErr_ExceptionMatches(world.attribute_error)) return found;
  if (!of->plain && !IsOneOf(name, kOfFunctions)) return nullptr;
  py.PyErr_Clear();
  return Resolve(of) ? py.PyObject_GetAttr(of->plain, name) : nullptr;
}

int SetAttribute(PyObject* self, PyObject* name, PyObject* value) {
  Function* of = reinterpret_cast<Function*>(self);
  return Resolve(of) ? py.PyObject_SetAttr(of->plain, name, value) : -1;
}

PyObject* GetBound(PyObject* self, PyObject* instance, PyObject*) {
  if (!instance || instance == world.none) return Own(self);
  return py.PyObject_CallFunctionObjArgs(world.bind, self, instance, nullptr);
}

PyObject* Show(PyObject* self) {
  return py.PyUnicode_FromFormat("<function %U at %p>", reinterpret_cast<Function*>(self)->name,
                                 self);
}

PyObject* Reduce(PyObject* self, PyObject*) {
  return Own(reinterpret_cast<Function*>(self)->name);
}

PyObject* RefuseNew(PyType*, PyObject*, PyObject*) {
  py.PyErr_SetString(world.type_error, "functions of a library cannot be made by hand");
  return nullptr;
}

void Destroy(PyObject* self) {
  Function* of = reinterpret_cast<Function*>(self);
  PyType* type = self->type;
  if (of->weak_references) py.PyObject_ClearWeakRefs(self);
  if (of->plain) py.Py_DecRef(of->plain);
  if (of->runtime) py.Py_DecRef(of->runtime);
  if (of->record) py.Py_DecRef(of->record);
  if (of->handle) TVMFFIObjectDecRef(of->handle);
  py.PyObject_Free(self);
  py.Py_DecRef(reinterpret_cast<PyObject*>(type));
}

template <typename Pointer>
void* Erase(Pointer pointer) {
  return reinterpret_cast<void*>(pointer);
}

PyObject* MakeType() {
  static PyMember members[] = {
      {"__vectorcalloffset__", kMemberSize, offsetof(Function, call), kMemberReadOnly, nullptr},
      {"__weaklistoffset__", kMemberSize, offsetof(Function, weak_references), kMemberReadOnly,
       nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyMethod methods[] = {{"__reduce__", Reduce, kMethodNoArguments, nullptr},
                               {nullptr, nullptr, 0, nullptr}};
  static PyGetSet attributes[] = {{"__doc__", GetDoc, nullptr, nullptr, nullptr},
                                  {"__name__", GetName, nullptr, nullptr, nullptr},
                                  {"__qualname__", GetQualifiedName, nullptr, nullptr, nullptr},
                                  {"__signature__", GetSignature, nullptr, nullptr, nullptr},
                                  {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PySlot slots[] = {{kSlotCall, Erase(py.PyVectorcall_Call)},
                           {kSlotDealloc, Erase(Destroy)},
                           {kSlotDescrGet, Erase(GetBound)},
                           {kSlotGetAttr, Erase(GetAttribute)},
                           {kSlotSetAttr, Erase(SetAttribute)},
                           {kSlotMembers, members},
                           {kSlotGetSet, attributes},
                           {kSlotMethods, methods},
                           {kSlotNew, Erase(RefuseNew)},
                           {kSlotRepr, Erase(Show)},
                           {0, nullptr}};
  static PySpec spec = {"ffiwheel.function", sizeof(Function), 0,
                        kTypeDefault | kTypeHasVectorCall, slots};
  return py.PyType_FromSpec(&spec);
}

}  // namespace

// ---- what _ffi_fast.py calls --------------------------------------------------------------------

#define FFIWHEEL_NAME(RESULT, NAME, PARAMETERS) #NAME " "
extern "C" {

// The names of the functions of CPython, in the order in which their addresses are handed over.
TVM_FFI_DLL_EXPORT extern const char __tvm_ffi__ffiwheel_python[];
const char __tvm_ffi__ffiwheel_python[] = FFIWHEEL_PYTHON(FFIWHEEL_NAME);

// Begin; return None, or why that is not possible.
TVM_FFI_DLL_EXPORT PyObject* __tvm_ffi__ffiwheel_start(void* const* functions, PyObject* given) {
  memcpy(static_cast<void*>(&py), functions, sizeof(py));
  if (py.PyInterpreterState_GetID(py.PyInterpreterState_Get()) != 0) {
    return py.PyUnicode_FromFormat("this is a subinterpreter");
  }
  PyObject* members[sizeof(World) / sizeof(PyObject*)];
  for (size_t i = 0; i < sizeof(World) / sizeof(PyObject*); ++i) {
    members[i] = Own(py.PyTuple_GetItem(given, static_cast<Size>(i)));
  }
  memcpy(static_cast<void*>(&world), members, sizeof(world));
  if (world.yes->type != world.boolean || world.attribute_error->type != world.type_error->type) {
    return py.PyUnicode_FromFormat("objects of this Python are laid out in an unknown way");
  }
  function_type = reinterpret_cast<PyType*>(MakeType());
  if (!function_type) return nullptr;
  TVMFFIEnvRegisterCAPI("PyErr_CheckSignals", Erase(py.PyErr_CheckSignals));
  TVMFFIEnvRegisterCAPI("PyGILState_Ensure", Erase(py.PyGILState_Ensure));
  TVMFFIEnvRegisterCAPI("PyGILState_Release", Erase(py.PyGILState_Release));
  return Own(world.none);
}

// Make a function of what `_ffi_fast.py` says about it.
TVM_FFI_DLL_EXPORT PyObject* __tvm_ffi__ffiwheel_function(PyObject* record) {
  PyObject* made = py.PyType_GenericAlloc(function_type, 0);
  if (!made) return nullptr;
  Function* of = reinterpret_cast<Function*>(made);
  auto item = [&](Size index) { return py.PyTuple_GetItem(record, index); };
  auto number = [&](Size index) {
    int overflow;
    return py.PyLong_AsLongLongAndOverflow(item(index), &overflow);
  };
  of->record = Own(record);
  of->call = Call;
  of->name = item(0);
  of->module = item(1);
  of->resolve = item(2);
  of->kinds = py.PyUnicode_AsUTF8AndSize(item(5), nullptr);
  of->count = static_cast<int>(py.PyTuple_Size(item(6)));
  for (int i = 0; i < of->count; ++i) {
    PyObject* given = py.PyTuple_GetItem(item(7), i);
    of->names[i] = py.PyTuple_GetItem(item(6), i);
    of->defaults[i] = given == world.nothing ? nullptr : given;
  }
  of->positional_only = static_cast<int>(number(8));
  of->positional = static_cast<int>(number(9));
  of->holds_gil = number(10) != 0;
  of->runtime_name = item(11);
  of->target = reinterpret_cast<TVMFFISafeCallType>(number(3));
  if (of->target) return made;
  Size size;
  const char* source = py.PyUnicode_AsUTF8AndSize(item(4), &size);
  TVMFFIByteArray name = {source, static_cast<size_t>(size)};
  if (TVMFFIFunctionGetGlobal(&name, &of->handle) == 0 && of->handle) {
    of->target = TVMFFIFunctionGetCellPtr(of->handle)->safe_call;
    return made;
  }
  py.PyErr_SetString(world.runtime_error, source);
  py.Py_DecRef(made);
  return nullptr;
}

// Give a result or an error to tvm_ffi, which calls this with the address of a `Stash`.
TVM_FFI_DLL_EXPORT int __tvm_ffi__ffiwheel_take(void*, const TVMFFIAny* arguments, int32_t,
                                                TVMFFIAny* result) {
  Stash* stash = reinterpret_cast<Stash*>(arguments[0].v_int64);
  if (stash->error) {
    TVMFFIErrorSetRaised(stash->error);
    return -1;
  }
  *result = stash->value;
  return 0;
}

}  // extern "C"
