"""The C++ that is built: the same functions for TVM-FFI and for nanobind.

A project of one file is the template `cpu` of `ffiwheel new`: five functions and a class. In a
project of many files each has two functions. All of them include one header of their own.
"""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = REPOSITORY / "src" / "ffiwheel" / "scaffold" / "templates" / "cpu"
HEADER = "#pragma once\n#define SHARED 0\n"
EDITED = "+ 1000"
"""What an edit puts another number into; it stands once in the first source."""

_UNIT = """\
#include <tvm/ffi/tvm_ffi.h>

#include "shared.h"

namespace {

int64_t Add(int64_t a, int64_t b) { return a + b + SHARED + 1000; }

tvm::ffi::String Greet(const tvm::ffi::String& name) { return "hello " + name; }

}  // namespace

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add_%(number)d, Add);
TVM_FFI_DLL_EXPORT_TYPED_FUNC(greet_%(number)d, Greet);
"""

_NANOBIND_UNIT = """\
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include "shared.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

int64_t Add(int64_t a, int64_t b) { return a + b + SHARED + 1000; }

std::string Greet(const std::string& name) { return "hello " + name; }

}  // namespace

void Bind%(number)d(nb::module_& module) {
  module.def("add_%(number)d", Add, "a"_a, "b"_a);
  module.def("greet_%(number)d", Greet, "name"_a);
}
"""

_NANOBIND_SINGLE = """\
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/function.h>

#include <functional>
#include <stdexcept>

#include "shared.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

int64_t AddTwo(int64_t x) { return x + 2 + SHARED; }

int64_t AddOne(int64_t x) { return x + 1000; }

double Divide(double numerator, double denominator) {
  if (denominator == 0) {
    throw nb::value_error("divide: cannot divide by zero");
  }
  return numerator / denominator;
}

int64_t ApplyTwice(const std::function<int64_t(int64_t)>& function, int64_t x) {
  return function(function(x));
}

void Scale(nb::ndarray<float, nb::ndim<1>, nb::device::cpu> x, double factor) {
  for (size_t i = 0; i < x.shape(0); ++i) {
    x.data()[static_cast<int64_t>(i) * x.stride(0)] *= static_cast<float>(factor);
  }
}

struct IntPair {
  int64_t a;
  int64_t b;

  IntPair(int64_t a, int64_t b) : a(a), b(b) {}

  int64_t Sum() const { return a + b; }
};

}  // namespace

NB_MODULE(my_extension, module) {
  module.def("add_two", AddTwo, "x"_a, "Return x + 2.");
  module.def("add_one", AddOne, "x"_a, "Return x + 1.");
  module.def("divide", Divide, "numerator"_a, "denominator"_a, "Return the quotient.");
  module.def("apply_twice", ApplyTwice, "function"_a, "x"_a, "Return function(function(x)).");
  module.def("scale", Scale, "x"_a, "factor"_a, "Multiply a float32 array by factor, in place.");
  nb::class_<IntPair>(module, "IntPair", "A pair of integers.")
      .def(nb::init<int64_t, int64_t>(), "a"_a, "b"_a, "Make the pair (a, b).")
      .def_rw("a", &IntPair::a, "The first integer.")
      .def_rw("b", &IntPair::b, "The second integer.")
      .def("sum", &IntPair::Sum, "Return a + b.");
}
"""


def render_sources(files: int) -> dict[str, str]:
    """Return name -> text of the sources for TVM-FFI, the one that is edited first."""
    if files == 1:
        text = (TEMPLATE / "src" / "my_extension.cc").read_text(encoding="utf-8")
        text = text.replace("return x + 1;", f"return x {EDITED} + SHARED;")
        included = "#include <tvm/ffi/tvm_ffi.h>\n"
        return {"my_extension.cc": text.replace(included, f'{included}#include "shared.h"\n')}
    return {f"unit_{number:03}.cc": _UNIT % {"number": number} for number in range(files)}


def render_nanobind(files: int) -> dict[str, str]:
    """Return name -> text of the same for nanobind; the module is defined in the last source."""
    if files == 1:
        return {"my_extension.cc": _NANOBIND_SINGLE}
    units = {f"unit_{number:03}.cc": _NANOBIND_UNIT % {"number": number} for number in range(files)}
    declared = "".join(f"void Bind{number}(nb::module_& module);\n" for number in range(files))
    called = "".join(f"  Bind{number}(module);\n" for number in range(files))
    units[f"unit_{files - 1:03}.cc"] += (
        f"\n{declared}\nNB_MODULE(my_extension, module) {{\n{called}}}\n"
    )
    return units
