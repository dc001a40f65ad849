"""The parser, and what is asked of its nodes again and again.

tree-sitter makes a tree of any text; what it cannot read is an `ERROR` node, and the rest stands.
Its C++ grammar reads CUDA as well once `preprocess` has taken launches and `__global__` away.

https://tree-sitter.github.io/py-tree-sitter/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser

_WRAPPERS = frozenset(
    {
        "array_declarator",
        "attributed_declarator",
        "init_declarator",
        "parenthesized_declarator",
        "pointer_declarator",
        "reference_declarator",
        "variadic_declarator",
    }
)
_NAMES = frozenset(
    {
        "field_identifier",
        "identifier",
        "operator_name",
        "qualified_identifier",
        "template_function",
        "template_method",
    }
)
_PARAMETERS = frozenset(
    {
        "parameter_declaration",
        "optional_parameter_declaration",
        "variadic_parameter_declaration",
        "explicit_object_parameter_declaration",
    }
)
_REMEMBERED = 10_000
_MOST_STEPS = 1_000_000
_QUALIFIER = re.compile(r"(?:\b\w+|>)?\s*::\s*")
_NOISE = re.compile(r"\b(?:const|volatile|struct|class|enum|typename)\b|[&\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a function."""

    name: str
    type: str
    default: Node | None = None


@cache
def _parser() -> Parser:
    import tree_sitter_cpp  # noqa: PLC0415 - only projects with sources pay for it
    from tree_sitter import Language, Parser  # noqa: PLC0415 - as above

    return Parser(Language(tree_sitter_cpp.language()))


def parse(code: str) -> Node:
    """Return the root of the tree of a plain text."""
    return _parser().parse(code.encode("latin-1", "replace")).root_node


def parse_expression(text: str) -> Node | None:
    """Return the tree of an expression."""
    root = parse(f"auto x = {text};")
    for child in root.named_children:
        declarator = child.child_by_field_name("declarator")
        if declarator is not None and declarator.type == "init_declarator":
            return declarator.child_by_field_name("value")
    return None


def text_of(node: Node | None) -> str:
    """Return the text of a node, empty for none."""
    return (node.text or b"").decode("latin-1") if node is not None else ""


@lru_cache(maxsize=_REMEMBERED)
def spelled(text: str) -> str:
    """Return C++ with its blanks in order.

    >>> spelled(" const Array< int >  & ")
    'const Array<int>&'
    """
    text = " ".join(readable(text).split())
    return re.sub(r" ?([<(:,&*>)]) ?", r"\1", text).replace(",", ", ")


@lru_cache(maxsize=_REMEMBERED)
def simplified(type_text: str) -> str:
    """Return a type without what does not tell overloads apart.

    >>> simplified("const tvm::ffi::Array<std::int64_t>&")
    'Array<int64_t>'
    """
    return _QUALIFIER.sub("", _NOISE.sub("", _NOISE.sub(" ", type_text)))


@lru_cache(maxsize=_REMEMBERED)
def split_list(text: str) -> tuple[str, ...]:
    """Return what the commas of a list part, those in brackets of any kind left alone.

    >>> split_list("int, Map<String, int>, std::function<int(int, int)>")
    ('int', 'Map<String, int>', 'std::function<int(int, int)>')
    """
    depth, start, parts = 0, 0, []
    for match in re.finditer(r"[<({\[]|(?<!-)[>)}\]]|,", text):
        if match[0] != ",":
            depth += 1 if match[0] in "<({[" else -1
        elif depth == 0:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    parts.append(text[start:].strip())
    return tuple(parts) if parts != [""] else ()


def find_declarator(node: Node | None, kind: str) -> Node | None:
    """Return the declarator of a kind that `node` is, or that it wraps."""
    while node is not None and node.type != kind:
        if node.type not in _WRAPPERS and node.type != "function_declarator":
            return None
        node = inner_declarator(node)
    return node


def inner_declarator(node: Node) -> Node | None:
    """Return the declarator inside of another one."""
    inner = node.child_by_field_name("declarator")
    if inner is None:
        inner = next((one for one in node.named_children if _is_declarator(one)), None)
    return inner


def _is_declarator(node: Node) -> bool:
    return node.type in _WRAPPERS or node.type in _NAMES or node.type == "function_declarator"


def declared_name(node: Node | None) -> Node | None:
    """Return the name in a declarator."""
    while node is not None and node.type not in _NAMES:
        if not _is_declarator(node):
            return None
        node = inner_declarator(node)
    return node


def read_parameters(parameter_list: Node | None) -> tuple[Parameter, ...] | None:
    """Return the parameters of a function, or None if their number is not fixed."""
    if parameter_list is None:
        return ()
    parameters = []
    for child in parameter_list.children:
        if child.type in {"...", "variadic_parameter_declaration"}:
            return None
        if child.type in _PARAMETERS:
            parameters.append(_read_parameter(child))
    if len(parameters) == 1 and parameters[0].type == "void" and not parameters[0].name:
        return ()
    return tuple(parameters)


def _read_parameter(node: Node) -> Parameter:
    name = declared_name(node.child_by_field_name("declarator"))
    default = node.child_by_field_name("default_value")
    text, start = text_of(node), node.start_byte
    end = len(text)
    if default is not None:
        end = text.rfind("=", 0, default.start_byte - start)
    if name is None:
        return Parameter(name="", type=spelled(text[:end]), default=default)
    before, after = text[: name.start_byte - start], text[name.end_byte - start : end]
    return Parameter(name=text_of(name), type=spelled(before + after), default=default)


def find_paths(root: Node, offsets: list[int]) -> Iterator[list[Node]]:
    """Yield for each offset, in order, the nodes from the root down to the leaf that has it.

    Only nodes that contain an offset are entered, so the time is that of the parts that matter.
    What is nested deeper than any program is left out.
    """
    pending: list[tuple[Node, int, list[int]]] = [(root, 0, sorted(offsets))]
    path: list[Node] = []
    steps = 0
    while pending:
        node, depth, inside = pending.pop()
        del path[depth:]
        path.append(node)
        shares = _share(node, inside)
        if shares:
            pending += [(child, depth + 1, share) for child, share in reversed(shares)]
        elif steps + depth <= _MOST_STEPS:
            steps += depth
            yield list(path)


def _share(node: Node, offsets: list[int]) -> list[tuple[Node, list[int]]]:
    """Return the children that contain offsets, each with its own."""
    shares = []
    position = 0
    for child in node.children:
        if position == len(offsets):
            break
        if child.end_byte <= offsets[position]:
            continue
        first = position
        while position < len(offsets) and offsets[position] < child.end_byte:
            position += 1
        own = [one for one in offsets[first:position] if one >= child.start_byte]
        if own:
            shares.append((child, own))
    return shares
