"""Rules on types: what editors and type checkers get to know."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.api import namespace_of
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.api import Api

_MODULE = "_ffi_api"
_DEFINED = re.compile(r"^[ \t]*(?:(?:async +)?def|class) +(\w+)|^(\w+)[ \t]*[:=]", re.MULTILINE)
_SHOWN = 5


@rule("WHL011 not-typed", Severity.NOTE)
def check_typed(subject: Subject) -> Iterator[Remark]:
    """Find packages with an extension that type checkers see nothing of."""
    if not subject.is_wheel:
        return
    for package in sorted({path.partition("/")[0] for path in subject.extensions if "/" in path}):
        if package not in subject.packages:
            continue
        inside = [name for name in subject.sizes if name.startswith(f"{package}/")]
        has_mark = any(posixpath.basename(name) == "py.typed" for name in inside)
        has_stubs = any(name.endswith(".pyi") for name in inside)
        lacking = [
            what for what, has in {"py.typed": has_mark, "stubs": has_stubs}.items() if not has
        ]
        if lacking:
            yield Remark(
                package,
                f"it has no {' and no '.join(lacking)}, so type checkers do not see its types",
                "`ffiwheel build` makes both",
            )


@rule("WHL012 stubs-differ", Severity.WARNING)
def check_stubs(subject: Subject) -> Iterator[Remark]:
    """Compare the stubs of generated modules with the description of the API.

    A folder of them tells of nested namespaces, too; a single one of its own.
    """
    if subject.api is None:
        return
    for root in sorted({_root_of(path) for path in subject.stubs if _root_of(path)}):
        texts = {path: text for path, text in subject.stubs.items() if _root_of(path) == root}
        found = [pair for text in texts.values() for pair in _DEFINED.findall(text)]
        defined = {_plain(one or two) for one, two in found}
        package = root.replace("/", ".")
        is_tree = f"{root}/{_MODULE}.pyi" not in texts
        missing = [
            name
            for name in _bound_names(subject.api, package)
            if (is_tree or namespace_of(name) == package)
            and _plain(name.rpartition(".")[2]) not in defined
        ]
        if missing:
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            shown = ", ".join(f"`{name}`" for name in missing[:_SHOWN])
            yield Remark(
                root,
                f"its stubs do not have {shown}{more}, which the libraries register",
                "build the wheel again with ffiwheel, or `ffiwheel stubs` in the project",
            )


def _root_of(path: str) -> str:
    """Return the package whose library a stub describes; empty for other stubs.

    >>> _root_of("a/b/_ffi_api.pyi"), _root_of("a/_ffi_api/math.pyi"), _root_of("a/b.pyi")
    ('a/b', 'a', '')
    """
    package, module, rest = path.partition(f"/{_MODULE}")
    return package if module and rest[:1] in {".", "/"} else ""


def _bound_names(api: Api, package: str) -> Iterator[str]:
    """Yield what is registered under a package's name, and for Python to use."""
    for name in api.names:
        parts = name.split(".")
        if name.startswith(f"{package}.") and not any(part.startswith("_") for part in parts):
            yield name


def _plain(name: str) -> str:
    """Return a name without what is changed where Python cannot spell it.

    >>> _plain("with-dash"), _plain("import_")
    ('withdash', 'import')
    """
    return re.sub(r"\W|_", "", name)


@rule("WHL013 description-unreadable", Severity.WARNING)
def check_description(subject: Subject) -> Iterator[Remark]:
    """Report a description of the API that is none."""
    if subject.api_fault:
        where = f"{subject.dist_info}/ffiwheel-api.json"
        yield Remark(where, subject.api_fault, "build the wheel again with this version")


RULES = (check_typed, check_stubs, check_description)
