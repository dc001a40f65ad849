"""The finder of an editable install: it is copied into the environment, and runs without ffiwheel.

It lays what was built over the packages of the source tree. Where the install says so, it looks
first whether what was built is still what the sources say, and has it built anew if it is not, so
that a library is loaded only when it is up to date.

What was built lies beside this file in the environment, with `state`: what it was made of. That is
a text of lines `name value`, an empty line, and then one line for each file: its kind, its mark and
its path. The mark is what must not have changed. Files are compared by being equal, never by being
older, so a clock that goes backwards misleads nobody.

Python runs this at every start of an interpreter of the environment, so it imports nothing that is
not there already. It runs on Python 3.9. https://docs.python.org/3/reference/import.html
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from importlib.machinery import ModuleSpec

STATE = "state.txt"
"""The file that says what was built, and of what."""
LOCK = "lock.txt"
"""The file that one process at a time holds while it has something built; if that has failed, it
has what was tried and why it failed."""
SWITCH = "FFIWHEEL_EDITABLE"
"""The variable that is `off` for the children of a build: they import what is being built."""
INPUT, LISTING, BESIDE, BUILT = "input", "listing", "beside", "built"
"""Kinds of files: what is compiled, a folder with sources, what is written for editors into the
source tree, and what lies in the environment."""
SUFFIXES = (
    *(".c", ".cc", ".cpp", ".cxx", ".c++", ".C", ".cu", ".py", ".pyi", ".cmake"),
    *(".h", ".hh", ".hpp", ".hxx", ".h++", ".cuh", ".inl", ".inc", ".ipp", ".tcc"),
)
"""What a folder is watched for: files of these kinds, and folders."""
_NOT_SOURCES = {"build", "dist", "node_modules", "__pycache__", "site-packages", "venv"}
_CHUNK = 1 << 16


def mark_file(path: str) -> str:
    """Return what tells whether a file has changed; nothing where it cannot be seen."""
    try:
        facts = os.stat(path)
    except OSError:
        return ""
    return f"{facts.st_mtime_ns}:{facts.st_size}"


def mark_size(path: str) -> str:
    """Return the size of a file; nothing where it cannot be seen."""
    return mark_file(path).partition(":")[2]


def mark_listing(path: str) -> str:
    """Return what tells whether sources have come to a folder, or have left it."""
    moment = mark_file(path).partition(":")[0]
    return f"{moment}:{_hash_names(path)}" if moment else ""


def _hash_names(path: str) -> str:
    """Return a number for the names in a folder that are about sources; the same in every Python.

    A hash of `hash()` would differ from process to process, and `hashlib` takes its time.
    """
    from zlib import crc32  # noqa: PLC0415 - most folders have not changed

    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries if _is_source(entry))
    except OSError:
        return ""
    return str(crc32("\0".join(names).encode("utf-8", "surrogateescape")))


def _is_source(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _NOT_SOURCES:
        return False
    return entry.name.endswith(SUFFIXES) or entry.is_dir()


def parse_state(text: str) -> tuple[Mapping[str, str], Sequence[tuple[str, str, str]]]:
    r"""Return what a state says: name -> value, and kind, mark and path of each file.

    >>> parse_state("version 1.0\nroot /a b\n\ninput 17:2 /a b/c.cc\n")
    ({'version': '1.0', 'root': '/a b'}, [('input', '17:2', '/a b/c.cc')])
    """
    head, _, body = text.partition("\n\n")
    pairs = (line.partition(" ") for line in head.split("\n"))
    values = {name: value for name, _, value in pairs}
    rows = (line.split(" ", 2) for line in body.split("\n") if line)
    return values, [(row[0], row[1], row[2]) for row in rows]


def render_state(values: Mapping[str, str], files: Iterable[tuple[str, str, str]]) -> str:
    r"""Return the text of a state, without names that have a line break: no build tool bears them.

    >>> render_state({"version": "1.0"}, [("input", "17:2", "/a.cc"), ("input", "1:1", "/\n.cc")])
    'version 1.0\n\ninput 17:2 /a.cc\n'
    """
    head = "\n".join(f"{name} {value}" for name, value in values.items())
    rows = (" ".join(row) for row in files if "\n" not in row[2])
    return f"{head}\n\n" + "".join(f"{row}\n" for row in rows)


def read_state(folder: str) -> tuple[Mapping[str, str], Sequence[tuple[str, str, str]]]:
    """Return what the state in a folder says; nothing where it cannot be read."""
    try:
        with open(os.path.join(folder, STATE), encoding="utf-8", errors="surrogateescape") as file:
            return parse_state(file.read())
    except (OSError, IndexError):
        return {}, ()


def find_change(folder: str, files: Iterable[tuple[str, str, str]], kinds: Sequence[str]) -> str:
    """Return the first file of these kinds that is not as it was; nothing if all are."""
    for kind, mark, path in files:
        if kind in kinds and not _is_same(folder, kind, mark, path):
            return path
    return ""


def _is_same(folder: str, kind: str, mark: str, path: str) -> bool:
    if kind == BUILT:
        return mark_size(os.path.join(folder, path)) == mark
    if kind != LISTING:
        return mark_file(path) == mark
    moment, _, names = mark.partition(":")
    return mark_file(path).partition(":")[0] == moment or (
        os.path.isdir(path) and _hash_names(path) == names
    )


class Finder:
    """Finds the built modules of some packages."""

    def __init__(self, folder: str, packages: Sequence[str], sources: Mapping[str, str]) -> None:
        """Find what lies in `folder`.

        Args:
            folder: where what was built lies, and the state.
            packages: the packages at the top that something was built for.
            sources: package -> its folder in the source tree.
        """
        self.folder = folder
        self.packages = packages
        self.sources = sources
        self.is_checked = False

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where a module is, if it was built; the source tree has its own finder."""
        del path, target
        if name.partition(".")[0] not in self.packages or os.environ.get(SWITCH) == "off":
            return None
        if not self.is_checked:
            self._bring_up_to_date(name)
            self.is_checked = True
        start = os.path.join(self.folder, *name.split("."))
        package = os.path.join(start, "__init__.py")
        if os.path.isfile(package):
            own = [self.sources[name]] if name in self.sources else []
            return _make_spec(name, package, [start, *own])
        return _make_spec(name, f"{start}.py", None) if os.path.isfile(f"{start}.py") else None

    def _bring_up_to_date(self, name: str) -> None:
        """Have built anew what is not up to date; nobody else does so meanwhile.

        Who has waited for somebody who failed does not try the same again.

        Raises:
            ImportError: if that fails, with what the compiler said.
        """
        values, files = read_state(self.folder)
        if values.get("rebuild") != "yes" or not find_change(self.folder, files, (INPUT, LISTING)):
            return
        path = os.path.join(self.folder, LOCK)
        before = mark_file(path)
        lock = _hold(path)
        try:
            values, files = read_state(self.folder)
            if change := find_change(self.folder, files, (INPUT, LISTING)):
                tried = _fingerprint(files)
                failure = _read_failure(path, tried) if mark_file(path) != before else ""
                if not failure:
                    failure = _rebuild(self.folder, values, change)
                    _note_failure(path, tried, failure)
                if failure:
                    raise ImportError(failure, name=name)
        finally:
            if lock >= 0:
                os.close(lock)


