"""Is there what runs programs of other systems?"""

from __future__ import annotations

from ffiwheel.model.tool import Fault, Tool
from ffiwheel.toolchain.checkup.ask import check_program, find_on_path, install_command
from ffiwheel.toolchain.emulator import find_emulator, name_missing
from ffiwheel.toolchain.targets import parse_target

_TARGETS = ("linux-aarch64", "linux-x86_64", "windows-amd64")


def check_emulators() -> tuple[Tool, ...]:
    """Look at qemu and wine, as far as this machine can have use for them."""
    found = (_check(name) for name in _TARGETS)
    return tuple(tool for tool in found if tool)


def _check(name: str) -> Tool | None:
    target = parse_target(name, {})
    wanted = name_missing(target)
    if not wanted:
        return None
    is_windows = target.system == "windows"
    qemus = (f"qemu-{target.arch}-static", f"qemu-{target.arch}")
    programs = ("wine64", "wine") if is_windows else qemus
    tool = Tool(
        group="emulators",
        name="wine" if is_windows else f"qemu-{target.arch}",
        purpose=f"loads libraries for {name} (`build --emulate`)",
    )
    program = next(filter(None, map(find_on_path, programs)), None)
    found = check_program(tool, program, install_command(wanted.replace(" and ", " ")))
    if found.troubles or find_emulator(target):
        return found
    message = f"there is no C library of {target.arch} for it"
    return found.with_trouble(Fault.BROKEN, message, install_command(wanted.rpartition(" ")[2]))
