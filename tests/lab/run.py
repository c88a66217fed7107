#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the agent and its CMP tool through the scenarios, and the lab's own tests.

  tests/lab/run.py --agent build/san/onramp            everything
  tests/lab/run.py --agent build/onramp -k voucher-    scenarios whose names match
  tests/lab/run.py --list                              what there is

One line per scenario, and at the end `N passed, N failed`.  A failed scenario leaves its directory
behind, with the lab's logs and the device.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import fnmatch
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import cmp_scenarios  # noqa: E402
import handshakes  # noqa: E402
import life  # noqa: E402
import scenarios  # noqa: E402
import toolrun  # noqa: E402
from onlab import device, events, judge, pki, processes, up  # noqa: E402
from scenarios import Scenario  # noqa: E402

Row = Scenario | cmp_scenarios.Tool | handshakes.Handshake
OWN_TESTS = ("test_lab", "test_parts", "test_judge", "test_ca", "test_ca_requests", "test_ca_mac",
             "test_ca_operations", "test_ca_inform", "test_ca_keygen", "test_toolrun")  # fmt: skip


@dataclass
class Result:
    name: str
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0
    directory: Path | None = None
    skipped: str | None = None


class Stage:
    """The labs and the device of one scenario, in one directory."""

    def __init__(self, scenario: Scenario, directory: Path, base: Path) -> None:
        self.scenario, self.directory = scenario, directory
        self.labs: list[up.Lab] = []
        urls = []
        for number, before in enumerate(scenario.before):
            urls.append(before if before.startswith("https://")
                        else self._lab(f"lab{number}", before.split(), base))  # fmt: skip
        url = self._lab("lab", scenario.lab, base)
        port = url.rsplit(":", 1)[1]
        if scenario.url:
            urls.append(scenario.url.format(registrar=url, port=port))
        self.device = device.Device(directory / "root", directory / "lab", scenario.device)
        self.device.configure(device.config_text(urls, scenario.settings))

    def _lab(self, name: str, words, base: Path) -> str:
        directory = self.directory / name
        directory.mkdir()
        pki.share(base, directory)
        # In a story servers come and go, which a process does better than a thread.
        lab = up.Lab(directory, up.options_of(words),
                     up.Component if self.scenario.story else up.Hosted)  # fmt: skip
        self.labs.append(lab)
        return lab.facts["registrar"]

    def events(self) -> list[dict]:
        """Of all labs, by time: several registrars are one story to the device."""
        seen = [event for lab in self.labs for event in events.read(lab.directory)]
        return sorted(seen, key=lambda event: event["time"])

    def stop(self) -> None:
        for lab in self.labs:
            lab.stop()


