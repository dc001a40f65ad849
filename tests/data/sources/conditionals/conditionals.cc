// Shows: alternatives of #if.
#if 0
TVM_FFI_DLL_EXPORT_TYPED_FUNC(dead, dead);
#else
TVM_FFI_DLL_EXPORT_TYPED_FUNC(alive, alive);
#endif
#ifdef USE_CUDA
int64_t both(int64_t device, int64_t x) { return x; }
#else
int64_t both(int64_t x) { return x; }
#endif
#ifdef _WIN32
int64_t halves(int64_t windows) {
#else
int64_t halves(int64_t others) {
#endif
  return 1;
}
#ifdef __cplusplus
extern "C" {
#endif
int64_t alive(int64_t x) { return x; }
#ifdef __cplusplus
}
#endif
TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef()
      .def("both", both)
#ifdef USE_CUDA
      .def("only_cuda", [](int64_t stream) { return stream; })
#endif  // USE_CUDA
      .def("halves", halves);
}
TVM_FFI_STATIC_INIT_BLOCK({ refl::GlobalDef().def("old_form", [](int64_t x, int64_t y) { return x; }); })
