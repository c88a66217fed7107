#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A commit, a renewal and a reset on a disk that keeps what was synced, and nothing else.

A kernel that is killed loses nothing; a power cut does.  So the calls of a recorded run are replayed on
a model of a disk: data is on it after fsync of the file, a name, a link or a removal after fsync of the
directory.  After each call the power fails three times: nothing is left but what was synced; of each
directory the last change is there as well, and none before it; every name is there but files have only
their synced data, as ext4 on an overlay leaves them.  What is left is
written out and looked at by the program: old or new, never torn, and it recovers.  And what a function
has reported as done (it says so on standard error) has to be there.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CALLS = ("open openat write pwrite64 fsync fdatasync rename renameat renameat2 unlink unlinkat rmdir"
         " mkdir mkdirat symlink symlinkat link linkat ftruncate fallocate close fchmod")  # fmt: skip
IGNORED = {"close", "fchmod"}  # who may read a file is not lost data
MODELS = ("synced", "last change", "every name")
STRING = r'"((?:[^"\\]|\\.)*)"'


class File:
    def __init__(self, data: bytes = b"", synced: bytes = b"") -> None:
        self.data, self.synced = data, synced


class Link:
    def __init__(self, target: str) -> None:
        self.target = target


class Directory:
    def __init__(self) -> None:
        self.names: dict[str, File | Link | Directory] = {}
        self.synced: dict[str, File | Link | Directory] = {}
        self.last: dict[str, File | Link | Directory | None] = {}  # None: the name went

    def change(self, **names: File | Link | Directory | None) -> None:
        self.last = names
        for name, node in names.items():
            self.names[name] = node
            if node is None:
                del self.names[name]

    def sync(self) -> None:
        self.synced, self.last = dict(self.names), {}

    def left(self, model: str) -> dict[str, File | Link | Directory]:
        if model == "every name":
            return self.names
        names = {**self.synced, **(self.last if model == "last change" else {})}
        return {name: node for name, node in names.items() if node is not None}


class Disk:
    """What lies below `base`, as the calls made it."""

    def __init__(self, base: Path) -> None:
        self.base, self.root = base, self._read(base)

    def _read(self, path: Path) -> File | Link | Directory:
        """What is there before the run is on the disk."""
        if path.is_symlink():
            return Link(os.readlink(path))
        if path.is_file():
            return File(path.read_bytes(), path.read_bytes())
        directory = Directory()
        for entry in path.iterdir():
            directory.names[entry.name] = self._read(entry)
        directory.sync()
        return directory

    def find(self, path: str) -> tuple[Directory, str] | None:
        """Directory and name; None outside of what is modelled."""
        try:
            parts = Path(path).relative_to(self.base).parts
        except ValueError:
            return None
        here = self.root
        for part in parts[:-1]:
            here = here.names[part]
            assert isinstance(here, Directory), path
        return here, parts[-1] if parts else "."

    def node(self, path: str) -> File | Link | Directory | None:
        found = self.find(path)
        if found is None:
            return None
        return self.root if found[1] == "." else found[0].names.get(found[1])

    def apply(self, call: Call) -> None:
        if call.name in IGNORED or call.failed:
            return
        paths = [path for path in call.paths if self.find(path) is not None]
        if paths:
            getattr(self, f"_{call.name.rstrip('2')}")(call, paths)

    def _openat(self, call: Call, paths: list[str]) -> None:
        directory, name = self.find(paths[0])
        if "O_CREAT" in call.text and name not in directory.names:
            directory.change(**{name: File()})
        elif "O_TRUNC" in call.text:
            directory.names[name].data = b""

    _open = _openat

    def _write(self, call: Call, paths: list[str]) -> None:
        file = self.node(paths[0])
        file.data += call.written()  # all files are written once, from the beginning

    def _fsync(self, call: Call, paths: list[str]) -> None:
        node = self.node(paths[0])
        if isinstance(node, Directory):
            node.sync()
        elif node is not None:
            node.synced = node.data

    _fdatasync = _fsync

    def _renameat(self, call: Call, paths: list[str]) -> None:
        (source, old), (target, new) = map(self.find, paths)
        assert source is target, "a rename within one directory"
        source.change(**{new: source.names[old], old: None})

    _rename = _renameat

    def _unlinkat(self, call: Call, paths: list[str]) -> None:
        directory, name = self.find(paths[0])
        directory.change(**{name: None})

    _unlink = _rmdir = _unlinkat

    def _mkdirat(self, call: Call, paths: list[str]) -> None:
        directory, name = self.find(paths[0])
        directory.change(**{name: Directory()})

    _mkdir = _mkdirat

    def _symlinkat(self, call: Call, paths: list[str]) -> None:
        directory, name = self.find(paths[-1])
        directory.change(**{name: Link(call.strings[0])})

    _symlink = _symlinkat


class Call:
    """A line of strace -y: the name, the paths it is about, and whether it failed."""

    def __init__(self, line: str) -> None:
        match = re.match(r"(\w+)\((.*)\)\s+= (-?\d+)", line)
        assert match, f"not understood: {line}"
        self.name, self.text, self.failed = match[1], match[2], match[3].startswith("-")
        self.strings = [ast.literal_eval(f'"{text}"') for text in re.findall(STRING, self.text)]
        self.paths = self._paths()

    def _paths(self) -> list[str]:
        if self.name in ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"):
            return re.findall(r"^\d+<([^>]*)>", self.text)
        at = re.findall(rf'(?:(?:\d+|AT_FDCWD)<([^>]*)>, )?{STRING}', self.text)
        names = [os.path.join(directory, ast.literal_eval(f'"{name}"')) for directory, name in at]
        return names[1:] if self.name.startswith("symlink") else names

    def written(self) -> bytes:
        text = re.search(STRING, self.text)[1]
        return ast.literal_eval(f'b"{text}"')


