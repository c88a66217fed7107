# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of mutants: what a row says, and whether it can be applied.

A table is text: a header that names the columns, then a row per mutant, separated by tabs.  Lines
that begin with # and empty lines are passed over.

  id     a short name, unique over all tables
  area   the kind of check: trust, voucher, path, cms, cmp, tls, store, ...
  file   the file that is changed, from the root
  old    a piece that occurs exactly once in the file; the sign U+23CE in it stands for the end of a
         line and the white space that the next one begins with
  new    what replaces it
  tests  the tests that notice, joined by "; ", written as in docs/conformance.md; may be empty

Only file, old and new have to be there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS = ("id", "area", "file", "old", "new", "tests")
NEEDED = ("file", "old", "new")
LINE_END = "\u23ce"


class Wrong(Exception):
    """A table or a row that cannot be used; the text says where and why."""


@dataclass
class Mutant:
    name: str
    area: str
    file: str
    old: str
    new: str
    tests: list[str] = field(default_factory=list)
    where: str = ""

    def mutate(self, text: str) -> str:
        """The file's text with the change.  Wrong: it does not apply."""
        pattern = r"\n\s*".join(re.escape(part) for part in self.old.split(LINE_END))
        found = list(re.finditer(pattern, text))
        if len(found) != 1:
            raise Wrong(f"{self.where}: {self.file} has {self.old!r} {len(found)} times, expected once")
        return text[: found[0].start()] + self.new.replace(LINE_END, "\n") + text[found[0].end() :]


def split(tests: str) -> list[str]:
    return [test.strip() for test in tests.split("; ") if test.strip()]


def rows_of(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The rows of any table of ours, each with its place, by the names of the header."""
    header: list[str] = []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
            continue
        if len(cells) > len(header):
            raise Wrong(f"{path}:{number}: {len(cells)} cells below {len(header)} columns")
        rows.append((f"{path}:{number}", dict(zip(header, cells))))
    return rows


def read(path: Path) -> list[Mutant]:
    mutants = []
    for where, cells in rows_of(path):
        unknown = set(cells) - set(COLUMNS)
        missing = [name for name in NEEDED if name not in cells]
        if unknown or missing:
            names = ", ".join(sorted(unknown) or missing)
            raise Wrong(f"{where}: {'unknown column' if unknown else 'nothing for'} {names}")
        if not cells["old"] or cells["old"] == cells["new"]:
            raise Wrong(f"{where}: nothing is changed")
        name = cells.get("id") or where.rsplit("/", 1)[-1]
        tests = split(cells.get("tests", ""))
        mutants.append(Mutant(name, cells.get("area") or "other", cells["file"], cells["old"],
                              cells["new"], tests, where))  # fmt: skip
    return mutants


def read_all(paths: list[Path], root: Path) -> list[Mutant]:
    """All rows of all tables, each applicable to the files below root."""
    mutants = [mutant for path in paths for mutant in read(path)]
    if not mutants:
        raise Wrong("no mutants: the tables are empty")
    seen: set[str] = set()
    complaints = []
    for mutant in mutants:
        file = root / mutant.file
        if mutant.name in seen:
            complaints.append(f"{mutant.where}: {mutant.name} is there twice")
        seen.add(mutant.name)
        try:
            if not file.is_file():
                raise Wrong(f"{mutant.where}: {mutant.file}: no such file")
            mutant.mutate(file.read_text(encoding="utf-8"))
        except Wrong as why:
            complaints.append(str(why))
    if complaints:
        raise Wrong("\n".join(complaints))
    return mutants
