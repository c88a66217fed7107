#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation of a run fails once: it ends well, or with a failure of our own.

Lack of memory is nobody's fault but ours: no run may say of a signature, a voucher, a pin, a
certificate or a server that it is bad.  What the libraries make of a NULL is theirs to choose, so
nothing but trying tells.  Each worker has a lab of its own.

  alloc.py AGENT PRELOAD TMP [--every N] [--jobs N] [--only SUBJECT]...

`--every 1`, as `make fault` has it, tries all of them; `make check` takes a sample.
"""
from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lab"))

from onlab import device, pki, processes, up  # noqa: E402

SECRET, REFERENCE = "correct horse battery staple", "SN-0001"
SUBJECT = "/O=Example Domain/serialNumber=SN-0001"
# Configuration, identity and storage are ours, too, but not these runs' fault.
OWN = {"STORE", "ENTROPY", "CRYPTO", "MEMORY"}
SECONDS = 60


def numbers() -> dict[int, str]:
    """Exit statuses by their names, from the table itself."""
    text = (HERE.parents[1] / "platform/base/err.h").read_text()
    rows = [line.strip()[2:].split(",") for line in text.splitlines() if line.startswith("\tX(")]
    return {int(row[2]): row[0].strip().removeprefix("E_") for row in rows}


class Worker:
    """A lab, and the runs against it."""

    def __init__(self, agent: str, preload: str, base: Path, made: Path) -> None:
        self.agent, self.preload = agent, preload
        self.directory = Path(tempfile.mkdtemp(dir=base))
        self.lab_directory = self.directory / "lab"
        self.lab_directory.mkdir()
        pki.share(made, self.lab_directory)
        self.lab = up.Lab(self.lab_directory, up.options_of(["--cmp-secret", SECRET]), up.Hosted)
        self.secret = self.directory / "secret"
        self.secret.write_text(SECRET + "\n")
        self.secret.chmod(0o600)
        self.enrolled: Path | None = None

    def new_device(self, root: Path) -> None:
        new = device.Device(root, self.lab_directory)
        new.configure(device.config_text([self.lab.facts["registrar"]], {}))

    def enrolled_device(self, root: Path) -> None:
        if self.enrolled is None:
            self.enrolled = self.directory / "enrolled"
            self.new_device(self.enrolled)
            self.start(self.enrolled, ["run", "--once"], 0)
        shutil.copytree(self.enrolled, root, symlinks=True)

    def prepare(self, subject: str, root: Path) -> list[str]:
        """The device below root, and the command."""
        lab, cas = self.lab_directory, self.lab.facts["ca"]
        if subject in ("renewal", "verify"):
            self.enrolled_device(root)
        else:
            self.new_device(root)
        to = ["--server", cas, "--total-timeout", "20", "--newkey", root / "new.key",
              "--certout", root / "new.pem", "--subject", SUBJECT]  # fmt: skip
        trusted = ["--trusted", lab / "domain/root.pem"]
        words = {
            "onboarding": ["run", "--once"],
            "renewal": ["renew"],
            "verify": lambda: self.verify(root / "etc/onramp/live/voucher.vcj"),
            "cmp-ir": ["cmp", "ir", *to, *trusted, "--cert", lab / "device/idevid-p256.pem",
                       "--key", lab / "device/idevid-p256.key"],
            "cmp-ir-mac": ["cmp", "ir", *to, "--ref", REFERENCE, "--secret-file", self.secret,
                           "--mac", "pbmac1"],
        }[subject]  # fmt: skip
        return words() if callable(words) else words

    @staticmethod
    def verify(voucher: Path) -> list:
        nonce = re.search(rb'"nonce": ?"([^"]+)"', voucher.read_bytes())
        assert nonce, "the voucher has no nonce"
        return ["verify", voucher, "--nonce", nonce.group(1).decode()]

    def start(self, root: Path, words: list, at: int) -> tuple[int, int, bool, str]:
        """Status, allocations, whether one failed, and what was said."""
        log = root.with_suffix(".alloc")
        environment = {**os.environ, "LD_PRELOAD": self.preload, "ONRAMP_FAULT_AT": str(at),
                       "ONRAMP_FAULT_LOG": str(log)}  # fmt: skip
        environment.pop("ASAN_OPTIONS", None)
        done = subprocess.run([self.agent, "--root", root, *words], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS)  # fmt: skip
        asked, failed = log.read_text().split() if log.exists() else ("0", "0")
        log.unlink(missing_ok=True)
        return done.returncode, int(asked), failed == "1", done.stdout.decode(errors="replace")

    def run(self, subject: str, at: int) -> tuple[int, int, bool, str, list[str]]:
        root = self.directory / f"{subject}-{at}"
        try:
            status, asked, failed, said = self.start(root, self.prepare(subject, root), at)
            return status, asked, failed, said, list(self.leftovers(subject, root, status))
        except subprocess.TimeoutExpired:
            return -1, 0, False, f"it did not end in {SECONDS} s", []
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def leftovers(self, subject: str, root: Path, status: int):
        """Enrolled or not, and nothing in between."""
        live = root / "etc/onramp/live"
        if subject == "onboarding" and status == 0 and not (live / "cert.pem").exists():
            yield "it ended well without a certificate"
        if subject == "onboarding" and status != 0 and live.exists() and not (
            live / "cert.pem").exists():  # fmt: skip
            yield "live leads nowhere"
        if subject == "renewal" and not (live / "cert.pem").exists():
            yield "a renewal has lost the certificate"


worker: Worker


def begin(*arguments) -> None:
    global worker
    processes.die_with_parent(os.getppid())
    worker = Worker(*arguments)


def one(task: tuple[str, int]):
    return task, worker.run(*task)


def judge(subject: str, at: int, result, names: dict[int, str]) -> str | None:
    """What is wrong with a run; None: nothing."""
    status, _, failed, said, complaints = result
    name = names.get(status, f"status {status}")
    if complaints:
        return "; ".join(complaints)
    if status == 0 or (failed and name in OWN):
        return None
    return f"ended with {name}: {said.strip().splitlines()[-1] if said.strip() else ''}"


class Subject:
    def __init__(self, name: str, every: int) -> None:
        self.name, self.every = name, every
        self.count = self.done = self.hit = 0
        self.failures: list[str] = []
        self.ends: Counter[str] = Counter()

    def measure(self, pool) -> None:
        """How many allocations there are without a fault; now and then a run has some more."""
        clean = [result for _, result in pool.map(one, [(self.name, 0)] * 4)]
        for status, asked, _, said, _ in clean:
            if status != 0:
                self.failures.append(f"without a fault: status {status}: {said[-300:]}")
            self.count = max(self.count, asked)

    def fail(self, pool, names) -> None:
        tasks = [(self.name, at) for at in range(1, self.count + 1, self.every)]
        for (_, at), result in pool.imap_unordered(one, tasks, chunksize=4):
            self.done += 1
            self.hit += result[2]
            self.ends[names.get(result[0], str(result[0]))] += 1
            wrong = judge(self.name, at, result, names)
            if wrong:
                self.failures.append(f"allocation {at}: {wrong}")
            if sys.stderr.isatty() and self.done % 20 == 0:
                print(f"\r{self.name}: {self.done} of {len(tasks)} ", end="", file=sys.stderr)
        # the last ones are not always come to: a few less than the most
        if self.hit < len(tasks) - max(2, len(tasks) // 100):
            self.failures.append(f"only {self.hit} of {len(tasks)} allocations were failed")

    def tell(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        ends = ", ".join(f"{n} {name}" for name, n in self.ends.most_common())
        tried = "all" if self.every == 1 else f"every {self.every}th"
        print(f"{'FAILED ' if self.failures else 'ok     '} alloc-{self.name}")
        print(f"        {self.done} of {self.count} allocations failed once ({tried}): {ends}")
        for line in self.failures[:20]:
            print(f"        {line}")


SUBJECTS = ("onboarding", "renewal", "verify", "cmp-ir", "cmp-ir-mac")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("agent")
    parser.add_argument("preload")
    parser.add_argument("tmp", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", choices=SUBJECTS)
    options = parser.parse_args()
    options.tmp.mkdir(parents=True, exist_ok=True)
    base = Path(tempfile.mkdtemp(prefix="alloc-", dir=options.tmp)).resolve()
    made = base / "made"
    made.mkdir()
    pki.ensure(made)
    names, failed = numbers(), 0
    subjects = [Subject(name, options.every) for name in options.only or SUBJECTS]
    arguments = (os.path.realpath(options.agent), os.path.realpath(options.preload), base, made)
    with multiprocessing.get_context("fork").Pool(options.jobs, begin, arguments) as pool:
        for subject in subjects:
            subject.measure(pool)
            subject.fail(pool, names)
            subject.tell()
            sys.stdout.flush()
            failed += bool(subject.failures)
    shutil.rmtree(base, ignore_errors=True)
    print(f"{len(subjects) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
