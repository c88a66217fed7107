# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole lab at once: PKI, MASA, CA and registrar, for as long as somebody needs them."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from onlab import ca, cahttp, faults, masa, pki, registrar
from onlab.processes import Component, die_with_parent


class CAServer:
    """The CA in the shape of the other components."""

    def __init__(self, directory: Path, options: argparse.Namespace, port: int = 0) -> None:
        chosen = {k: v for k, v in vars(options).items() if k.startswith("cmp_")}
        if chosen.get("cmp_signer") == "registrar":
            chosen["cmp_signer"] = f"domain/registrar-{registrar.registrar_name(options)}"
        self.authority = ca.CA(directory, options.ca_fault, chosen)
        self.server = cahttp.listen(self.authority, port)
        self.port = self.server.server_address[1]

    def run(self) -> None:
        self.server.run()

    def stop(self) -> None:
        self.server.stop()
        self.authority.events.close()


class Hosted:
    """One server in a thread of this process, for whoever starts labs by the hundred: after a
    fork, each page that Python looks at is copied, which costs more than what the server does."""

    def __init__(self, name: str, start: Callable) -> None:
        self.name, self.pid = name, os.getpid()
        self.server = start()
        self.port = self.server.port
        threading.Thread(target=self.server.run, daemon=True, name=name).start()

    def stop(self) -> None:
        self.server.stop()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All that a whole lab can be told, but where it lives and what to run in it."""
    add_serving_arguments(parser)
    for component in (masa, registrar, ca):
        component.add_arguments(parser)


def add_serving_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any)")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[@WHERE][:TIMES]",
                        help="misbehave; may be given several times. WHERE moves an http-* fault "
                        f"to another exchange ({', '.join(faults.PLACES)}), TIMES lets it happen "
                        "so often and no more")  # fmt: skip


def options_of(words: Iterable[str]) -> argparse.Namespace:
    """Options for a Lab, out of the words one would write on a command line."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args(list(words))
    sort_faults(options)
    return options


def sort_faults(options: argparse.Namespace) -> None:
    """The CA takes its own faults; registrar and MASA share a list, as some need both."""
    faults.load_all()
    named = options.fault
    options.ca_fault = [text for text in named if faults.component_of(text) == faults.CA]
    options.fault = [text for text in named if text not in options.ca_fault]
    faults.Switches(options.fault)  # complains about a bad WHERE now, not in a component


class Lab:
    """MASA, CA and registrar, running: each a process of its own, or Hosted."""

    def __init__(
        self,
        directory: Path,
        options: argparse.Namespace,
        component: type[Component] | type[Hosted] = Component,
    ) -> None:
        self.directory, self.component = directory, component
        self.components: list[Component | Hosted] = []
        try:
            self._start(options)
        except BaseException:
            self.stop()
            raise

    def _add(self, name: str, start) -> int:
        component = self.component(name, start)
        self.components.append(component)
        return component.port

    def _start(self, options: argparse.Namespace) -> None:
        directory, self.options = self.directory, options
        masa_port = self._add("masa", lambda: masa.serve(directory, options))
        ca_port = self._add("ca", lambda: CAServer(directory, options))
        options.masa_url = f"https://127.0.0.1:{masa_port}"
        options.ca_url = f"http://127.0.0.1:{ca_port}"
        port = self._add(
            "registrar", lambda: registrar.serve(directory, options, options.port)
        )  # fmt: skip
        self.facts = {
            "registrar": f"https://127.0.0.1:{port}",
            "masa": options.masa_url,
            "ca": options.ca_url,
            "pids": {component.name: component.pid for component in self.components},
            "dir": str(directory.resolve()),
        }
        (directory / "lab.json").write_text(json.dumps(self.facts, indent=1) + "\n")

    def registrar_goes(self) -> None:
        """Nobody is at its address any more; MASA and CA stay, and remember."""
        self.components.pop().stop()

    def registrar_comes(self) -> None:
        port = int(self.facts["registrar"].rsplit(":", 1)[1])
        self._add("registrar", lambda: registrar.serve(self.directory, self.options, port))

    def stop(self) -> None:
        for component in reversed(self.components):
            component.stop()


TOLD = {signal.SIGTERM, signal.SIGINT}


def _in_command(parent: int) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD | {signal.SIGCHLD})
    die_with_parent(parent)


def _execute(command: list[str], lab: Lab) -> int:
    """Runs a command against the lab; its exit status, or 128 + signal.

    Signals are waited for, not handled: a handler that raises may do so where Python passes
    over the exception, and then nobody would end the command.
    """
    environment = {
        **os.environ,
        "LAB_JSON": str(lab.directory / "lab.json"),
        "LAB_REGISTRAR_URL": lab.facts["registrar"],
    }
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, TOLD | {signal.SIGCHLD})
    process = subprocess.Popen(command, env=environment, preexec_fn=lambda: _in_command(parent))
    while process.poll() is None:
        number = signal.sigwait(TOLD | {signal.SIGCHLD})
        if number in TOLD:
            process.kill()
            process.wait()
            return 128 + number
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _until_told() -> int:
    """Sleeps until SIGTERM or SIGINT."""
    signal.sigwait(TOLD)
    return 0


def main(options: argparse.Namespace) -> int:
    sort_faults(options)
    pki.ensure(options.dir)
    if options.exec:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    else:
        # Blocked from here on, so that none is lost before it is waited for.
        signal.pthread_sigmask(signal.SIG_BLOCK, TOLD)
    lab = Lab(options.dir, options)
    try:
        print(json.dumps(lab.facts), file=sys.stderr if options.exec else sys.stdout, flush=True)
        return _execute(options.exec, lab) if options.exec else _until_told()
    finally:
        lab.stop()
