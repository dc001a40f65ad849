"""Everything that is known of a version and is true of its sdist as well: as JSON, as variables.

Where the version was read from differs between a checkout and its sdist, so it is not told here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ffiwheel.errors import VersionError
from ffiwheel.versioning.forms.pep440 import render_full
from ffiwheel.versioning.forms.registry import FORMS, render_form

if TYPE_CHECKING:
    from ffiwheel.model.version import Version
    from ffiwheel.versioning.emit.request import Request

_SCHEMA = 1


def render_json(request: Request) -> str:
    """Return a JSON object; a form that cannot express the version is null."""
    version = request.version
    facts = {
        "schema": _SCHEMA,
        "name": request.name,
        "version": render_full(version),
        "tag": version.tag,
        "distance": version.distance,
        "commit": version.node,
        "dirty": version.is_dirty,
        "forms": {form: express(version, form)[0] for form in FORMS},
    }
    return f"{json.dumps(facts, indent=2)}\n"


def render_env(request: Request) -> str:
    """Return a variable for each form that can express the version.

    No quotes and no comments: then `sh`, readers of `.env` and `$GITHUB_ENV` all read the same. No
    form has a character that a shell would take for its own.
    """
    version = request.version
    values = {"": render_full(version), "_COMMIT": version.node}
    for form in FORMS:
        text, _ = express(version, form)
        if form != "full" and text is not None:
            values[f"_{form.replace('-', '_').upper()}"] = text
    return "".join(f"{request.prefix}{name}={value}\n" for name, value in values.items())


def express(version: Version, form: str) -> tuple[str | None, str]:
    """Return the version in a form, or None and why that form cannot express it."""
    try:
        return render_form(version, form), ""
    except VersionError as error:
        return None, error.problems[0].message
