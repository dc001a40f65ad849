"""In which order classes are defined, so that each follows the one it derives from.

Namespaces are modules, and a class may derive from one of another module. A module imports the
other where it first needs it. The root is imported first; while it waits for another module, that
one sees what the root has defined so far. So almost every tree of classes can be written down. The
rest (A in one namespace, B of A in a second, C of B in the first, D of C in the second) cannot;
there a class derives from the nearest class that is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.api import Class


def order_classes(own: Mapping[str, Class], classes: Mapping[str, Class]) -> list[str]:
    """Return the type keys of one module in the order of their definition.

    Those that need no other module come first.

    Args:
        own: the classes of the module.
        classes: all classes.
    """

    def rank(key: str) -> tuple[bool, int, str]:
        lineage = _lineage(key, classes)
        return any(kin not in own for kin in lineage), len(lineage), key

    return sorted(own, key=rank)


def feasible_bases(classes: Mapping[str, Class], modules: Mapping[str, str]) -> dict[str, str]:
    """Return type key -> the type key it can derive from, where that is not its parent.

    Args:
        classes: all classes, by type key.
        modules: type key -> the full name of its module.
    """
    names = sorted(set(modules.values()), key=lambda name: (name.count("."), name))
    keys = {
        name: order_classes({k: classes[k] for k in classes if modules[k] == name}, classes)
        for name in names
    }
    defined: set[str] = set()
    begun: set[str] = set()
    moved: dict[str, str] = {}

    def run(module: str) -> None:
        begun.add(module)
        for key in keys[module]:
            parent = classes[key].parent
            if parent in classes and modules[parent] not in begun:
                run(modules[parent])
            while parent in classes and parent not in defined:
                parent = classes[parent].parent
            if parent != classes[key].parent:
                moved[key] = parent
            defined.add(key)

    for name in names:
        if name not in begun:
            run(name)
    return moved


def _lineage(key: str, classes: Mapping[str, Class]) -> list[str]:
    """Return the ancestors of a class that are bound, the nearest first."""
    found = []
    parent = classes[key].parent
    while parent in classes:
        found.append(parent)
        parent = classes[parent].parent
    return found
