"""Names in an environment."""

from __future__ import annotations

import re


def folder_name(project: str) -> str:
    """Return the folder for what was built of an editable install.

    >>> folder_name("My.Hello-World")
    '_my_hello_world_editable'
    """
    return f"_{re.sub('[-_.]+', '_', project.lower())}_editable"
