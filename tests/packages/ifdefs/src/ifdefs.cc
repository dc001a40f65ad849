#include <tvm/ffi/tvm_ffi.h>

#include <cstdint>

#ifndef VECTORS
#define VECTORS 1
#endif
#ifndef WIDE
#error "the flags for all targets are not there"
#endif

namespace ifdefs {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

int64_t Add(int64_t x, int64_t y) { return x + y; }

#ifdef __linux__
int64_t PageSize() { return 4096; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(page_size, PageSize);
#endif

#ifdef _WIN32
int64_t Ticks() { return 1; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(ticks, Ticks);
#endif

int64_t Vectors() { return VECTORS; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(vectors, Vectors);

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::GlobalDef().def("ifdefs.add", Add);
#ifdef __linux__
  refl::GlobalDef().def("ifdefs.epoll", [](int64_t timeout) { return timeout; });
#endif
}

#ifndef _WIN32
class InodeObj : public ffi::Object {
 public:
  int64_t number;

  explicit InodeObj(int64_t number) : number(number) {}
  int64_t Depth() const { return number; }

  static constexpr bool _type_mutable = true;
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("ifdefs.Inode", InodeObj, ffi::Object);
};

TVM_FFI_STATIC_INIT_BLOCK() {
  refl::ObjectDef<InodeObj>()
      .def(refl::init<int64_t>())
      .def_ro("number", &InodeObj::number)
#ifdef __linux__
      .def("depth", &InodeObj::Depth)
#endif
      ;
}
#endif

}  // namespace ifdefs
