#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What strangers found, and what keeps it mended: tests/field.tsv against the tests and mutants.

  tests/field.py check           every entry has its tests and a mutant, all of them exist, and
                                 docs/interoperability.md is the one written from the table
  tests/field.py ran BUILD       each of these tests ran in the last `make check`, and none failed
  tests/field.py killed BUILD    each of these mutants was killed by the last `make mutants`
  tests/field.py document        writes docs/interoperability.md

The columns of the table: entry, tests and mutant (both joined by "; "), and what was found.  An entry
may have several rows.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/mutants"))

import table  # noqa: E402

ENTRIES = [*(f"1.{n}" for n in range(1, 6)), *(f"2.{n}" for n in range(1, 7)),
           *(f"3.{n}" for n in range(1, 10)), *(f"4.{n}" for n in range(1, 8)),
           *(f"5.{n}" for n in range(1, 9)), *(f"6.{n}" for n in range(1, 8)), "7"]  # fmt: skip
OPEN = {"6.3", "6.4", "6.6", "6.7"}  # not mended yet, or not all of it
AREAS = ("trust", "voucher", "path", "cms", "cmp", "tls", "store")
AREA_MIN, MUTANTS_MIN = 10, 150
WHOLE = ("lint", "fault", "durable", "replay", "check-on", "mutants")  # kinds of tests, without a name
HEADINGS = {
    "1": "Where it runs",
    "2": "Time",
    "3": "Trust",
    "4": "What is read",
    "5": "`onramp cmp`",
    "6": "Words and screens",
    "7": "The tests themselves",
}
DOCUMENT = ROOT / "docs/interoperability.md"


class Row:
    def __init__(self, where: str, cells: dict[str, str]) -> None:
        self.where, self.entry = where, cells.get("entry", "")
        self.tests = table.split(cells.get("tests", ""))
        self.mutants = table.split(cells.get("mutant", ""))
        self.what = cells.get("what", "")


def rows() -> list[Row]:
    found = table.rows_of(ROOT / "tests/field.tsv")
    return [Row(where.replace(f"{ROOT}/", ""), cells) for where, cells in found]


def mutants() -> list[table.Mutant]:
    return table.read_all(sorted((ROOT / "tests/mutants").glob("*.tsv")), ROOT)


def references() -> set[str]:
    words = ["sh", "tests/lint/conformance.sh", "--references"]
    return set(subprocess.run(words, cwd=ROOT, check=True, capture_output=True,
                              text=True).stdout.splitlines())  # fmt: skip


def is_whole(test: str) -> bool:
    return test.split(" ")[0] in WHOLE


def check_entries(all_rows: list[Row]):
    for entry in ENTRIES:
        mine = [row for row in all_rows if row.entry == entry]
        if not mine and entry in OPEN:
            continue
        if not mine:
            yield f"tests/field.tsv: entry {entry} is missing"
            continue
        for what, seen in (("no test", any(row.tests for row in mine)),
                           ("no mutant", any(row.mutants for row in mine)),
                           ("no word of what was found", any(row.what for row in mine))):  # fmt: skip
            if not seen:
                yield f"tests/field.tsv: entry {entry} has {what}"
    for row in all_rows:
        if row.entry not in ENTRIES:
            yield f"{row.where}: there is no entry {row.entry!r}"


def check_names(all_rows: list[Row], known_mutants: set[str]):
    known = references()
    for row in all_rows:
        for test in row.tests:
            if test not in known and not is_whole(test):
                yield f"{row.where}: no such test: {test}"
        for mutant in row.mutants:
            if mutant not in known_mutants:
                yield f"{row.where}: no such mutant: {mutant}"


def check_tables(all_mutants: list[table.Mutant]):
    areas = Counter(mutant.area for mutant in all_mutants)
    if len(all_mutants) < MUTANTS_MIN:
        yield f"tests/mutants: {len(all_mutants)} mutants, expected at least {MUTANTS_MIN}"
    for area in AREAS:
        if areas[area] < AREA_MIN:
            yield f"tests/mutants: {areas[area]} of {area}, expected at least {AREA_MIN}"


def check() -> list[str]:
    all_rows, all_mutants = rows(), mutants()
    complaints = [*check_entries(all_rows), *check_tables(all_mutants),
                  *check_names(all_rows, {mutant.name for mutant in all_mutants})]  # fmt: skip
    if not DOCUMENT.is_file() or DOCUMENT.read_text(encoding="utf-8") != document(all_rows):
        complaints.append("docs/interoperability.md is out of date: tests/field.py document")
    return complaints


def logged(build: Path) -> dict[str, str]:
    """Of each test that the logs name: ok, FAILED or skipped.  A scenario's name is followed by
    its time, a failed case of interop by its reason."""
    results: dict[str, str] = {}
    for log in sorted((build / "log").iterdir()):
        if log.suffix or not log.is_file():
            continue
        for line in log.read_text(errors="replace").splitlines():
            match = re.match(r"(ok|FAILED|skipped):? +(.*?)(?: \([0-9.]+ s\).*)?$", line)
            if match:
                prefix = "lab " if log.name == "lab" else ""
                name = match[2].split(": ")[0] if log.name == "interop" else match[2]
                results[prefix + name] = match[1]
    return results


def ran(build: Path) -> list[str]:
    results, complaints = logged(build), []
    for row in rows():
        for test in row.tests:
            if not is_whole(test) and results.get(test) not in ("ok", "skipped"):
                complaints.append(f"{row.entry}: {results.get(test, 'did not run')}: {test}")
    return complaints


def killed(build: Path) -> list[str]:
    results = dict((cells["id"], cells["result"])
                   for _, cells in table.rows_of(build / "mutants/results.tsv"))  # fmt: skip
    return [f"{row.entry}: {results.get(mutant, 'was not tried')}: {mutant}" for row in rows()
            for mutant in row.mutants if results.get(mutant) != "killed"]  # fmt: skip


def document(all_rows: list[Row]) -> str:
    lines = [
        "# Interoperability",
        "",
        "onramp was held against servers, data, attackers and users that it had never met: two CMP",
        "servers, the artifacts of four registrars, public bug reports, 80,000 vectors, Debian 13 and",
        "sid, and people who had not read its manual. This is what they found, and the tests that keep",
        "it mended. `make check` runs them, and looks that each of them ran; `make mutants` takes every",
        "mend out again and looks that its tests notice.",
        "",
        "Written by `tests/field.py document` from tests/field.tsv.",
    ]
    chapter = ""
    for entry in ENTRIES:
        mine = [row for row in all_rows if row.entry == entry]
        if entry.split(".")[0] != chapter:
            chapter = entry.split(".")[0]
            lines += ["", f"## {HEADINGS[chapter]}", "", "| | what was found | tests |", "|---|---|---|"]
        what = " ".join(row.what for row in mine if row.what)
        if entry in OPEN:
            what = f"{what} Open in part." if what else "Open."
        tests = ", ".join(f"`{test}`" for row in mine for test in row.tests)
        lines.append(f"| {entry} | {what} | {tests} |")
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    try:
        if words == ["document"]:
            DOCUMENT.write_text(document(rows()), encoding="utf-8")
            return 0
        if words == ["check"]:
            complaints = check()
        elif len(words) == 2 and words[0] in ("ran", "killed"):
            complaints = {"ran": ran, "killed": killed}[words[0]](Path(words[1]))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except (table.Wrong, OSError, subprocess.CalledProcessError) as why:
        complaints = [str(why)]
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
