"""The table `[tool.ffiwheel]`: one class per TOML table, one docstring per key.

This file is the whole truth about the configuration. The decoder checks a table against it, and
the reference page is made from it. Keys are spelt in TOML with `-` where a field has `_`.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the decoder reads the types at run time
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_FLAGS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


LauncherName: TypeAlias = Literal["auto", "none", "ccache", "sccache", "distcc", "icecc"]


class CompileTable(NamedTuple):
    """How plain sources are compiled; a `CMakeLists.txt` says all of this itself.

    Relative paths in all options are relative to the project's folder.
    """

    include_dirs: tuple[str, ...] = ()
    """Folders with headers, relative to the project."""
    defines: tuple[str, ...] = ()
    """Preprocessor definitions, as `NAME` or `NAME=VALUE`."""
    flags: tuple[str, ...] = ()
    """More options for the C++ and the CUDA compiler's host part."""
    cuda_flags: tuple[str, ...] = ()
    """More options for `nvcc`."""
    cuda_architectures: tuple[str, ...] = ()
    """What to compile CUDA for, such as `"80"` and `"90a"`; default: what `nvcc` calls
    `all-major`, every major architecture it knows and PTX of the last."""
    link_flags: tuple[str, ...] = ()
    """More options for the linker, such as `-lfoo`."""
    standard: Literal["c++17", "c++20", "c++23"] = "c++17"
    """The C++ standard."""
    flags_for: Mapping[str, tuple[str, ...]] = _NO_FLAGS
    """More `flags` for some targets: `"*-x86_64" = ["-mavx2"]`. The keys are names of targets, in
    which `*` matches any text. A build without `--target` is for the target that the machine is,
    such as `linux-x86_64`. What several keys say is given one after the other."""
    link_flags_for: Mapping[str, tuple[str, ...]] = _NO_FLAGS
    """More `link-flags` for some targets: `"windows-*" = ["-lws2_32"]`."""
    precompiled_headers: bool = True
    """Whether g++ reads the headers of TVM-FFI once for all sources that begin with the same ones,
    from five such sources on. The library is the same to the byte; the build folder gets some
    80 MB larger. Other compilers read them for each source."""
    unity: bool = False
    """Whether C++ sources are compiled eight at a time, as one: less work for a whole build, more
    for one edit. Names that several of them give to things of their own then clash."""
    launcher: LauncherName = "auto"
    """What starts the C++ compiler, for a `CMakeLists.txt` too: a cache (`ccache`, `sccache`) or
    what hands the work to other machines (`distcc`, `icecc`). With `auto`, ccache or sccache if it
    is found and works. Each is set up by its own means, such as `DISTCC_HOSTS`. zig, which has a
    cache of its own, and `nvcc` are started without it."""


class BindingsTable(NamedTuple):
    """What Python sees of the library."""

    prefix: str = ""
    """The namespace under which the library registers functions and classes; default: the name of
    the Python package."""
    signatures: Literal["full", "bare"] = "full"
    """With `full`, functions are Python functions with keywords, defaults and documentation. With
    `bare`, they are TVM-FFI's own function objects: some ten nanoseconds faster, and positional."""
    accelerate: bool = False
    """Whether calls take a short way where Python allows it, and importing the package does not
    import `tvm_ffi` before something needs it; see [acceleration](acceleration.md). Not with
    `bare` signatures."""
    hold_gil: tuple[str, ...] = ()
    """Functions that are called with the GIL held, by their Python names, in which `*` matches any
    text: `["*"]`. That is some forty nanoseconds faster, and no other thread of Python runs
    meanwhile. By default it is released, as TVM-FFI does."""
    types: Mapping[str, str] = _NOTHING
    """Annotations that are better than the C++ types say, such as `"add.x" = "int"` or
    `"Point.norm.return" = "float"`; see [bindings](bindings.md#better-types)."""
    classes: Mapping[str, str] = _NOTHING
    """Where the classes of other packages are found in Python, by type key, such as
    `"other.Base" = "other.Base"`."""


EmitForm: TypeAlias = Literal[
    "c-header",
    "c-source",
    "cmake",
    "python",
    "javascript",
    "commonjs",
    "typescript",
    "package-json",
    "conda",
    "json",
    "env",
]


