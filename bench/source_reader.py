"""How long the source reader takes for 1,000 functions and 100 classes, and how that grows.

The sources are made here: a file declares 10 functions with comments, and a class with a
constructor, 3 methods and 2 fields, and registers all of them; a header has half of the
declarations. Sizes double from row to row, so a linear reader doubles its time.
"""

from __future__ import annotations

import statistics
import time

from ffiwheel.reflect.source.reader import read_sources

ROUNDS = 5
FILES = (25, 50, 100, 200)
FUNCTIONS = 10
"""In each file, beside one class."""

PRELUDE = """\
#pragma once
#include <tvm/ffi/tvm_ffi.h>
namespace bench {
namespace ffi = tvm::ffi;
using ffi::Any, ffi::Array, ffi::Optional, ffi::Tensor;
inline Tensor Launch(Tensor input, double factor) { return factor < 0 ? Tensor() : input; }
}  // namespace bench
"""

FUNCTION = """\
/*!
 * \\brief Scale a tensor, number {n}.
 * \\param input The tensor to scale.
 * \\param factor What every element is multiplied with.
 * \\return The scaled tensor.
 */
Tensor scale_{n}(Tensor input, double factor = 1.0,
                 Optional<Array<int64_t>> axes = std::nullopt){end}
"""
CLASS = """\
class Point{n}Obj : public ffi::Object {{
 public:
  int64_t x;  ///< The first coordinate.
  int64_t y;  ///< The second coordinate.
  Point{n}Obj(int64_t x, int64_t y) : x(x), y(y) {{}}
  /// The distance to another point.
  double Distance(const Point{n}Obj* other, bool exact = true) const {{ return x - other->x; }}
  int64_t Sum() const {{ return x + y; }}
  static int64_t Count(Array<Any> points) {{ return points.size(); }}
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("bench.Point{n}", Point{n}Obj, ffi::Object);
}};
"""
BODY = " {\n  if (factor == 1.0) {\n    return input;\n  }\n  return Launch(input, factor);\n}"
REGISTER_CLASS = """\
  refl::ObjectDef<Point{n}Obj>()
      .def(refl::init<int64_t, int64_t>())
      .def_ro("x", &Point{n}Obj::x)
      .def_ro("y", &Point{n}Obj::y)
      .def("distance", &Point{n}Obj::Distance)
      .def("sum", &Point{n}Obj::Sum)
      .def_static("count", &Point{n}Obj::Count);
"""


def make_sources(files: int) -> list[tuple[str, bytes]]:
    """Return the sources: 10 functions and a class in each of `files` files."""
    sources = [("include/prelude.h", PRELUDE.encode())]
    for number in range(files):
        functions = range(number * FUNCTIONS, (number + 1) * FUNCTIONS)
        header = [FUNCTION.format(n=n, end=";") for n in functions if n % 2]
        body = [f'#include "ops_{number}.h"', "namespace bench {", CLASS.format(n=number)]
        body += [
            f"Tensor scale_{n}(Tensor input, double factor, Optional<Array<int64_t>> axes){BODY}"
            for n in functions
            if n % 2
        ]
        body += [FUNCTION.format(n=n, end=BODY) for n in functions if not n % 2]
        body += ["TVM_FFI_STATIC_INIT_BLOCK() {", "  namespace refl = tvm::ffi::reflection;"]
        body += [
            REGISTER_CLASS.format(n=number),
            "  refl::GlobalDef()",
            *(f'      .def("bench.scale_{n}", scale_{n})' for n in functions),
        ]
        body += ["  ;", "}", "}  // namespace bench"]
        text = '#include "prelude.h"\nnamespace bench {\n' + "".join(header) + "}\n"
        sources.append((f"include/ops_{number}.h", text.encode()))
        sources.append((f"src/ops_{number}.cc", "\n".join(body).encode()))
    return sources


def measure(sources: list[tuple[str, bytes]]) -> tuple[float, float, int]:
    """Return the median seconds, those of the processor, and how many parameter lists are known."""
    times, processor, known = [], [], 0
    for _ in range(ROUNDS):
        started, busy = time.perf_counter(), time.process_time()
        mentions = read_sources(sources)
        times.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
        known = sum(one.parameters is not None for one in mentions)
    return statistics.median(times), statistics.median(processor), known


if __name__ == "__main__":
    started = time.perf_counter()
    read_sources([("a.cc", b"refl::GlobalDef();")])
    print(f"first use, imports included: {time.perf_counter() - started:.3f} s\n")
    print("| functions | classes | kB | known | median s | processor s |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for files in FILES:
        sources = make_sources(files)
        size = sum(len(data) for _, data in sources) // 1000
        median, busy, known = measure(sources)
        print(f"| {files * FUNCTIONS} | {files} | {size} | {known} | {median:.3f} | {busy:.3f} |")
