"""C++ literals as Python values, and Python values as text."""

from __future__ import annotations

import math
import re

from ffiwheel.reflect.source.text import readable

Value = int | float | bool | str | tuple["Value", ...] | dict["Value", "Value"] | None

_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\n|(.))", re.DOTALL
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_NUMBER = re.compile(r"(?P<digits>.*?)(?P<suffix>(?:[uUlLzZ]|[fF](?:16|32|64)?|bf16)*)", re.DOTALL)


class Unsayable(Exception):  # noqa: N818 - the answer that there is no value
    """An expression has no value that is known here."""


def render_value(value: Value) -> str:
    """Return the Python text of a value.

    >>> render_value((1, float("inf"), None, "a"))
    "(1, float('inf'), None, 'a')"
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, tuple):
        inner = ", ".join(render_value(one) for one in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        pairs = (f"{render_value(key)}: {render_value(one)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


def unquote(text: str) -> str:
    r"""Return what a C++ string literal says.

    >>> unquote(r'u8"tab\t\x41"'), unquote('R"(a\\n)"')
    ('tab\tA', 'a\\n')
    """
    raw = re.fullmatch(r'\w*R"([^(]*)\((.*)\)\1"', text, re.DOTALL)
    if raw:
        return readable(raw[2])
    start, end = text.find('"') + 1, text.rfind('"')
    return readable(_ESCAPE.sub(_unescape, text[start:end]))


def _unescape(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        return chr(int(match[1], 16) if match[1] else int(match[2], 8) & 0xFF)
    if code := match[3] or match[4]:
        point = int(code, 16)
        if point > 0x10FFFF or 0xD800 <= point < 0xE000:  # noqa: PLR2004 - not characters
            return "?"
        return chr(point).encode().decode("latin-1")
    return _SIMPLE.get(match[5] or "", match[5] or "")


def read_number(text: str) -> int | float:
    """Return the value of a number.

    >>> read_number("1'000u"), read_number("0x10"), read_number("010"), read_number("1e-5f")
    (1000, 16, 8, 1e-05)

    Raises:
        Unsayable: if it is none.
    """
    text = text.replace("'", "").lower()
    if text[:1] in {"-", "+"}:
        return read_number(text[1:]) * (-1 if text[0] == "-" else 1)
    is_hex = text.startswith("0x")
    try:
        if is_hex:
            digits = text.rstrip("ulz")
            return float.fromhex(digits) if "p" in digits else int(digits, 16)
        match = _NUMBER.fullmatch(text)
        digits = match["digits"] if match else text
        if digits.startswith("0b"):
            return int(digits, 2)
        if any(sign in digits for sign in ".e") or "f" in text:
            return float(digits)
        return int(digits, 8) if digits.startswith("0") and len(digits) > 1 else int(digits)
    except (ValueError, OverflowError) as error:
        raise Unsayable from error


def read_character(text: str) -> int:
    r"""Return the number of a character.

    >>> read_character("'a'"), read_character(r"'\n'")
    (97, 10)

    Raises:
        Unsayable: if it is none.
    """
    content = unquote(text.replace("'", '"'))
    if len(content) != 1:
        raise Unsayable
    return ord(content)
