// Shows: names that such macros make.
#include "names.h"
int64_t add(int64_t a, int64_t b) { return a + b; }
TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def(EXT_NAME(add), add)
      .def(EXT_IN(math, add), add)
      .def("ext." EXT_QUOTE(sum), add)
      .def(EXT_NAME(beside), declared_beside_them);
}
