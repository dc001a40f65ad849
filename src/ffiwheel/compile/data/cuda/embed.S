// One fatbin as read-only data, under the names that TVM_FFI_EMBED_CUBIN declares.
//
// FFIWHEEL_KERNELS is the name of the fatbin in C++, FFIWHEEL_FATBIN its path. The section is the one
// in which nvcc puts device code, so that tools that look for such code find it; PE names have eight
// characters. The symbols stay inside: an export list with `__tvm_ffi_*` would let them out, and so
// would MinGW's linker, which exports all there is where nothing is declared to be.

#define PASTE_EXPANDED(head, name, tail) head##name##tail
#define PASTE(head, name, tail) PASTE_EXPANDED(head, name, tail)
#define BEGIN PASTE(__tvm_ffi__cubin_, FFIWHEEL_KERNELS, )
#define END PASTE(__tvm_ffi__cubin_, FFIWHEEL_KERNELS, _end)
#define TEXT_EXPANDED(name) #name
#define TEXT(name) TEXT_EXPANDED(name)

#ifdef _WIN32
        .section .drectve, "yn"
        .ascii " -exclude-symbols:"
        .ascii TEXT(BEGIN)
        .ascii " -exclude-symbols:"
        .ascii TEXT(END)
        .section .nv_fatb, "dr"
#else
        .section .note.GNU-stack, "", %progbits
        .section .nv_fatbin, "a", %progbits
        .hidden BEGIN
        .hidden END
#endif
        .globl BEGIN
        .globl END
        .balign 16
BEGIN:
        .incbin FFIWHEEL_FATBIN
END:
