"""The names of symbols, as far as people can read them.

Only the qualified name is read, and what follows it (parameters, templates' arguments) is `…`: that
is what a box has room for, it takes microseconds, and nothing in a name can lead it astray.
https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling
"""

from __future__ import annotations

import re

_HEAD = re.compile(r"_?_Z(?P<special>T[VTIS]|GV)?Z*(?P<nested>N[rVKRO]*)?L?(?P<std>St)?")
_PART = re.compile(r"L?(\d{1,4})")
_SPECIAL = {
    "TV": "table of virtual functions of ",
    "TT": "table of tables of ",
    "TI": "type information of ",
    "TS": "type name of ",
    "GV": "guard of ",
}
_MSVC = re.compile(r"\?{1,2}(?P<names>[\w$]+(?:@[\w$]+)*)@@")
_MOST_PARTS = 12
_STRUCTOR = re.compile(r"[CD][0-5]")
_ANONYMOUS = "_GLOBAL__N_1"


def read_symbol(name: str) -> tuple[str, ...]:
    """Return a symbol's name in its parts, as C++ has them, without what it takes.

    >>> read_symbol("_ZNK3tvm3ffi11FunctionObj4CallEiPKNS0_7AnyViewE")
    ('tvm', 'ffi', 'FunctionObj', 'Call')
    >>> read_symbol("_ZNSt6vectorIiSaIiEE9push_backEOi"), read_symbol("_ZTI3Foo")
    (('std', 'vector<…>'), ('type information of Foo',))
    >>> read_symbol("?add@math@hello@@YAHH@Z"), read_symbol("memcpy")
    (('hello', 'math', 'add'), ('memcpy',))
    """
    if found := _MSVC.match(name):
        return tuple(found["names"].split("@")[::-1])
    head = _HEAD.match(name)
    if not head:
        return (name,)
    parts, at = _read_parts(name, head.end(), is_nested=bool(head["nested"]))
    if not parts:
        return (name,)
    if name.startswith("I", at):
        parts[-1] += "<…>"
    elif found := _STRUCTOR.match(name, at):
        parts.append("(constructor)" if found[0][0] == "C" else "(destructor)")
    parts[-1] = _SPECIAL.get(head["special"] or "", "") + parts[-1]
    return (*(["std"] if head["std"] else []), *parts)


def _read_parts(name: str, at: int, *, is_nested: bool) -> tuple[list[str], int]:
    """Return the names that begin at `at`, and where they end."""
    parts: list[str] = []
    while (found := _PART.match(name, at)) and len(parts) < (_MOST_PARTS if is_nested else 1):
        at = found.end() + int(found[1])
        part = name[found.end() : at]
        parts.append("(anonymous)" if part == _ANONYMOUS else part)
    return parts, at
