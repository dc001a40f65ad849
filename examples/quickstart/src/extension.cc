// The three ways to export C++ to Python through TVM-FFI.
#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

namespace my_ffi_extension {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

/*! \brief Adds two; exported as a C symbol of the library. */
int64_t AddTwo(int64_t x) { return x + 2; }

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add_two, AddTwo);
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(add_two, "Return x + 2.");

/*! \brief Adds one; registered as a global function when the library is loaded. */
int64_t AddOne(int64_t x) { return x + 1; }

/*! \brief Throws an error, which Python sees as a RuntimeError with the same message. */
void RaiseError(const ffi::String& message) { TVM_FFI_THROW(RuntimeError) << message; }

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("my_ffi_extension.add_one", AddOne, "Return x + 1.")
      .def("my_ffi_extension.raise_error", RaiseError, "Raise RuntimeError(message).");
}

/*! \brief A pair of integers; registered as a class, with fields, a constructor and a method. */
class IntPairObj : public ffi::Object {
 public:
  int64_t a;
  int64_t b;

  IntPairObj(int64_t a, int64_t b) : a(a), b(b) {}

  /*! \brief Adds the two integers. */
  int64_t Sum() const { return a + b; }

  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("my_ffi_extension.IntPair", IntPairObj, ffi::Object);
};

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::ObjectDef<IntPairObj>("A pair of integers.")
      .def(refl::init<int64_t, int64_t>(), "Make the pair (a, b).")
      .def_rw("a", &IntPairObj::a, "The first integer.")
      .def_rw("b", &IntPairObj::b, "The second integer.")
      .def("sum", &IntPairObj::Sum, "Return a + b.");
}

}  // namespace my_ffi_extension
