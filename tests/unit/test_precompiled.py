"""Which header is compiled before the sources, and for which of them."""

from __future__ import annotations

from pathlib import Path

from ffiwheel.compile.precompiled import Precompiled, choose_header
from ffiwheel.compile.units import plan_units

ANY, ALL, FUNCTION = "<tvm/ffi/any.h>", "<tvm/ffi/tvm_ffi.h>", "<tvm/ffi/function.h>"
SIZES = {ANY: 100, FUNCTION: 150, ALL: 300}


def choose(*leading: tuple[str, ...]) -> Precompiled | None:
    """Return what is chosen for sources that begin so."""
    sources = {Path(f"{number}.cc"): names for number, names in enumerate(leading)}
    return choose_header(sources, lambda names: max(SIZES[one] for one in names if one in SIZES))


def includes_of(chosen: Precompiled | None) -> tuple[str, ...]:
    """Return what the chosen header includes."""
    return chosen.includes if chosen else ()


def test_a_header_for_few_sources_does_not_pay() -> None:
    assert choose(*[(ALL,)] * 4) is None
    assert includes_of(choose(*[(ALL,)] * 5)) == (ALL,)
    assert choose() is None


def test_only_sources_that_begin_just_so_get_it() -> None:
    chosen = choose(*[("<vector>", ALL)] * 5, (ALL,), ("<vector>", ANY), ())
    assert chosen
    assert chosen.includes == ("<vector>", ALL)
    assert chosen.users == {Path(f"{number}.cc") for number in range(5)}
    assert chosen.text == "#include <vector>\n#include <tvm/ffi/tvm_ffi.h>\n"


def test_the_longer_beginning_is_better() -> None:
    assert includes_of(choose(*[(ANY, FUNCTION)] * 6)) == (ANY, FUNCTION)


def test_the_one_that_spares_more_is_better() -> None:
    assert includes_of(choose(*[(ANY, ALL)] * 5, *[(ANY,)] * 5)) == (ANY, ALL)
    assert includes_of(choose(*[(ANY, FUNCTION)] * 5, *[(ANY,)] * 5)) == (ANY,)
    assert includes_of(choose(*[(ALL,)] * 5, *[(ANY,)] * 16)) == (ANY,)


def test_a_header_of_the_library_alone_is_none_of_ours() -> None:
    assert choose(*[("<vector>",)] * 9) is None


def test_sources_stay_alone_or_are_joined_by_eight() -> None:
    sources = [Path(f"{number}.cc") for number in range(9)] + [Path("k.cu")]
    assert [one.parts for one in plan_units(sources, None)] == [(one,) for one in sources]
    kernel, first, last = plan_units(sources, Path("unity"))
    assert (kernel.source, last.source) == (Path("k.cu"), Path("8.cc"))
    assert first.source == Path("unity/0.cc")
    assert first.text.splitlines() == [f'#include "{number}.cc"' for number in range(8)]
