"""`RECORD`: every file of a wheel with its hash and size.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def hash_of(data: bytes) -> str:
    """Return the hash of a file as `RECORD` writes it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.rstrip(b'=').decode()}"


def render_record(files: Mapping[str, bytes], own_path: str) -> bytes:
    """Return the `RECORD` of `files`, in their order, and of itself without a hash."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows((name, hash_of(data), len(data)) for name, data in files.items())
    writer.writerow((own_path, "", ""))
    return text.getvalue().encode()


def check_record(files: Mapping[str, bytes], record: bytes, own_path: str) -> list[str]:
    """Return the names of files that are missing in `record`, or differ from what it says."""
    rows = {row[0]: row[1] for row in csv.reader(io.StringIO(record.decode())) if row}
    wrong = [name for name, data in files.items() if rows.get(name) != hash_of(data)]
    return sorted({name for name in wrong if name != own_path} | (rows.keys() - files.keys()))
