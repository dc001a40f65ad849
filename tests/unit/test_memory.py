"""How many compilers fit into the memory: of the machine, and of the groups around us."""

from __future__ import annotations

from pathlib import Path

from ffiwheel.compile.share import fit_number
from ffiwheel.system.memory import GroupFiles, free_memory, group_folders, read_free_memory

GB = 2**30
MACHINE = f"MemTotal: {64 * 2**20} kB\nMemFree: 1 kB\nMemAvailable:   {32 * 2**20} kB\n"


def group(
    limit: int | str, used: int = 0, cached: int = 0, name: str = "inactive_file"
) -> GroupFiles:
    """Return what the kernel says of a group."""
    return GroupFiles(f"{limit}\n", f"{used}\n", f"anon 1\n{name} {cached}\nactive_file 5\n")


def test_the_machine_alone() -> None:
    assert free_memory(MACHINE, []) == 32 * GB
    assert free_memory("", []) is None


def test_the_tightest_group_decides() -> None:
    assert free_memory(MACHINE, [group("max", GB), group(4 * GB, GB), group(8 * GB)]) == 3 * GB
    assert free_memory(MACHINE, [group(64 * GB)]) == 32 * GB


def test_cached_files_are_no_loss() -> None:
    assert free_memory(MACHINE, [group(4 * GB, 4 * GB, 3 * GB)]) == 3 * GB
    assert free_memory("", [group(4 * GB, 4 * GB, GB, "total_inactive_file")]) == GB


def test_a_group_over_its_limit_has_nothing_left() -> None:
    assert free_memory(MACHINE, [group(GB, 2 * GB)]) == 0
    assert fit_number(18, 0) == 1


def test_what_is_no_number_says_nothing() -> None:
    assert free_memory(MACHINE, [GroupFiles("", "", ""), GroupFiles("12\n", "?", "")]) == 32 * GB
    # The first version's word for no limit: as many pages as there are addresses.
    assert free_memory(MACHINE, [group(9223372036854771712, GB)]) == 32 * GB


def test_folders_of_both_versions() -> None:
    mixed = "4:memory:/docker/a\n1:name=systemd:/x\n0::/b\n"
    assert [str(one) for one in group_folders(mixed, Path("/m"))] == [
        "/m/memory/docker/a",
        "/m/memory/docker",
        "/m/memory",
        "/m/b",
        "/m",
    ]
    assert group_folders("", Path("/m")) == ()
    assert group_folders("nonsense\n", Path("/m")) == (Path("/m"),)


def test_this_machine_says_something() -> None:
    assert (read_free_memory() or 0) > 0
