// Shows: macros of the user around registrations, in a header.
#define MY_PREFIX "my_ext."
#define MY_CAT_(a, b) a##b
#define MY_CAT(a, b) MY_CAT_(a, b)
#define MY_API __attribute__((visibility("default")))
#define SHAPE_PARAMS int64_t rows, const ffi::Array<int64_t>& columns
#define REGISTER_OP(name) TVM_FFI_DLL_EXPORT_TYPED_FUNC(name, MY_CAT(name, _impl))
#define REGISTER_GLOBAL(name, ...) \
  TVM_FFI_STATIC_INIT_BLOCK() { refl::GlobalDef().def(MY_PREFIX #name, name##_impl, ##__VA_ARGS__); }
#define DEFINE_UNARY(name, T) \
  T name(T value) { return value; }
#define FOR_EACH(F) F(one) F(two)
#define LOOP(x) LOOP(x) TVM_FFI_DLL_EXPORT_TYPED_FUNC(x, x)
