"""The child process that asks setuptools_scm: standard library and setuptools_scm only.

    python _scm.py ANSWER

It runs in the project's folder and writes JSON to the file ANSWER: the version and the facts it was
computed from, or `error`, or `missing` where setuptools_scm is not installed. It computes only:
the files that setuptools_scm is configured to write are not written.

The facts come through a local scheme of our own. It looks, answers nothing, and setuptools_scm goes
on to the configured one: https://setuptools-scm.readthedocs.io/en/latest/extending/
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import warnings
from pathlib import Path


def main(answer: Path) -> None:
    """Write what setuptools_scm says of the project in the current folder."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        said = _ask()
    notes = [str(warning.message) for warning in heard]
    answer.write_text(json.dumps({**said, "notes": notes}), encoding="utf-8")


def _ask() -> dict[str, object]:
    try:
        from setuptools_scm import Configuration, _get_version  # noqa: PLC0415 - it may be missing
    except ModuleNotFoundError as error:
        if error.name == "setuptools_scm":
            return {"missing": True}
        raise
    from importlib.metadata import version as release_of  # noqa: PLC0415 - with setuptools_scm

    seen: dict[str, object] = {}

    def look(version: object) -> None:
        seen.update(_read_facts(version))

    try:
        config = Configuration.from_file("pyproject.toml")
        schemes = config.local_scheme
        config.local_scheme = [look, *(schemes if isinstance(schemes, list | tuple) else [schemes])]
        number = _get_version(config, force_write_version_files=False)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the user is told
        traceback.print_exc()
        return {"error": f"{error}".strip() or type(error).__name__}
    if number is None:
        return {"error": "it finds no version, neither in a repository nor in an sdist"}
    return {"version": str(number), "release": release_of("setuptools_scm"), **seen}


def _read_facts(version: object) -> dict[str, object]:
    """Return what a `ScmVersion` knows."""
    return {
        "tag": str(getattr(version, "tag", None) or ""),
        "distance": int(getattr(version, "distance", None) or 0),
        "node": str(getattr(version, "node", None) or ""),
        "dirty": bool(getattr(version, "dirty", False)),
    }


if __name__ == "__main__":
    # Python puts this folder first, where modules lie that are named like others' packages.
    _HERE = os.path.realpath(os.path.dirname(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.realpath(folder) != _HERE]
    main(Path(sys.argv[1]))