def write_out(node: File | Link | Directory, path: Path, model: str) -> None:
    if isinstance(node, Link):
        path.symlink_to(node.target)
    elif isinstance(node, File):
        path.write_bytes(node.synced)
        path.chmod(0o600)
    else:
        path.mkdir(mode=0o700, exist_ok=True)
        for name, child in node.left(model).items():
            write_out(child, path / name, model)


def same(now: File | Link | Directory | None, then: File | Link | Directory | None) -> bool:
    """Is what is on the disk (then, as synced) what the program sees?"""
    if type(now) is not type(then):
        return False
    if isinstance(now, File):
        return now.data == then.synced
    if isinstance(now, Link):
        return now.target == then.target
    if now is None:
        return True
    return now.names.keys() == then.synced.keys() and all(
        same(child, then.synced[name]) for name, child in now.names.items())  # fmt: skip


class Judge:
    def __init__(self, program: str, work: Path) -> None:
        self.program, self.work = program, work
        self.passed, self.failures = 0, []

    def note(self, problem: str | None, label: str) -> None:
        if problem:
            self.failures.append(label)
            print(f"FAILED  {label}\n        {problem}", flush=True)
        else:
            self.passed += 1
            print(f"ok      {label}", flush=True)

    def run(self, *words: str | Path) -> subprocess.CompletedProcess:
        return subprocess.run([self.program, *words], capture_output=True, text=True, timeout=60)

    def after_power_cut(self, disk: Disk, model: str, allowed: tuple[str, str]) -> str | None:
        left = self.work / "left"
        shutil.rmtree(left, ignore_errors=True)
        write_out(disk.root, left, model)
        if not (left / "state").is_dir():
            return None if "none" in allowed else "the state is gone"
        looked = self.run("look", left / "state")
        live = looked.stdout.strip() if looked.returncode == 0 else "torn"
        if live not in allowed:
            return f"live says {live!r}, expected {' or '.join(allowed)}"
        again = self.run("write", left / "state", "again")
        looked = self.run("look", left / "state")
        if again.returncode != 0 or looked.stdout.strip() != "again":
            return f"does not recover: {again.stderr.strip()}"
        return None

    def promised(self, disk: Disk, name: str) -> str | None:
        """`name` of the state directory was reported as done: is it on the disk?"""
        if name.startswith("../"):
            beside = name.removeprefix("../")
            kept = disk.root.synced.get(beside)
            return None if same(disk.root.names.get(beside), kept) else f"{name} is not synced"
        seen = disk.root.names.get("state")
        kept = disk.root.synced.get("state")
        if seen is None or kept is None:
            return "the state directory itself is not synced"
        if name == ".":
            return None if same(seen, kept) else "not all of it is synced"
        if not same(seen.names.get(name), kept.synced.get(name)):
            return f"{name} is not synced"
        if name == "live":
            number = os.path.basename(seen.names["live"].target)
            if not same(seen.names["gen"].names[number], kept.synced["gen"].synced.get(number)):
                return f"{number}, to which live leads, is not synced"
        return None


def record(program: str, base: Path, verb: str, trace: Path) -> list[str]:
    words = [verb, base / "state", *(["new"] if verb != "wipe" else [])]
    calls = ",".join("?" + call for call in CALLS.split())
    command = ["strace", "-qq", "-y", "-s", "99999", "-o", trace, "-e", f"trace={calls}", program]
    done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=120,
                          env={"ONRAMP_COMMIT_REPORTS": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return trace.read_text(encoding="utf-8").splitlines()


def judge_kind(judge: Judge, kind: str) -> None:
    base = judge.work / kind
    base.mkdir()
    for text in ("older", "old") if kind != "fresh" else ():
        assert judge.run("write", base / "state", text).returncode == 0
    disk = Disk(base)
    verb = "write" if kind in ("fresh", "replace") else kind
    allowed = ("none" if kind == "fresh" else "old", "none" if kind == "wipe" else "new")
    reports = 0
    for number, line in enumerate(record(judge.program, base, verb, judge.work / "trace"), 1):
        report = re.match(r'write\(2<[^>]*>, "durable: (\S+)\\n"', line)
        if report:
            reports += 1
            judge.note(judge.promised(disk, report[1]), f"durable: {kind}: {report[1]}")
            continue
        call = Call(line)
        if call.failed or not any(path.startswith(str(base)) for path in call.paths):
            continue
        disk.apply(call)
        for model in MODELS:
            problem = judge.after_power_cut(disk, model, allowed)
            said = line.replace(f"{judge.work}/", "")[:100]
            judge.note(problem, f"durable: {kind}: {model}: power cut after {number}: {said}")
    assert reports, "the program reported nothing as done"


def main() -> int:
    program, tmp = os.path.abspath(sys.argv[1]), sys.argv[2]
    # the disk is a modelled one: where its left-overs lie is only a matter of speed
    tmp = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp
    os.makedirs(tmp, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="durable-", dir=tmp)).resolve()
    judge = Judge(program, work)
    for kind in ("fresh", "replace", "renew", "wipe"):
        judge_kind(judge, kind)
    shutil.rmtree(work, ignore_errors=True)
    print(f"{judge.passed} passed, {len(judge.failures)} failed")
    return 1 if judge.failures or not judge.passed else 0


if __name__ == "__main__":
    sys.exit(main())
