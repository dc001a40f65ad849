"""The globals of a generated module that hold TVM-FFI's function objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.bind.names import private_name
from ffiwheel.bind.support import RESERVED

if TYPE_CHECKING:
    from ffiwheel.bind.bindings import BoundModule


def name_handles(module: BoundModule) -> dict[str, str]:
    """Return public name -> the global that holds TVM-FFI's function object."""
    taken = {*RESERVED, *module.names, *module.parameter_names}
    wanted = {one.name: one.name for one in module.functions}
    for one in module.classes:
        wanted[f"{one.name}.__init__"] = f"{one.name}_new"
        wanted |= {f"{one.name}.{of.name}": f"{one.name}_{of.name}" for of in one.methods}
    handles: dict[str, str] = {}
    for name, plain in wanted.items():
        handles[name] = private_name(plain, taken)
        taken.add(handles[name])
    return handles
