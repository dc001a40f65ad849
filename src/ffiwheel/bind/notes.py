"""What the plan has to say to the author: findings, each with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ffiwheel.bind.annotation import Annotator
    from ffiwheel.model.api import Api
    from ffiwheel.model.types import AnyType

RULES = (
    "API001 renamed",
    "API002 unknown-type",
    "API003 default-lost",
    "API004 symbol-hidden",
    "API005 foreign-parent",
    "API006 parent-out-of-reach",
    "API007 module-left-alone",
    "API009 symbol-untyped",
    "API010 names-unbound",
    "API011 not-on-target",
    "API012 only-on-target",
    "API013 export-matches-nothing",
)
"""Every rule of this package, as `docs/bindings.md` lists them; `reflect` has others."""
_RENAMED, _UNKNOWN, _DEFAULT, _HIDDEN, _FOREIGN, _MOVED, _LEFT, _UNTYPED, _UNBOUND, *_TARGETS = (
    RULES
)
_NOT_THERE, _ONLY_THERE, _NO_EXPORT = _TARGETS
METADATA_MACRO = "TVM_FFI_DLL_EXPORT_INCLUDE_METADATA"
"""What makes TVM-FFI's macros keep the types of C symbols; the builds of ffiwheel define it."""
_SHOWN = 3


class Notes:
    """Collects findings about one package, in the order of the plan."""

    def __init__(self, package: str) -> None:
        """Begin with none."""
        self._package = package
        self._found: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was noted."""
        return tuple(self._found)

    def renamed(self, names: Mapping[str, str], prefix: str) -> None:
        """Note the names of one namespace or class that are not spelt as in C++."""
        changed = [f"`{prefix}{old}` is `{new}`" for old, new in names.items() if old != new]
        if changed:
            self._note(
                _RENAMED,
                f"in Python {_listed(changed)}",
                "Python cannot spell a name as it is, or it is taken",
            )

    def lost_defaults(self, function: str, parameters: Sequence[str], where: str) -> None:
        """Note the parameters that have a default in C++ only."""
        self._lost(
            function,
            parameters,
            where,
            'state a literal that Python can pass: refl::Metadata{{"args", "x, y=1"}}',
        )

    def lost_in_overloads(self, function: str, parameters: Sequence[str], where: str) -> None:
        """Note the parameters of one overload that have a default in C++ only."""
        self._lost(
            function,
            parameters,
            where,
            "overloads take all arguments, by position; register one more without it",
        )

    def _lost(self, function: str, parameters: Sequence[str], where: str, text: str) -> None:
        for name in parameters:
            self._note(
                _DEFAULT,
                f"`{name}` of `{function}` has to be given in Python, in spite of its default",
                text,
                where,
            )

    def hidden_symbols(self, names: Sequence[str], prefix: str) -> None:
        """Note the C symbols that functions of the same name stand before."""
        for name in names:
            self._note(
                _HIDDEN,
                f"the C symbol `{name}` is not bound: the function `{prefix}.{name}` has its name",
                "export one of them under another name, if they are not the same",
            )

    def untyped_symbols(self, names: Sequence[str]) -> None:
        """Note the C symbols that the library says nothing about."""
        if names:
            self._note(
                _UNTYPED,
                f"the library does not say how to call {_listed([f'`{name}`' for name in names])}",
                f"compile with `-D{METADATA_MACRO}=1`\n"
                "what `TVM_FFI_DLL_EXPORT_TYPED_FUNC` exports;\n"
                "say in `_ffi_api_partial.pyi` how others are called",
            )

    def moved(self, key: str, parent: str, base: str) -> None:
        """Note a class that cannot derive from its parent."""
        self._note(
            _MOVED,
            f"`{key}` derives from `{base}` in Python, and not from `{parent}`",
            "their namespaces need each other in turns; register both in one of them",
        )

    def unknown_types(self, api: Api, annotator: Annotator) -> None:
        """Note the types that are `Any` because nothing is known of them."""
        users: dict[str, list[str]] = {}
        for user, kind in _all_types(api):
            for name in annotator.unknown(kind):
                found = users.setdefault(name, [])
                if user not in found:
                    found.append(user)
        for name, found in sorted(users.items()):
            self._note(
                _UNKNOWN,
                f"the type `{name}` is `Any` in {_listed([f'`{user}`' for user in found])}",
                "if it is a class of another package, say where:\n"
                f'[tool.ffiwheel.bindings.classes]\n"{name}" = "package.Class"',
            )

    def foreign_parents(self, api: Api, known: Mapping[str, str]) -> None:
        """Note the classes whose parent another package registers."""
        for one in api.classes:
            if one.parent and one.parent not in known:
                self._note(
                    _FOREIGN,
                    f"the parent `{one.parent}` of `{one.type_key}` is none of this package's",
                    "say where it is in Python:\n"
                    f'[tool.ffiwheel.bindings.classes]\n"{one.parent}" = "package.Class"',
                )

    def _note(self, rule: str, message: str, text: str, where: str = "") -> None:
        self._found.append(
            Finding(
                rule=rule,
                severity=Severity.WARNING,
                subject=where or self._package,
                message=message,
                help=text,
            )
        )


def left_alone(file: str, reason: str) -> Finding:
    """Return the finding about a module of the project's own that gets no stub."""
    return Finding(
        rule=_LEFT,
        severity=Severity.WARNING,
        subject=file,
        message=f"the module is the project's own and gets no stub: {reason}",
        help="write a stub by hand, or remove every module of this name:\n"
        "then they are generated, with their stubs",
    )


