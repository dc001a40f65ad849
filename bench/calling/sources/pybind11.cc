// The functions that are measured, bound with pybind11; in `released` once more, without the GIL.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace py = pybind11;
using namespace py::literals;

namespace {

struct Pair {
  int64_t a, b;
  int64_t Sum() const { return a + b; }
};

template <typename... Guard>
void Define(py::module_ m, Guard... guard) {
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
        [](const py::array& x) { return static_cast<int64_t>(x.size()); }, "x"_a, guard...);
  m.def("fail",
        [](int64_t x) { throw std::invalid_argument("wrong: " + std::to_string(x)); },
        "x"_a, guard...);
}

}  // namespace

PYBIND11_MODULE(calls_pybind11, m) {
  Define(m);
  Define(m.def_submodule("released"), py::call_guard<py::gil_scoped_release>());
  py::class_<Pair>(m, "Pair")
      .def(py::init([](int64_t a, int64_t b) { return Pair{a, b}; }), "a"_a, "b"_a)
      .def_readwrite("a", &Pair::a)
      .def("sum", &Pair::Sum);
}
