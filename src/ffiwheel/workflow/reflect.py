"""The step *reflect*: what the libraries of a draft offer, and what the sources say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.errors import ReflectError
from ffiwheel.reflect.join import join_source
from ffiwheel.reflect.probe import reflect
from ffiwheel.reflect.source.files import read_files
from ffiwheel.reflect.source.reader import read_sources
from ffiwheel.workflow.binaries import read_binaries

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Step
    from ffiwheel.model.toolchain import Runtime


def reflect_draft(
    draft: Draft, root: Path, folder: Path, runtime: Runtime, step: Step
) -> tuple[Api, tuple[Finding, ...]]:
    """Return what the extension libraries of `draft` register, with names from the source.

    Args:
        draft: the wheel to be.
        root: the project's folder.
        folder: the build folder.
        runtime: the TVM-FFI release to load it with.
        step: where to tell.

    Returns:
        The API, and a finding wherever library and source disagree.

    Raises:
        ReflectError: if there is none, or one does not load.
    """
    extensions = {name: pair for name, pair in read_binaries(draft).items() if pair[1].is_extension}
    if not extensions:
        listed = ", ".join(f"`{name}`" for name in draft.libraries) or "no library at all"
        raise ReflectError(
            "the build made no TVM-FFI extension",
            where=listed,
            hint="export a function with `TVM_FFI_DLL_EXPORT_TYPED_FUNC`,\n"
            "or register one with `tvm::ffi::reflection::GlobalDef()`",
        )
    mentions = read_sources(read_files(root, folder))
    attributes = [mention.name for mention in mentions if mention.kind == "attribute"]
    api, findings = join_source(reflect(extensions, runtime, attributes), mentions)
    step.done(count_names(api))
    return api, findings


def count_names(api: Api) -> str:
    """Return how many functions and classes there are, as the screen shows it."""
    functions, classes = len(api.functions) + len(api.symbols), len(api.classes)
    parts = [f"{functions} function{'' if functions == 1 else 's'}"]
    if classes:
        parts.append(f"{classes} class{'' if classes == 1 else 'es'}")
    return ", ".join(parts)
