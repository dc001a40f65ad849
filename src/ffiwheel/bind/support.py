"""What generated modules share at run time: small functions that stand in the root module.

Only those that something needs are written. They use what every release of TVM-FFI from 0.1.5 on
has, and where a release lacks something, they do with less: before 0.1.12 there are no constructors
made of fields and no structural equality.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ARRAY_PROTOCOL
from ffiwheel.bind.guard import REFUSE, RELEASES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ffiwheel.bind.bindings import Bindings, BoundClass, BoundModule

_ARRAYS = f'''
class {ARRAY_PROTOCOL}(%(Protocol)s):
    """An array: of NumPy, PyTorch, JAX, TVM-FFI, or anything else that has `__dlpack__`."""

    def __dlpack__(self, *args: %(Any)s, **kwargs: %(Any)s) -> %(Any)s: ...
'''
_TEXTS = {
    "_methods": '''
def _methods(of, *names):
    """Return the function objects behind the methods of a class."""
    info = of.__tvm_ffi_type_info__
    found = {method.name: method.func for method in reversed(info.methods)}
    for name in names:
        if name not in found:
            made = %(tvm_ffi)s.core._lookup_type_attr(info.type_index, name)
            found[name] = made or %(tvm_ffi)s.convert(_refuse)
    return [found[name] for name in names]
''',
    "_refuse": """
def _refuse(*args):
    raise TypeError("this needs apache-tvm-ffi 0.1.12 or later")
""",
    "_told": '''
def _told(**given):
    """Return the arguments that pass what was given by name."""
    pairs = [part for pair in given.items() if pair[1] is not ... for part in pair]
    return [getattr(%(tvm_ffi)s.core, "KWARGS", None), *pairs] if pairs else []
''',
    "_describe": '''
def _describe(of, **texts):
    """Give the fields of a class their documentation."""
    for name, text in texts.items():
        of.__dict__[name].__doc__ = text
''',
    "_members": '''
def _members(of, *names):
    """Give an enum its members."""
    for name in names:
        setattr(of, name, of.get(name))
''',
    "_nearest": '''
def _nearest(key):
    """Return the class of another package, or its nearest ancestor that is registered."""
    info = %(tvm_ffi)s.core._lookup_or_register_type_info_from_type_key(key)
    while info.type_cls is None:
        info = info.parent_type_info
    return info.type_cls
''',
    "_runtime": '''
def _runtime(name, otherwise):
    """Return a function of the runtime, where it has it."""
    return %(tvm_ffi)s.get_global_func(f"ffi.{name}", allow_missing=True) or otherwise
''',
    "_related": """
def _related(one, other):
    return isinstance(other, type(one)) or isinstance(one, type(other))
""",
}
_OPERATORS = {
    "_equal": ("RecursiveEq", "%s(self, other)"),
    "_unequal": ("RecursiveEq", "not %s(self, other)"),
    "_less": ("RecursiveLt", "%s(self, other)"),
    "_less_equal": ("RecursiveLe", "%s(self, other)"),
    "_greater": ("RecursiveGt", "%s(self, other)"),
    "_greater_equal": ("RecursiveGe", "%s(self, other)"),
}
_HASH = """
def _hash(self):
    return _RECURSIVE_HASH(self)
"""
OPERATORS = {
    "eq": {"__eq__": "_equal", "__ne__": "_unequal"},
    "hash": {"__hash__": "_hash"},
    "compare": {
        "__lt__": "_less",
        "__le__": "_less_equal",
        "__gt__": "_greater",
        "__ge__": "_greater_equal",
    },
}
"""What a class registers -> operator -> the function that does it."""
RESERVED = frozenset(
    {*_TEXTS, *_OPERATORS, "_hash", "_RECURSIVE_HASH", ARRAY_PROTOCOL, "annotations"}
    | {f"_RECURSIVE_{source[-2:].upper()}" for source, _ in _OPERATORS.values()}
    | {"TYPE_CHECKING", "_FOLDER", "_LIBRARY", "_Path", RELEASES, REFUSE}
)
"""Names that a generated module has for itself."""


def needed_support(module: BoundModule) -> set[str]:
    """Return the names that a module uses."""
    found = {name for one in module.classes for name in _needed_by(one)}
    if any(ARRAY_PROTOCOL in annotation for annotation in module.annotations):
        found.add(ARRAY_PROTOCOL)
    return found


def render_support(bindings: Bindings, words: dict[str, str]) -> list[list[str]]:
    """Return the definitions that the modules of a package need.

    Args:
        bindings: everything that is generated.
        words: how `tvm_ffi`, `Protocol` and `Any` are written.
    """
    needed = {name for module in bindings.modules for name in needed_support(module)}
    needed |= {"_refuse"} if needed & {"_methods", "_less"} else set()
    needed |= {"_related", "_runtime"} if needed & {*_OPERATORS, "_hash"} else set()
    blocks = [_ARRAYS % words] if ARRAY_PROTOCOL in needed else []
    blocks += [text % words for name, text in _TEXTS.items() if name in needed]
    blocks += _render_operators(needed, words["tvm_ffi"])
    return [block.strip("\n").split("\n") for block in blocks]


def _needed_by(one: BoundClass) -> Iterator[str]:
    if one.methods or one.constructor:
        yield "_methods"
    if one.constructor and one.constructor.by_name:
        yield "_told"
    if any(field.doc for field in one.fields):
        yield "_describe"
    if any(name == source for name, source, _ in one.members):
        yield "_members"
    if one.foreign_base:
        yield "_nearest"
    for protocol in one.protocols:
        yield from OPERATORS.get(protocol, {}).values()


def _render_operators(needed: Collection[str], tvm_ffi: str) -> Iterator[str]:
    """Yield the operators, and before each the function object that it calls."""
    bound = set()
    for name, (source, call) in _OPERATORS.items():
        handle = f"_RECURSIVE_{source[-2:].upper()}"
        if name in needed and source not in bound:
            bound.add(source)
            fallback = f"{tvm_ffi}.Object.same_as" if source == "RecursiveEq" else "_refuse"
            yield _render_handle(handle, source, fallback)
        if name in needed:
            result = f"{call % handle} if _related(self, other) else NotImplemented"
            yield f"def {name}(self, other):\n    return {result}"
    if "_hash" in needed:
        fallback = f"{tvm_ffi}.Object.__hash__"
        yield _render_handle("_RECURSIVE_HASH", "RecursiveHash", fallback)
        yield _HASH


def _render_handle(handle: str, source: str, fallback: str) -> str:
    return f'{handle} = _runtime("{source}", {fallback})'
