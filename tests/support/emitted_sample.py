"""What the tests of emitted files share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAIN = """
#include <stdio.h>
#include "emitted_files_version.h"
int main(void) {
  printf("%s %lld\\n", emitted_files_version(), emitted_files_version_number());
  return EMITTED_FILES_VERSION_ENCODE(0, 6, 0) < EMITTED_FILES_VERSION_NUMBER ? 0 : 1;
}
"""


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
