"""Rules on what ties a wheel to one Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary

_ANY = "py3-none"


@rule("ELF002 needs-python", Severity.ERROR)
def check_python_free(subject: Subject) -> Iterator[Remark]:
    """Find libraries under the tag `py3-none` that are bound to one Python."""
    if subject.python_tag != _ANY:
        return
    for path, binary in subject.binaries.items():
        if binary.uses_python:
            named = next(_python_needs(binary), "the Python C API")
            yield Remark(
                path,
                f"it needs {named}, so `py3-none` is not true",
                "leave `<Python.h>` out: the C ABI of TVM-FFI does not need it",
            )


def _python_needs(binary: Binary) -> Iterator[str]:
    yield from (f"`{one.name}`" for one in binary.imports if one.name.startswith(("Py", "_Py")))
    yield from (f"`{name}`" for name in binary.needed if _is_libpython(name))


def _is_libpython(name: str) -> bool:
    return name.rpartition("/")[2].lower().startswith(("libpython", "python3"))


@rule("PYP001 tied-needlessly", Severity.WARNING)
def check_tied(subject: Subject) -> Iterator[Remark]:
    """Find wheels for one Python whose libraries would load in every Python."""
    tied = any(tag.startswith(("cp", "pp")) for tag in subject.python_tag.split("-"))
    if (
        tied
        and subject.extensions
        and not any(one.uses_python for one in subject.binaries.values())
    ):
        yield Remark(
            subject.file_name,
            f"it is for `{subject.python_tag}` only, and no library in it needs Python",
            f"tag it `{_ANY}`, and one wheel does for every Python; with scikit-build-core:\n"
            '`wheel.py-api = "py3"` in `[tool.scikit-build]`',
        )


@rule("PYP002 links-libpython", Severity.ERROR)
def check_libpython(subject: Subject) -> Iterator[Remark]:
    """Find libraries that want a libpython, which most Pythons do not have."""
    for path, binary in subject.binaries.items():
        linked = [name for name in binary.needed if _is_libpython(name)]
        if linked and binary.format is not Format.PE:
            yield Remark(
                path,
                f"it is linked with `{linked[0]}`, which many Pythons do not have",
                "do not link with libpython: the interpreter has its symbols already",
            )


RULES = (check_python_free, check_tied, check_libpython)
