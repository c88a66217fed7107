#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes checks out of onramp, one at a time, and looks whether a test notices.

  tests/mutants/run.py                     all tables of tests/mutants
  tests/mutants/run.py FILE...             these tables (their columns: tests/mutants/table.py)
  tests/mutants/run.py -k path-            rows whose names match

Each row is one change of one line.  It is applied to a copy of the source tree below build/mutants,
what depends on it is built again, and the tests that the row names are run (without names: from the
suite of the file to all there are).  A row that does not apply, does not compile, or whose tests fail
without it is an error.  At the end: how many were killed, and the survivors.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import judge  # noqa: E402
import table  # noqa: E402

# One name for many binaries: the fuzz targets of `make replay`.
GROUPS = {"replays": lambda: [f"build/replay/{path.stem}"
                              for path in sorted((ROOT / "tests/fuzz").glob("fuzz_*.c"))]}  # fmt: skip
BINARIES = ("build/unit", "build/san/onramp", "build/onramp", "build/fault/commit")


class Tree:
    """A copy of the sources and of what was built from them, for one worker."""

    def __init__(self, path: Path, build: Path) -> None:
        self.path = path
        self.environment = dict(os.environ, ONRAMP=str(path / "build/onramp"),
                                ASAN_OPTIONS="detect_leaks=1:quarantine_size_mb=16")  # fmt: skip
        for name, place in (("ONRAMP_VECTORS", "vectors"), ("ONRAMP_SPECS", "spec/rfc"),
                            ("ONRAMP_FIELD", "field")):  # fmt: skip
            if name not in os.environ and (ROOT.parent / "shared" / place).is_dir():
                self.environment[name] = str(ROOT.parent / "shared" / place)
        shutil.rmtree(path, ignore_errors=True)
        for name in self._files():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name, follow_symlinks=False)
        for part in ("san", "obj", "suites.c"):
            self._copy_built(build / part, path / "build" / part)

    @staticmethod
    def _files() -> list[str]:
        words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout
        return [name for name in names.decode().split("\0") if name and (ROOT / name).exists()]

    @staticmethod
    def _copy_built(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            shutil.copy2(source, target)

    def make(self, *targets: str) -> str:
        """Builds; returns what the compiler said if it failed, else nothing."""
        words = ["make", "-s", "BUILD=build", "WARN=-w", *targets]
        made = subprocess.run(words, cwd=self.path, env=self.environment, capture_output=True,
                              text=True)  # fmt: skip
        return "" if made.returncode == 0 else (made.stderr + made.stdout).strip()[-2000:]

    def build(self, what: str) -> str:
        if not what:
            return ""
        return self.make(*(GROUPS[what]() if what in GROUPS else [what]))

    def judge(self, runs: list[judge.Run]) -> judge.Verdict:
        """The first command that notices.  Wrong: it does not compile, or nothing ran."""
        ran = 0
        for run in runs:
            said = self.build(run.builds)
            if said:
                raise table.Wrong(f"does not compile:\n{said}")
            verdict = judge.perform(run, self.path, self.environment)
            ran += verdict.by != "nothing ran"
            if verdict.noticed:
                return verdict
        if not ran:
            raise table.Wrong("none of its tests is there")
        return judge.Verdict(False, "")


class Change:
    """A mutant applied to a tree, and taken back with what was built from it."""

    def __init__(self, tree: Tree, mutant: table.Mutant) -> None:
        self.tree, self.mutant = tree, mutant
        self.file = tree.path / mutant.file
        stem = Path(mutant.file).with_suffix("")
        self.objects = [tree.path / "build" / kind / f"{stem}.o" for kind in ("san", "obj")]

    def __enter__(self) -> None:
        self.kept = {path: (path.read_bytes(), path.stat()) for path in [self.file, *self.objects]
                     if path.exists()}  # fmt: skip
        text = self.file.read_text(encoding="utf-8")
        self.file.write_text(self.mutant.mutate(text), encoding="utf-8")

    def __exit__(self, *_) -> None:
        for path, (octets, before) in self.kept.items():
            path.write_bytes(octets)
            # A header goes into many objects: these are made again, from a newer file.
            if self.file.suffix == ".c":
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        for name in BINARIES:
            (self.tree.path / name).unlink(missing_ok=True)
        shutil.rmtree(self.tree.path / "build/replay", ignore_errors=True)
        (self.tree.path / "build/san/onramp.a").unlink(missing_ok=True)


def runs_of(mutant: table.Mutant) -> list[judge.Run]:
    return judge.runs_of(mutant.tests) if mutant.tests else judge.runs_for(mutant.file)


def in_parallel(trees: list[Tree], jobs: list, work) -> list:
    """work(tree, job) for each job, by one thread per tree; the results, in order of their end."""
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    results: list = []
    for job in jobs:
        waiting.put(job)

    def serve(tree: Tree) -> None:
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            results.append(work(tree, job))

    threads = [threading.Thread(target=serve, args=(tree,)) for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def unmutated(trees: list[Tree], mutants: list[table.Mutant]) -> list[str]:
    """What fails although nothing was changed."""
    runs = {run for mutant in mutants if mutant.tests for run in runs_of(mutant)}
    scenarios = tuple(sorted({name for run in runs if run.name.startswith("lab ")
                              for name in run.command[run.command.index("--only") + 1::2]}))  # fmt: skip
    jobs = sorted((run for run in runs if not run.name.startswith("lab ")),
                  key=lambda run: run.name)  # fmt: skip
    if scenarios:
        whole = judge.lab(scenarios)
        jobs.insert(0, judge.Run(whole.name, whole.command, whole.builds, 3600))

    def work(tree: Tree, run: judge.Run) -> str:
        try:
            verdict = tree.judge([run])
        except table.Wrong as why:
            return f"{run.name}: {why}"
        return verdict.by if verdict.noticed else ""

    return [text for text in in_parallel(trees, jobs, work) if text]


def kill(tree: Tree, mutant: table.Mutant) -> tuple[table.Mutant, str, str]:
    """The mutant, `killed`, `SURVIVED` or `ERROR`, and by whom or why."""
    started = time.monotonic()
    try:
        with Change(tree, mutant):
            verdict = tree.judge(runs_of(mutant))
        word, why = ("killed", verdict.by) if verdict.noticed else ("SURVIVED", "")
    except table.Wrong as error:
        word, why = "ERROR", str(error)
    spent = time.monotonic() - started
    note = why if word != "SURVIVED" else f"{mutant.file}: {mutant.old} -> {mutant.new}"
    print(f"{word:8} {mutant.name} ({spent:.1f} s): {note}", flush=True)
    return mutant, word, why


def summary(results: list[tuple[table.Mutant, str, str]], build: Path) -> int:
    with open(build / "mutants/results.tsv", "w", encoding="utf-8") as file:
        file.write("id\tarea\tresult\tby\n")
        for mutant, word, why in results:
            reason = why.replace("\n", " ").replace("\t", " ")
            file.write(f"{mutant.name}\t{mutant.area}\t{word}\t{reason}\n")
    killed = Counter(mutant.area for mutant, word, _ in results if word == "killed")
    print("\nkilled, by area:", ", ".join(f"{area} {n}" for area, n in sorted(killed.items())))
    words = Counter(word for _, word, _ in results)
    print(f"{words['killed']} killed, {words['SURVIVED']} survivors, {words['ERROR']} errors")
    print(f"{words['killed']} passed, {words['SURVIVED'] + words['ERROR']} failed")
    return 0 if words["killed"] == len(results) else 1


def options_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog=__doc__.split("\n\n", 1)[1])  # fmt: skip
    parser.add_argument("tables", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("-k", action="append", metavar="PATTERN", help="only ids that match")
    parser.add_argument("--apply", action="store_true", help="only look whether each row applies")
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[table.Mutant]:
    mutants = table.read_all(options.tables or sorted(HERE.glob("*.tsv")), ROOT)
    patterns = options.k or ["*"]
    for mutant in mutants:
        try:
            runs_of(mutant)
        except ValueError as why:
            raise table.Wrong(f"{mutant.where}: {why}") from why
    return [mutant for mutant in mutants
            if any(fnmatch.fnmatch(mutant.name, f"*{p}*") for p in patterns)]  # fmt: skip


def main() -> int:
    options = options_of()
    try:
        mutants = chosen(options)
    except (table.Wrong, OSError) as why:
        print(why, file=sys.stderr)
        return 2
    if options.apply:
        print(f"{len(mutants)} rows apply")
        return 0
    build = options.build.resolve()
    jobs = min(options.jobs, len(mutants))
    trees = [Tree(build / f"mutants/tree-{n}", build) for n in range(jobs)]
    print(f"{len(mutants)} mutants, {len(trees)} at a time; first their tests without them",
          flush=True)  # fmt: skip
    for text in (broken := unmutated(trees, mutants)):
        print(f"ERROR    without a mutant: {text}")
    if broken:
        return 1
    status = summary(in_parallel(trees, mutants, kill), build)
    if status == 0:
        for tree in trees:
            shutil.rmtree(tree.path)
    return status


if __name__ == "__main__":
    sys.exit(main())
