"""From files to plain code: what a preprocessor would do, as far as the reader needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.comments import Comments
from ffiwheel.reflect.source.conditionals import choose_branches
from ffiwheel.reflect.source.expansion import Expander
from ffiwheel.reflect.source.macros import LITERAL, Macro, parse_macro
from ffiwheel.reflect.source.text import blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ffiwheel.reflect.source.text import Text

_RUNTIME_MACROS = """
TVM_FFI_STATIC_INIT_BLOCK(...) static void ffiwheel_block() __VA_ARGS__
TVM_FFI_DLL_EXPORT_TYPED_FUNC(Name, ...) ffiwheel_export(Name, __VA_ARGS__)
TVM_FFI_DLL_EXPORT_TYPED_FUNC_DOC(Name, ...) ffiwheel_describe(Name, __VA_ARGS__)
ffiwheel_export(Name, ...) static auto ffiwheel_made = ffiwheel_symbol(#Name, __VA_ARGS__);
ffiwheel_describe(Name, ...) static auto ffiwheel_made = ffiwheel_symbol_doc(#Name, __VA_ARGS__);
TVM_FFI_DECLARE_OBJECT_INFO(Key, Type, Parent) static constexpr const char* _type_key = Key;
TVM_FFI_DECLARE_OBJECT_INFO_FINAL(Key, Type, Parent) static constexpr const char* _type_key = Key;
TVM_FFI_DECLARE_OBJECT_INFO_STATIC(Key, Type, Parent) static constexpr const char* _type_key = Key;
TVM_FFI_DECLARE_OBJECT_INFO_PREDEFINED_TYPE_KEY(Type, Parent)
TVM_FFI_DECLARE_BASE_OBJECT_INFO(Type, Parent)
TVM_FFI_DECLARE_FINAL_OBJECT_INFO(Type, Parent)
TVM_FFI_DECLARE_STATIC_OBJECT_INFO(Type, Parent)
TVM_FFI_DEFINE_OBJECT_REF_METHODS(...)
TVM_FFI_DEFINE_NOTNULLABLE_OBJECT_REF_METHODS(...)
TVM_FFI_DEFINE_MUTABLE_OBJECT_REF_METHODS(...)
TVM_FFI_DEFINE_OBJECT_REF_METHODS_NULLABLE(...)
TVM_FFI_DEFINE_OBJECT_REF_METHODS_NOTNULLABLE(...)
TVM_FFI_DEFINE_DEFAULT_COPY_MOVE_AND_ASSIGN(...)
TVM_FFI_PREDEFINE_ALL_OPERATORS(...)
TVM_FFI_DLL
TVM_FFI_DLL_EXPORT
TVM_FFI_INLINE
TVM_FFI_NO_INLINE
TVM_FFI_COLD_CODE
__launch_bounds__(...)
__cluster_dims__(...)
__global__
__device__
__host__
__forceinline__
__noinline__
__restrict__
__restrict
__grid_constant__
"""
"""TVM-FFI's macros and CUDA's words, cut down to what the reader looks for."""

UNNAMED_TYPE = "_"
"""Stands before the braces of a value whose type is not said: `= {1, 2}`."""
_MEMBER_POINTER = re.compile(
    r"\((?P<owner>\s*[\w:]+(?:<[^<>()]*>)?\s*::\s*)\*\s*\)\s*\([^()]*\)(?P<suffix>(?:\s*(?:const|noexcept))*)"
)
_UNKNOWN_ATTRIBUTE = re.compile(
    r"[A-Z](?<!\w[A-Z])[A-Z0-9_]{3,}"
    r"(?=\s+(?!const\b|volatile\b|operator\b|and\b|or\b|not\b|xor\b|final\b|override\b|noexcept\b)"
    r"(?:::)?[a-zA-Z_][\w:]*(?:<[^;(){}]{0,200}?>)?[\s*&]+[A-Za-z_])"
)
_BRACED_VALUE = re.compile(rf"{LITERAL}|(?<![\[=!<>])=(?P<blank>\s*)(?=\{{)", re.DOTALL)
_CLASS_ATTRIBUTE = re.compile(r"(?:class|struct)\s+(?P<word>[A-Z][A-Z0-9_]{3,})(?=\s+\w+\s*[:{])")


@dataclass(frozen=True)
class Plain:
    """A file as the parser gets it."""

    text: Text
    code: str
    """One byte for each character; lines are those of the file."""

    @cached_property
    def comments(self) -> Comments:
        """The Doxygen comments of the file."""
        return Comments(self.text)


@cache
def runtime_macros() -> Mapping[str, Macro]:
    """Return TVM-FFI's own macros."""
    return _by_name(parse_macro(line) for line in _RUNTIME_MACROS.strip().splitlines())


def read_macros(text: Text) -> dict[str, Macro]:
    """Return the macros that a file defines."""
    return _by_name(parse_macro(one.body) for one in text.directives if one.name == "define")


def _by_name(macros: Iterable[Macro | None]) -> dict[str, Macro]:
    return {macro.name: macro for macro in macros if macro is not None}


def make_plain(text: Text, macros: Mapping[str, Macro], involved: frozenset[str]) -> Plain:
    """Return what the parser gets of a file."""
    code = choose_branches(text.code, text.directives)
    code = _blank_launches(code)
    code = Expander(macros, involved).expand_text(code)
    code = _MEMBER_POINTER.sub(_blank_member_pointer, code)
    code = _BRACED_VALUE.sub(_name_braces, code)
    code = _UNKNOWN_ATTRIBUTE.sub(lambda match: blank(match[0]), code)
    code = _CLASS_ATTRIBUTE.sub(
        lambda match: match[0].replace(match["word"], blank(match["word"])), code
    )
    return Plain(text, code)


def _blank_launches(code: str) -> str:
    """Return the code without `<<<grid, block>>>`, which makes kernel launches calls."""
    pieces: list[str] = []
    position = 0
    while (start := code.find("<<<", position)) >= 0:
        end = code.find(">>>", start)
        if end < 0:
            break
        end += len(">>>")
        is_launch = ";" not in code[start:end]
        pieces += code[position:start], blank(code[start:end]) if is_launch else code[start:end]
        position = end
    return "".join([*pieces, code[position:]])


def _blank_member_pointer(match: re.Match[str]) -> str:
    """Return `(  *)(int)` for `(T::*)(int) const`, which the parser takes for a product."""
    text = match[0].replace(match["owner"], blank(match["owner"]), 1)
    suffix = match["suffix"]
    return text[: len(text) - len(suffix)] + blank(suffix)


def _name_braces(match: re.Match[str]) -> str:
    """Return `=_{` for `= {`: the parser knows no bare braces as the default of a parameter."""
    blanks = match["blank"]
    return match[0] if blanks is None else "=" + UNNAMED_TYPE + blanks.removeprefix(" ")
