// Three ways to export C++ to Python: a C symbol, global functions and a class.
//
// Everything here speaks the C ABI of TVM-FFI. No Python header is included, so one compiled
// library serves every Python version.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace my_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

// 1. A C symbol: exported from the library under its own name, without any registry.

int64_t AddTwo(int64_t x) { return x + 2; }

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add_two, AddTwo);
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(add_two, "Return x + 2.");

// 2. Global functions: registered under "my_extension.<name>" when the library is loaded.

int64_t AddOne(int64_t x) { return x + 1; }

// An error thrown here is raised in Python as the exception of that name.
double Divide(double numerator, double denominator) {
  if (denominator == 0) {
    TVM_FFI_THROW(ValueError) << "divide: cannot divide " << numerator << " by zero";
  }
  return numerator / denominator;
}

// A Python callable arrives as a typed function; what it raises passes through to the caller.
int64_t ApplyTwice(const ffi::TypedFunction<int64_t(int64_t)>& function, int64_t x) {
  return function(function(x));
}

// A TensorView borrows the caller's array through DLPack: nothing is copied, so the caller sees
// what is written. It says nothing about its contents: check them before touching memory.
void Scale(ffi::TensorView x, double factor) {
  if (x.device().device_type != kDLCPU) {
    TVM_FFI_THROW(ValueError) << "scale: x must be on the CPU";
  }
  if (x.dtype() != DLDataType{kDLFloat, 32, 1}) {
    TVM_FFI_THROW(TypeError) << "scale: x must be float32, not " << x.dtype();
  }
  if (x.ndim() != 1) {
    TVM_FFI_THROW(ValueError) << "scale: x must have 1 dimension, not " << x.ndim();
  }
  auto* data = reinterpret_cast<float*>(static_cast<char*>(x.data_ptr()) + x.byte_offset());
  for (int64_t i = 0; i < x.size(0); ++i) {
    data[i * x.stride(0)] *= static_cast<float>(factor);
  }
}

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("my_extension.add_one", AddOne, "Return x + 1.")
      .def("my_extension.divide", Divide,
           "Return numerator / denominator; raise ValueError if the denominator is zero.")
      .def("my_extension.apply_twice", ApplyTwice, "Return function(function(x)).")
      .def("my_extension.scale", Scale,
           "Multiply a one-dimensional float32 CPU array by factor, in place.");
}

// 3. A class: its type key "my_extension.IntPair" is its name in Python.

class IntPairObj : public ffi::Object {
 public:
  int64_t a;
  int64_t b;

  IntPairObj(int64_t a, int64_t b) : a(a), b(b) {}

  int64_t Sum() const { return a + b; }

  static constexpr bool _type_mutable = true;  // lets def_rw make fields writable
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("my_extension.IntPair", IntPairObj, ffi::Object);
};

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::ObjectDef<IntPairObj>("A pair of integers.")
      .def(refl::init<int64_t, int64_t>(), "Make the pair (a, b).")
      .def_rw("a", &IntPairObj::a, "The first integer.")
      .def_rw("b", &IntPairObj::b, "The second integer.")
      .def("sum", &IntPairObj::Sum, "Return a + b.");
}

}  // namespace my_extension
