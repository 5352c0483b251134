"""Writes the catalogue and its reference pages, or says what differs.

    python -m tools.catalogue [--check] [FOLDER]

FOLDER holds the official specs (`apps/`, `docs/`); where none is given it is INSTEP_GHL_SPECS, or
the folder beside this clone. `--check` writes nothing, and fails if what is checked in is not what
would be written.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tools.catalogue.build import JsonObject, build
from tools.catalogue.pages import all_pages

_ROOT = Path(__file__).parents[2]
_DATA = _ROOT / "src" / "instep" / "catalogue" / "data"
_PAGES = _ROOT / "docs" / "reference" / "operations"
SPECS_VARIABLE = "INSTEP_GHL_SPECS"
_BESIDE_THE_CLONE = _ROOT / "../shared/facts/ghl/openapi"


def find_specs(given: str | None = None) -> Path | None:
    """Return the folder of the specs, None if they are not there."""
    folder = Path(given or os.environ.get(SPECS_VARIABLE) or _BESIDE_THE_CLONE)
    return folder if (folder / "apps" / "v3").is_dir() else None


def data_files(files: dict[str, JsonObject]) -> dict[Path, str]:
    """Return the text of each data file by its path."""
    return {
        _DATA / f"{name}.json": json.dumps(file, indent=1, ensure_ascii=False) + "\n"
        for name, file in files.items()
    }


def page_files() -> dict[Path, str]:
    """Return the text of each reference page by its path, as the checked-in data has it."""
    return {_PAGES / name: text for name, text in all_pages().items()}


def differing(wanted: dict[Path, str]) -> list[Path]:
    """Return the files that are missing, too many or not what is wanted, in its folders."""
    there = {path for folder in {path.parent for path in wanted} for path in folder.glob("*.*")}
    wrong = [path for path, text in wanted.items() if path not in there or path.read_text() != text]
    return sorted([*wrong, *(there - wanted.keys())])


def write(wanted: dict[Path, str]) -> int:
    """Make the folders hold just what is wanted, and return how many files changed."""
    changed = differing(wanted)
    for path in changed:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path])
        else:
            path.unlink()
    return len(changed)


def main(arguments: list[str]) -> int:
    """Write, or with `--check` say which files differ."""
    given = [each for each in arguments if each != "--check"]
    folder = find_specs(given[0] if given else None)
    if folder is None:
        print(f"No official specs there: give their folder or set {SPECS_VARIABLE}.")
        return 2
    files = build(folder)
    if "--check" in arguments:
        wrong = [*differing(data_files(files)), *differing(page_files())]
        print("\n".join(f"{path.name} differs" for path in wrong) or "nothing differs")
        return 1 if wrong else 0
    changed = write(data_files(files)) + write(page_files())
    operations = sum(len(file["operations"]) for file in files.values())
    print(f"{operations} operations of {len(files)} products, {changed} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