class EmitTable(NamedTuple):
    """A file that states the version, made by each build in the build folder, never in the tree.

    It counts as if it lay in the project: it is compiled, found by `#include`, and goes into the
    wheel and the sdist as its path says.
    """

    path: str
    """Where the file would lie in the project, such as `include/hello_version.h`."""
    form: EmitForm | None = None
    """What kind of file it is."""
    template: str | None = None
    """Instead of a form, a Jinja2 template in the project; with `package-json`, the `package.json`
    to copy, by default the one at the top."""

    @property
    def given(self) -> str | None:
        """The file of the project to start from, if there is one."""
        return self.template or ("package.json" if self.form == "package-json" else None)


class WriteTable(NamedTuple):
    """A place in a file where the version stands as text, which no build changes.

    [releases.md](releases.md) has examples.
    """

    path: str
    """The file, relative to the project."""
    pattern: str
    """A regular expression that matches once in the file. Its one group is the version, and `^` and
    `$` match at the ends of lines: `^version = "(.*)"$`."""
    form: Literal[
        "public",
        "full",
        "npm",
        "cargo",
        "conda",
        "debian",
        "cmake",
        "cmake-full",
        "c-major",
        "c-minor",
        "c-patch",
        "c-number",
        "docker",
        "windows",
    ] = "public"
    """How the version is spelt there: one of the [forms](version-forms.md)."""


class VersionTable(NamedTuple):
    """How the version comes from git, where `project.dynamic` lists `version`."""

    provider: Literal["git", "setuptools_scm"] = "git"
    """Who computes the version: ffiwheel from git, or setuptools_scm, as `[tool.setuptools_scm]`
    says; then `tag-prefix`, `next`, `fallback` and `paths` must not be given."""
    tag_prefix: str = "v"
    """What a version tag begins with."""
    next: Literal["minor", "patch"] = "minor"
    """Which part the version after a release counts up."""
    fallback: str | None = None
    """The release that work leads to while no tag exists, such as `"0.1.0"`, which is the default
    in a repository. Only if it is set does it count outside of git, too."""
    paths: tuple[str, ...] = ()
    """What of the repository makes up this project, relative to its folder; then only commits and
    edits that touch it count. Default: the whole repository."""
    changelog: str | None = None
    """The changelog, which must have a heading for every release: `"CHANGELOG.md"`. Default: none
    is asked for."""
    write: tuple[WriteTable, ...] = ()
    emit: tuple[EmitTable, ...] = ()


class TargetsTable(NamedTuple):
    """What `ffiwheel build --target` builds for."""

    glibc: str = "2.17"
    """The oldest glibc that wheels for Linux run with; not older than `"2.17"`. A target with a
    version, such as `linux-aarch64.2.28`, decides for itself."""
    macos: str = "11.0"
    """The oldest macOS that wheels for it run on; not older than `"11.0"`."""


class DevelopTable(NamedTuple):
    """What an editable install does: `ffiwheel develop`, and `pip install -e`."""

    rebuild: bool = False
    """Whether importing the package looks first for changes in C++, and builds what has changed."""


class AuditTable(NamedTuple):
    """Which [rules](rules.md) the finished wheel is held against."""

    ignore: Mapping[str, str] = _NOTHING
    """Rules that are left out, and why: `ELF004 = "our C++ users link with it"`. The beginning of a
    code stands for all that begin so. Each build prints the reason."""


class Config(NamedTuple):
    """What is compiled, and what goes into the wheel."""

    sources: tuple[str, ...] = ()
    """Patterns of the C++ and CUDA files to compile. Without it, a `CMakeLists.txt` is built."""
    kernels: tuple[str, ...] = ()
    """Patterns of CUDA files with nothing but kernels, `extern "C" __global__` functions. They are
    compiled once for all targets. C++ gets at those of `add.cu` with `TVM_FFI_EMBED_CUBIN(add)`, as
    `ffiwheel new --template cuda` shows."""
    packages: tuple[str, ...] = ()
    """Folders of Python packages that go into the wheel; a folder below `python/` or `src/` keeps
    its place there. Default: the package of the project's name in `python/`, in `src/` or at the
    top."""
    exports: tuple[str, ...] | None = None
    """Symbols that leave the library besides `__tvm_ffi_*`; `*` matches any text. With plain
    sources nothing else does by default. CMake projects keep their own rules unless this is set,
    be it to `[]`."""
    compile: CompileTable = CompileTable()
    bindings: BindingsTable = BindingsTable()
    version: VersionTable = VersionTable()
    targets: TargetsTable = TargetsTable()
    develop: DevelopTable = DevelopTable()
    audit: AuditTable = AuditTable()
