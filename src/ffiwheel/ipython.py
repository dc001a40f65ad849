"""The IPython extension: `%load_ext ffiwheel`, then C++ in cells that begin with `%%ffi`.

A library that is loaded stays loaded, and TVM-FFI keeps its registrations until the process ends.
So a cell that has changed becomes a new package beside the old one. What it registers in the
namespace `FFI_CELL` is new as well; of other names, only functions can be registered again.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import tvm_ffi
from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import MagicArgumentParser

from ffiwheel.errors import FfiwheelError, ProjectError
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.workflow.cell import Cell, make_cell, name_cell
from ffiwheel.workflow.quiet import Quiet

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from ffiwheel.workflow.cell import MadeCell


@magics_class
class FfiMagics(Magics):
    """The magics of one session."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Know no cell yet."""
        super().__init__(shell=shell)
        self.loaded: dict[str, Mapping[str, object]] = {}
        """The name of a cell's package -> what it gave to the session."""
        self.functions: set[str] = set()
        """The functions that cells have registered."""

    @cell_magic
    def ffi(self, line: str, cell: str) -> None:
        """Compile a cell of C++, and put what it offers into the session."""
        options = _read_options(line)
        try:
            wanted = _plan(options, cell)
            module = name_cell(wanted)
            if module not in self.loaded:
                self.loaded[module] = self._load(_make(wanted, verbose=options.verbose), options)
        except FfiwheelError as error:
            raise UsageError(f"%%ffi\n{error}") from None
        assert self.shell
        self.shell.user_ns.update(self.loaded[module])

    def _load(self, made: MadeCell, options: argparse.Namespace) -> Mapping[str, object]:
        self._make_room(made, override=options.override)
        self.functions.update(one.name for one in made.api.functions)
        return load_cell(made)

    def _make_room(self, made: MadeCell, *, override: bool) -> None:
        """See to it that all that a cell registers can be registered.

        Raises:
            ProjectError: if something is registered under one of its names, and has to stay.
        """
        classes = set(tvm_ffi.registry.get_registered_type_keys())
        taken = [one.type_key for one in made.api.classes if one.type_key in classes]
        names = [one.name for one in made.api.functions]
        again = [one for one in names if tvm_ffi.get_global_func(one, allow_missing=True)]
        taken += [one for one in again if not (override and one in self.functions)]
        if taken:
            raise explain_taken(taken, self.functions)
        for name in again:
            tvm_ffi.registry.remove_global_func(name)


def _make(wanted: Cell, *, verbose: bool) -> MadeCell:
    """Compile a cell; without `-v`, only what there is to warn of is heard."""
    loud, quiet = ConsoleProgress(verbose=verbose), Quiet()
    made = make_cell(wanted, loud if verbose else quiet, verbose=verbose)
    quiet.tell(loud)
    return made


def explain_taken(taken: list[str], functions: set[str]) -> ProjectError:
    """Return the error for names that are registered already.

    Args:
        taken: the names.
        functions: the functions among them that cells have registered.
    """
    name = taken[0].rpartition(".")[2]
    override = "\nor let `%%ffi --override` register functions anew"
    return ProjectError(
        f"{', '.join(f'`{one}`' for one in taken)}: registered already, for as long as the session"
        " lasts",
        hint=f'register it in the cell\'s own namespace: `FFI_CELL ".{name}"`'
        + (override if set(taken) <= functions else ""),
    )


def _read_options(line: str) -> argparse.Namespace:
    parser = MagicArgumentParser("%%ffi", add_help=False)  # type: ignore[no-untyped-call]  # IPython's
    parser.add_argument("--name", default="cell")
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--override", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-I", dest="include_dirs", action="append", default=[])
    parser.add_argument("--flags", default="")
    parser.add_argument("--link-flags", default="")
    return parser.parse_args(shlex.split(line))


def _plan(options: argparse.Namespace, source: str) -> Cell:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", options.name):
        hint = "give a name of letters, digits and `_`"
        raise ProjectError(f"`{options.name}` cannot be the name of a cell", hint=hint)
    return Cell(
        source=source,
        name=options.name,
        include_dirs=tuple(Path(one).absolute() for one in options.include_dirs),
        flags=tuple(shlex.split(options.flags)),
        link_flags=tuple(shlex.split(options.link_flags)),
        debug=options.debug,
    )


def load_cell(made: MadeCell) -> Mapping[str, object]:
    """Import the package of a cell, and return what it offers, by name."""
    file = made.folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(
        made.module, file, submodule_search_locations=[str(made.folder)]
    )
    assert spec
    assert spec.loader
    package = importlib.util.module_from_spec(spec)
    sys.modules[made.module] = package
    spec.loader.exec_module(package)
    found: dict[str, object] = {}
    for root in made.roots:
        module = importlib.import_module(f"{made.module}.{root}")
        found |= {name: getattr(module, name) for name in module.__all__}
    return found | {name: tvm_ffi.get_global_func(name) for name in made.bare}