def _make_spec(name: str, file: str, folders: list[str] | None) -> ModuleSpec:
    from importlib.machinery import ModuleSpec, SourceFileLoader  # noqa: PLC0415 - only if used

    spec = ModuleSpec(name, SourceFileLoader(name, file), origin=file, is_package=bool(folders))
    spec.has_location = True
    if folders:
        spec.submodule_search_locations = folders
    return spec


def _hold(path: str) -> int:
    """Wait for a lock that the system releases when its holder ends; -1 where there are none."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows

        handle = os.open(path, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    except (ImportError, OSError):
        return -1
    return handle


def _fingerprint(files: Iterable[tuple[str, str, str]]) -> str:
    """Return a number for how the files of an install are now."""
    from zlib import crc32  # noqa: PLC0415 - as above

    marks = (f"{mark_file(path)} {path}" for _, _, path in files)
    return str(crc32("\n".join(marks).encode("utf-8", "surrogateescape")))


def _note_failure(path: str, tried: str, failure: str) -> None:
    """Leave in the lock's file what has failed, for those who wait for it, or that nothing has."""
    try:
        if failure or os.stat(path).st_size:
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{tried}\n{failure}" if failure else "")
    except OSError:
        return  # they try themselves


def _read_failure(path: str, tried: str) -> str:
    """Return why a build of the very same files has failed; nothing if none has."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            of_what, _, failure = file.read().partition("\n")
    except OSError:
        return ""
    return failure if of_what == tried else ""


def _rebuild(folder: str, values: Mapping[str, str], change: str) -> str:
    """Have an install built anew; return why that failed, nothing if it did not."""
    root = values.get("root", "")
    for python in dict.fromkeys((values.get("python", ""), sys.executable)):
        command = (python, "-m", "ffiwheel", "develop", root, "--into", folder)
        code, said = _run(command) if os.path.isfile(python) else (1, _MISSING)
        if not code:
            return ""
        if _MISSING not in said:
            break
    else:
        said = (
            "error: ffiwheel is not there any more\n"
            f"   at: {values.get('python', '')}\n"
            " help: install it into this environment (`pip install ffiwheel`),\n"
            f"       or run `ffiwheel develop` in {root} again\n"
        )
    shown = os.path.relpath(change, root) if change.startswith(root + os.sep) else change
    return f"`{shown}` has changed, and cannot be built:\n\n{said.rstrip()}"


_MISSING = "No module named ffiwheel"


def _run(command: tuple[str, ...]) -> tuple[int, str]:
    """Run a program; return its exit code, and what it prints.

    Without `subprocess`, whose import takes longer than the whole check.
    """
    read, write = os.pipe()
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, write, 1),
        (os.POSIX_SPAWN_DUP2, write, 2),
    ]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", SWITCH: "off"}
    try:
        child = os.posix_spawn(command[0], command, environment, file_actions=actions)
    finally:
        os.close(write)
    chunks = []
    with os.fdopen(read, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            chunks.append(chunk)
    status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status), b"".join(chunks).decode("utf-8", "replace")


def install(folder: str, packages: Sequence[str], sources: Mapping[str, str]) -> None:
    """Put a finder before the one that looks into folders; once for each folder."""
    if not any(getattr(one, "folder", None) == folder for one in sys.meta_path):
        sys.meta_path.insert(0, Finder(folder, packages, sources))
