// The functions that are measured, bound with nanobind; in `released` once more, without the GIL.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nb = nanobind;
using namespace nb::literals;

namespace {

struct Pair {
  int64_t a, b;
  int64_t Sum() const { return a + b; }
};

template <typename... Guard>
void Define(nb::module_ m, Guard... guard) {
  m.def("nothing", [] {}, guard...);
  m.def("flag", [](bool x) { return !x; }, "x"_a, guard...);
  m.def("inc", [](int64_t x) { return x + 1; }, "x"_a, guard...);
  m.def("add", [](int64_t x, int64_t y) { return x + y; }, "x"_a, "y"_a, guard...);
  m.def("add_floats", [](double x, double y) { return x + y; }, "x"_a, "y"_a, guard...);
  m.def("size", [](std::string_view x) { return static_cast<int64_t>(x.size()); }, "x"_a, guard...);
  m.def("echo", [](std::string_view x) { return std::string(x); }, "x"_a, guard...);
  m.def("named", [](int64_t a, int64_t b, int64_t c) { return a + b + c; },
        "a"_a, "b"_a = 2, "c"_a = 3, guard...);
  m.def("total",
        [](const std::vector<int64_t>& x) {
          int64_t sum = 0;
          for (int64_t one : x) sum += one;
          return sum;
        },
        "x"_a, guard...);
  m.def("elements",
        [](const nb::ndarray<nb::ro>& x) { return static_cast<int64_t>(x.size()); },
        "x"_a, guard...);
  m.def("fail",
        [](int64_t x) { throw std::invalid_argument("wrong: " + std::to_string(x)); },
        "x"_a, guard...);
}

}  // namespace

NB_MODULE(calls_nanobind, m) {
  Define(m);
  Define(m.def_submodule("released"), nb::call_guard<nb::gil_scoped_release>());
  nb::class_<Pair>(m, "Pair")
      .def("__init__", [](Pair* self, int64_t a, int64_t b) { new (self) Pair{a, b}; },
           "a"_a, "b"_a)
      .def_rw("a", &Pair::a)
      .def("sum", &Pair::Sum);
}
