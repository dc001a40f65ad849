"""The project's own template, by Jinja2 (https://jinja.palletsprojects.com).

A template sees the version's facts and its forms, `c_number` for `c-number`. It cannot reach
Python's internals, and a name that it does not know is an error: an empty text would be a wrong
version.
"""

from __future__ import annotations

import difflib
import re
import traceback
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from ffiwheel.errors import ProjectError
from ffiwheel.versioning.emit.facts import express
from ffiwheel.versioning.forms.pep440 import render_full
from ffiwheel.versioning.forms.registry import FORMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.versioning.emit.request import Request


def render_template(request: Request) -> str:
    """Return what the template makes of the version.

    Raises:
        ProjectError: if it does not parse, or fails; with its line.
    """
    names = template_names(request)
    environment = SandboxedEnvironment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        newline_sequence="\r\n" if "\r\n" in request.given else "\n",
        autoescape=False,  # what is made is source code, not HTML
    )
    try:
        return environment.from_string(request.given).render(names)
    except TemplateSyntaxError as error:
        raise ProjectError(
            f"the template has a mistake: {(error.message or '').rstrip('.')}",
            where=f"{request.where}:{error.lineno}",
            hint="Jinja2 describes its language: https://jinja.palletsprojects.com/templates",
        ) from error
    except UndefinedError as error:
        where = f"{request.where}:{_line_of(error)}"
        raise ProjectError(
            f"the template failed: {error}", where=where, hint=_hint(str(error), names)
        ) from error
    except Exception as error:  # a template can raise whatever an expression of Python's can
        raise ProjectError(
            f"the template failed: {error}", where=f"{request.where}:{_line_of(error)}"
        ) from error


def template_names(request: Request) -> Mapping[str, object]:
    """Return what a template may name; a form that cannot express the version says so if used."""
    version = request.version
    names: dict[str, object] = {
        "name": request.name,
        "version": render_full(version),
        "tag": version.tag,
        "distance": version.distance,
        "commit": version.node,
        "dirty": version.is_dirty,
    }
    for form in FORMS:
        text, reason = express(version, form)
        names[form.replace("-", "_")] = StrictUndefined(hint=reason) if text is None else text
    return names


def _hint(message: str, names: Mapping[str, object]) -> str:
    """Return what to write instead of a name that is not known."""
    found = re.fullmatch(r"'(\w+)' is undefined", message)
    if not found:
        return ""
    close = difflib.get_close_matches(found[1], names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"the names are: {', '.join(names)}"


def _line_of(error: Exception) -> int:
    """Return the template's line that failed; Jinja2 writes it into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if "<template>" in frame[0]), 1)
