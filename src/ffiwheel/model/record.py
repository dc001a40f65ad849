"""`RECORD`: every file of a wheel with its hash and size.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

STRONG = ("sha256", "sha384", "sha512")
"""The algorithms that `RECORD` may use and every Python has."""
_MOST_ROWS = 300_000
_SIGNATURES = (".jws", ".p7s")
"""What `RECORD` need not list: its own signatures, beside it."""


class Row(NamedTuple):
    """A line of `RECORD`."""

    path: str
    digest: str
    """Algorithm and hash, such as `sha256=...`; may be empty."""
    size: str
    """Bytes; may be empty."""

    @property
    def algorithm(self) -> str:
        """The algorithm of the hash."""
        return self.digest.partition("=")[0]


class Hashed(NamedTuple):
    """A file as it is."""

    digest: str
    """Algorithm and hash as `RECORD` writes them."""
    size: int


class RecordFault(NamedTuple):
    """A file that `RECORD` does not describe truly."""

    path: str
    what: str


def hash_of(data: bytes) -> str:
    """Return the hash of a file as `RECORD` writes it."""
    return render_digest("sha256", hashlib.sha256(data).digest())


def render_digest(algorithm: str, digest: bytes) -> str:
    """Return a hash as `RECORD` writes it."""
    return f"{algorithm}={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def render_record(files: Mapping[str, bytes], own_path: str) -> bytes:
    """Return the `RECORD` of `files`, in their order, and of itself without a hash."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows((name, hash_of(data), len(data)) for name, data in files.items())
    writer.writerow((own_path, "", ""))
    return text.getvalue().encode()


def render_rows(rows: Iterable[Row]) -> bytes:
    """Return a `RECORD` of these lines."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def parse_record(text: str) -> tuple[Row, ...]:
    r"""Return the lines of a `RECORD`; what is missing in one is empty.

    Raises:
        ValueError: if it is not in the form of CSV, or has more lines than a wheel has files.

    >>> parse_record("a.py,sha256=x,1\n\nb.py\n")
    (Row(path='a.py', digest='sha256=x', size='1'), Row(path='b.py', digest='', size=''))
    """
    try:
        rows = [row for row in itertools.islice(csv.reader(io.StringIO(text)), _MOST_ROWS) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if len(rows) == _MOST_ROWS:
        raise ValueError(f"it has {_MOST_ROWS} lines or more")
    return tuple(Row(*[*row, "", ""][:3]) for row in rows)


def check_record(
    rows: Sequence[Row], files: Mapping[str, Hashed], own_path: str
) -> Iterator[RecordFault]:
    """Yield every way in which `rows` do not describe `files`, by path.

    Args:
        rows: the lines of `RECORD`.
        files: archive path -> what the file really is, by the algorithm of its line.
        own_path: the path of `RECORD`.
    """
    by_path: dict[str, Row] = {}
    for row in rows:
        if row.path in by_path:
            yield RecordFault(row.path, "RECORD lists it twice")
        by_path[row.path] = row
    exempt = {own_path, *(f"{own_path}{suffix}" for suffix in _SIGNATURES)}
    for path in sorted({*files, *by_path} - exempt):
        if path not in by_path:
            yield RecordFault(path, "RECORD does not list it")
        elif path not in files:
            yield RecordFault(path, "RECORD lists it, and it is not in the wheel")
        else:
            yield from _compare(by_path[path], files[path])


def _compare(row: Row, file: Hashed) -> Iterable[RecordFault]:
    if row.algorithm not in STRONG:
        named = f"a hash by {row.algorithm}, which is too weak" if row.digest else "no hash"
        return [RecordFault(row.path, f"RECORD has {named}")]
    if row.digest.rstrip("=") != file.digest:
        return [RecordFault(row.path, "RECORD has another hash")]
    if row.size != str(file.size):
        said = f"the size {row.size!r}" if row.size else "no size"
        return [RecordFault(row.path, f"RECORD has {said}; it is {file.size}")]
    return []