def unbound(package: str, names: Sequence[str]) -> Finding:
    """Return the finding about what none of the modules binds that a project has itself."""
    return Finding(
        rule=_UNBOUND,
        severity=Severity.WARNING,
        subject=package,
        message=f"no module of the package binds {_listed([f'`{name}`' for name in names])}",
        help="let `tvm-ffi-stubgen` make a module for their namespace, or remove those that it\n"
        "made: then modules are generated for everything",
    )


def not_on_target(target: str, names: Sequence[str]) -> Finding:
    """Return the finding about what only the libraries of other targets have."""
    listed = _listed([f"`{name}`" for name in names])
    return Finding(
        rule=_NOT_THERE,
        severity=Severity.WARNING,
        subject=target,
        message=f"the library for this target lacks {listed}, and so do the bindings of its wheel",
        help="if that is meant, by an `#ifdef`, nothing is to be done",
    )


def only_on_target(target: str, names: Sequence[str], *, bound: bool) -> Finding:
    """Return the finding about what only a library of this target has, so that it is not known.

    Args:
        target: the target's name.
        names: C symbols, which can be bound without their types, or names that are registered.
        bound: whether they are C symbols.
    """
    listed = _listed([f"`{name}`" for name in names])
    result = "bound without types" if bound else "not bound"
    return Finding(
        rule=_ONLY_THERE,
        severity=Severity.WARNING,
        subject=target,
        message=f"only the library for this target has {listed}, and it cannot be loaded here:"
        f" {result}",
        help="build the wheel on such a machine, and describe it from there:\n"
        "`ffiwheel build --target ... --api ffiwheel-api.json`",
    )


def exports_nothing(target: str, pattern: str, *, is_windows: bool) -> Finding:
    """Return the finding about a pattern of symbols that is to leave the library, and is not."""
    return Finding(
        rule=_NO_EXPORT,
        severity=Severity.WARNING,
        subject=target,
        message=f"no symbol that leaves the library is called `{pattern}`, as `exports` wants it",
        help="a DLL exports what the source marks so: `__declspec(dllexport)`"
        if is_windows
        else 'is it spelt as `nm -D` shows it, and used or marked `visibility("default")`?',
    )


def foreign_types(api: Api, annotator: Annotator) -> set[str]:
    """Return the type keys that an API uses and does not register."""
    found = {name for _, kind in _all_types(api) for name in annotator.unknown(kind)}
    parents = {one.parent for one in api.classes if one.parent}
    return found | (parents - {*annotator.classes})


def _listed(items: Sequence[str]) -> str:
    """Return the first few of many.

    >>> _listed(["a", "b", "c", "d"])
    'a, b, c and 1 more'
    """
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more


def _all_types(api: Api) -> Iterator[tuple[str, AnyType]]:
    """Yield every type of an API, with the name of what uses it."""
    for function in (*api.functions, *api.symbols):
        for signature in function.signatures:
            yield from ((function.name, one.type) for one in signature.parameters or ())
            yield function.name, signature.result
    for one in api.classes:
        for field in one.fields:
            yield f"{one.type_key}.{field.name}", field.type
        for method in one.methods:
            for signature in method.signatures:
                name = f"{one.type_key}.{method.name}"
                yield from ((name, each.type) for each in signature.parameters or ())
                yield name, signature.result
        for signature in one.constructor.signatures if one.constructor else ():
            yield from ((one.type_key, each.type) for each in signature.parameters or ())
