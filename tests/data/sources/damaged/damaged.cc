// Shows: BOM, CRLF, Latin-1, code that is no C++, an end too early.
/// Grüße.
int64_t crlf(int64_t x,
             int64_t y = 2) { return x; }
int64_t broken(int64_t x { return ]; }
@@@ what is this @@@
TVM_FFI_DLL_EXPORT_TYPED_FUNC(crlf, crlf);
TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("a", crlf).def("b", [](int64_t z) { FOO BAR baz ( ; return z; }).def("c", crlf);
}
int64_t unclosed(int64_t q) { /* never