def run_agent(agent: Path, stage: Stage) -> tuple[int | None, str]:
    command = [*processes.DYING, agent, "--root", stage.device.root, "run", "--once",
               *stage.scenario.arguments]  # fmt: skip
    with open(stage.directory / "agent.log", "ab") as log:
        try:
            status = subprocess.call(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                timeout=stage.scenario.seconds,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            status = None
    return status, (stage.directory / "agent.log").read_text(errors="replace")


def tell_story(agent: Path, stage: Stage) -> tuple[int | None, str, list[str]]:
    log = stage.directory / "agent.log"
    told = life.Life(agent, stage.device, stage.labs, log, stage.scenario.seconds)
    status = stage.scenario.story(told)
    told.tidy()
    return status, log.read_text(errors="replace"), told.complaints


def judge_run(scenario: Scenario, run: judge.Run, numbers: dict[str, int]) -> list[str]:
    complaints = list(judge.universal(run))
    names = {number: name for name, number in numbers.items()}
    name = names.get(run.status, str(run.status))
    by_peer = name in numbers and name not in scenarios.OWN | {"OK"}
    if name not in scenario.exits and not (scenarios.ANY in scenario.exits and by_peer):
        complaints.append(f"ended with {name}, expected {' or '.join(sorted(scenario.exits))}")
    if by_peer and name != "UNREACHABLE":
        complaints += judge.came_there(run)
    for what, status in scenario.told:
        complaints += judge.reports(run, what, status)
    if not scenario.trusts:
        complaints += judge.never_trusted(run, scenario.left)
    elif run.status == 0:
        complaints += judge.enrolled(run)
        if "telemetry" not in scenario.name and not scenario.told and not scenario.story:
            complaints += judge.enrolment_reported(run)
    elif name == "CMP_TIMEOUT" and "--patience" in scenario.arguments:
        complaints += judge.interrupted(run)
    else:
        complaints += judge.never_enrolled(run)
    if scenario.trusts and not scenario.before and "telemetry" not in scenario.name:
        complaints += judge.trusted_in_order(run)
    complaints += [f"it does not say {words!r}" for words in scenario.says
                   if words not in run.output]  # fmt: skip
    return complaints + list(judge_counts(scenario, run))


def judge_counts(scenario: Scenario, run: judge.Run):
    seen = run.saw("pvr")
    found = len(seen), len({event["sha256"] for event in seen})
    if scenario.pvrs and found != scenario.pvrs:
        yield f"{found[0]} voucher-requests, {found[1]} different; expected {scenario.pvrs}"
    if scenario.issued is not None and not scenario.before:
        if len(run.saw("issued")) != scenario.issued:
            yield f"{len(run.saw('issued'))} certificates issued, expected {scenario.issued}"


def onboard(
    scenario: Scenario, agent: Path, directory: Path, base: Path, numbers: dict[str, int]
) -> list[str]:
    stage, complaints = Stage(scenario, directory, base), []
    try:
        if scenario.story:
            status, output, complaints = tell_story(agent, stage)
        for _ in range(scenario.runs if not scenario.story else 0):
            status, output = run_agent(agent, stage)
    finally:
        stage.stop()
    run = judge.Run(status, output, stage.device, stage.events())
    return complaints + judge_run(scenario, run, numbers)


def perform(scenario: Row, agent: Path, work: Path, base: Path) -> Result:
    started = time.monotonic()
    say_begin(scenario.name)
    directory = Path(tempfile.mkdtemp(prefix=f"{scenario.name.replace('/', '-')}-", dir=work))
    result = Result(scenario.name, directory=directory)
    numbers = judge.error_numbers(ROOT / "platform/base/err.h")
    try:
        if isinstance(scenario, cmp_scenarios.Tool):
            result.complaints = toolrun.run(scenario, agent, directory, base, numbers)
        elif isinstance(scenario, handshakes.Handshake):
            result.complaints = handshakes.run(scenario, agent, directory, base)
        else:
            result.complaints = onboard(scenario, agent, directory, base, numbers)
    except life.Cannot as reason:
        result.skipped = str(reason)
    except Exception as error:  # the lab's own fault, and no less a failure
        result.complaints.append(f"lab: {error!r}")
    result.seconds = time.monotonic() - started
    if not result.complaints:
        shutil.rmtree(directory)
        result.directory = None
    return result


class OwnTests(unittest.TestResult):
    """A Result for each test of the lab's own, and an end to those that have none."""

    SECONDS = 600

    def __init__(self) -> None:
        super().__init__()
        self.results: dict[str, Result] = {}

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.results[test.id()] = Result(test.id())
        say_begin(test.id())
        self.started = time.monotonic()
        signal.signal(signal.SIGALRM, self._late)
        signal.alarm(self.SECONDS)

    def _late(self, number: int, frame) -> None:
        raise TimeoutError(f"no end within {self.SECONDS} s")

    def stopTest(self, test: unittest.TestCase) -> None:
        signal.alarm(0)
        self.results[test.id()].seconds = time.monotonic() - self.started
        super().stopTest(test)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.results.setdefault(test.id(), Result(test.id())).skipped = reason

    def all(self) -> list[Result]:
        for test, text in self.failures + self.errors:
            whole = getattr(test, "test_case", test)  # of a subtest
            found = self.results.setdefault(whole.id(), Result(whole.id()))
            found.complaints.append(f"{test}: {text.strip().splitlines()[-1]}")
        return list(self.results.values())


def own_tests(name: str) -> list[Result]:
    try:
        suite = unittest.defaultTestLoader.loadTestsFromName(name)
    except ModuleNotFoundError:
        return [Result(name, skipped="not there")]
    outcome = OwnTests()
    suite.run(outcome)
    return outcome.all()


def count_own(names: Iterable[str]) -> int:
    try:
        return unittest.defaultTestLoader.loadTestsFromNames(names).countTestCases()
    except ModuleNotFoundError:
        return len(OWN_TESTS)


def say_begin(name: str) -> None:
    print(f"begin   {name}\n", end="", flush=True)


def report(result: Result) -> None:
    word = "skipped" if result.skipped else "FAILED" if result.complaints else "ok"
    # in one piece: others write to the same file
    print(f"{word:7} {result.name} ({result.seconds:.1f} s)\n", end="", flush=True)
    for complaint in result.complaints:
        print(f"        {complaint}")
    if result.skipped:
        print(f"skipped: {result.name}: {result.skipped}")
    if result.complaints and result.directory:
        print(f"        see {result.directory}", flush=True)


def chosen(options: argparse.Namespace) -> list[Row]:
    """The slow ones first, so that they sleep while the others work."""
    patterns = options.k or ["*"]
    rows = [row for row in [*scenarios.ROWS, *cmp_scenarios.ROWS, *handshakes.ROWS]
            if any(fnmatch.fnmatch(row.name, f"*{p}*") for p in patterns)]  # fmt: skip
    if options.only:
        rows = [row for row in rows if row.name in options.only]
    if options.quick:
        rows = [row for row in rows if not row.slow]
    return sorted(rows, key=lambda row: not row.slow)


def run_all(options: argparse.Namespace, rows: list[Row]) -> list[Result]:
    work = Path(tempfile.mkdtemp(prefix="onramp-lab-"))
    base = work / "pki"
    pki.ensure(base)
    results = []
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(
        options.jobs, context, processes.die_with_parent, (os.getpid(),)
    ) as pool:
        own = [] if options.k or options.only else OWN_TESTS
        def begin(row: Row) -> concurrent.futures.Future:
            return pool.submit(perform, row, options.agent, work, base)

        print(f"planned {len(rows) + count_own(own)}", flush=True)
        waiting = [begin(row) for row in rows if row.slow]
        waiting += [pool.submit(own_tests, name) for name in own]
        waiting += [begin(row) for row in rows if not row.slow]
        for done in concurrent.futures.as_completed(waiting):
            found = done.result()
            for result in found if isinstance(found, list) else [found]:
                results.append(result)
                report(result)
    if not any(result.directory for result in results):
        shutil.rmtree(work)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog=__doc__.split("\n\n", 1)[1])  # fmt: skip
    parser.add_argument("--agent", type=Path, default=ROOT / "build/onramp")
    parser.add_argument("-j", "--jobs", type=int, default=4 * (os.cpu_count() or 1),
                        help="scenarios at once (default: %(default)s; most of them wait)")
    parser.add_argument("-k", action="append", metavar="PATTERN", help="only names that match")
    parser.add_argument("--only", action="append", metavar="NAME", help="only the scenario NAME")
    parser.add_argument("--quick", action="store_true", help="leave out what waits for a minute")
    parser.add_argument("--list", action="store_true", help="print the names")
    options = parser.parse_args()
    rows = chosen(options)
    if options.list:
        print("\n".join(row.name for row in rows))
        return 0
    unknown = set(options.only or []) - {row.name for row in rows}
    if unknown:
        print(f"no scenario is called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    options.agent = options.agent.resolve()
    if not options.agent.exists():
        print(f"{options.agent} does not exist: make it, or name another", file=sys.stderr)
        return 2
    results = run_all(options, rows)
    failed = sum(bool(result.complaints) for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    print(f"{len(results) - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))  # fmt: skip
    return 1 if failed or len(results) == skipped else 0


if __name__ == "__main__":
    sys.exit(main())
