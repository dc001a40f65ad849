// Containers: TVM-FFI's own, and those of the C++ standard library.
#include <tvm/ffi/extra/stl.h>
#include <tvm/ffi/tvm_ffi.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

namespace ffi = tvm::ffi;
namespace refl = tvm::ffi::reflection;

/*! \brief Registers a function that returns its argument. */
template <typename T>
void Same(const char* name) {
  refl::GlobalDef().def(name, [](T x) { return x; });
}

}  // namespace

TVM_FFI_STATIC_INIT_BLOCK() {
  Same<ffi::Array<int64_t>>("everything.containers.same_array");
  Same<ffi::Array<ffi::Any>>("everything.containers.same_any_array");
  Same<ffi::List<int64_t>>("everything.containers.same_list");
  Same<ffi::Map<ffi::String, int64_t>>("everything.containers.same_map");
  Same<ffi::Dict<ffi::String, int64_t>>("everything.containers.same_dict");
  Same<ffi::Tuple<int64_t, ffi::String>>("everything.containers.same_tuple");
  Same<ffi::Optional<int64_t>>("everything.containers.same_optional");
  Same<ffi::Variant<int64_t, ffi::String>>("everything.containers.same_variant");
  Same<ffi::Array<ffi::Optional<ffi::Map<ffi::String, ffi::Array<double>>>>>(
      "everything.containers.same_nested");
  Same<std::vector<int64_t>>("everything.containers.same_vector");
  Same<std::array<int64_t, 3>>("everything.containers.same_std_array");
  Same<std::tuple<int64_t, double>>("everything.containers.same_std_tuple");
  Same<std::optional<int64_t>>("everything.containers.same_std_optional");
  Same<std::variant<int64_t, std::string>>("everything.containers.same_std_variant");
  Same<std::map<std::string, int64_t>>("everything.containers.same_std_map");
  Same<std::unordered_map<std::string, int64_t>>("everything.containers.same_unordered_map");
  refl::GlobalDef().def("everything.containers.deep.total", [](ffi::Array<ffi::Tensor> arrays) {
    return static_cast<int64_t>(arrays.size());
  });
}
