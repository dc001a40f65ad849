// Shows: the registrations that such macros make.
#include "macros.h"
MY_API int64_t add_impl(int64_t a, int64_t b) { return a + b; }
UNKNOWN_EXPORT int64_t sub_impl(int64_t a, int64_t b) { return a - b; }
class UNKNOWN_EXPORT ThingObj : public Object {
 public:
  MY_API int64_t Size(bool deep) const;
  TVM_FFI_DECLARE_OBJECT_INFO(MY_PREFIX "Thing", ThingObj, Object);
};
int64_t one_impl(int64_t first) { return 1; }
int64_t two_impl(int64_t second) { return 2; }
DEFINE_UNARY(identity, int64_t)
int64_t shaped(SHAPE_PARAMS, int64_t last) { return last; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(shaped, shaped);
REGISTER_OP(add)
REGISTER_OP(sub);
REGISTER_GLOBAL(add)
REGISTER_GLOBAL(sub, "Subtract.")
FOR_EACH(REGISTER_OP)
LOOP(identity)
TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def(MY_PREFIX "identity", identity)
#define ADD_DEF(name) .def(MY_PREFIX "chained_" #name, name##_impl)
      ADD_DEF(one) ADD_DEF(two);
  refl::ObjectDef<ThingObj>().def("size", &ThingObj::Size);
}
