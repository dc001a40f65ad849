"""Which overloads a stub shows, so that type checkers accept them.

TVM-FFI tries overloads in the order of their registration. One that comes after another that takes
all it takes is never called, and type checkers refuse it. They also refuse two that take the same
argument and give different things; then the whole function is shown as one that gives either.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from ffiwheel.bind.annotation import ANY, ARRAY_PROTOCOL, split_union
from ffiwheel.bind.parameters import BoundSignature, merge_signatures

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Narrower: TypeAlias = "Mapping[str, Collection[str]]"
"""Class -> those that derive from it, by full name."""

_STR = "builtins.str"
_NUMBERS: Narrower = {
    "builtins.float": ("builtins.int", "builtins.bool"),
    "builtins.int": ("builtins.bool",),
    "tvm_ffi.Object": ("tvm_ffi.Tensor", "tvm_ffi.Module", "tvm_ffi.Function"),
}


def plan_overloads(
    signatures: Sequence[BoundSignature], derived: Narrower
) -> tuple[BoundSignature, ...]:
    """Return the signatures that a stub shows; one is no overload.

    Names are kept where all overloads have the same; else Python cannot pass them.

    Args:
        signatures: all overloads, in the order of registration.
        derived: which classes derive from which.
    """
    if len(signatures) == 1:
        return tuple(signatures)
    merged, narrower = merge_signatures(signatures), {**derived, **_NUMBERS}
    shown = [one if merged.has_names else one.positional for one in signatures]
    reached: list[BoundSignature] = []
    for one in shown:
        if not any(_takes_all(other, one, narrower) for other in reached):
            reached.append(one)
    if any(_clash(one, other, narrower) for one, other in combinations(reached, 2)):
        return (merged,)
    return tuple(reached)


def _takes_all(one: BoundSignature, other: BoundSignature, narrower: Narrower) -> bool:
    """Tell whether `one` takes every argument list that `other` takes."""
    if one.parameters is None or other.parameters is None:
        return one.parameters is None
    if len(one.parameters) != len(other.parameters):
        return False
    pairs = zip(one.parameters, other.parameters, strict=True)
    return all(_covers(a.annotation, b.annotation, narrower) for a, b in pairs)


def _clash(one: BoundSignature, other: BoundSignature, narrower: Narrower) -> bool:
    """Tell whether both may take the same arguments and give what does not fit together."""
    if _covers(other.result, one.result, narrower):
        return False
    if one.parameters is None or other.parameters is None:
        return True
    if len(one.parameters) != len(other.parameters):
        return False
    pairs = zip(one.parameters, other.parameters, strict=True)
    return all(_meet(a.annotation, b.annotation, narrower) for a, b in pairs)


def _covers(wide: str, narrow: str, narrower: Narrower) -> bool:
    """Tell whether every value of `narrow` is one of `wide`, as far as can be seen."""
    if wide == ANY:
        return True
    known = set(split_union(wide))
    for one in [*known]:
        known |= {*narrower.get(one, ())}
    return all(one in known for one in split_union(narrow))


def _meet(one: str, other: str, narrower: Narrower) -> bool:
    """Tell whether a value may be of both annotations."""
    if ANY in {one, other}:
        return True
    return any(
        _covers(a, b, narrower) or _covers(b, a, narrower) or not _are_apart(a, b)
        for a in split_union(one)
        for b in split_union(other)
    )


def _are_apart(one: str, other: str) -> bool:
    """Tell whether two types have no value in common, unless one derives from the other."""
    if _STR in {one, other}:
        text = {one, other} - {_STR}
        return not any("[" in rest and (_STR in rest or ANY in rest) for rest in text)
    return _is_class(one) or _is_class(other)


def _is_class(annotation: str) -> bool:
    """Tell whether an annotation is a class, and not a protocol or a container."""
    return annotation != ARRAY_PROTOCOL and "[" not in annotation
