# SPDX-License-Identifier: GPL-2.0-or-later
"""TLS with servers of others: which groups are agreed on, and after how many ClientHellos.

A row is a server and the groups that it has; the agent is given it as a registrar, and comes as
far as the handshake.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from life import Cannot
from onlab import device, hellos, pki, processes

SECONDS = 30
HYBRID = "X25519MLKEM768"
GNUTLS = {"X25519": "X25519", "P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1"}


@dataclass(frozen=True)
class Handshake:
    name: str
    server: str  # openssl or gnutls
    groups: str  # as the server is told; empty: its own choice
    hellos: int  # ClientHellos of a client that has X25519
    agreed: tuple[str, ...]  # one of these
    version: str = "1.3"
    slow: bool = False


def _rows():
    for server in ("openssl", "gnutls"):
        for group, count in (("X25519", 1), ("P-256", 2), ("P-384", 2), ("P-521", 2)):
            yield Handshake(f"groups-{server}-{group.lower()}", server, group, count, (group,))
        yield Handshake(f"groups-{server}", server, "", 1, (HYBRID, "X25519", "P-256"))
        yield Handshake(f"groups-{server}-1.2", server, "", 1, ("X25519", "P-256"), "1.2")
    yield Handshake("groups-openssl-hybrid", "openssl", HYBRID, 1, (HYBRID,))
    yield Handshake("groups-openssl-p256-or-x25519", "openssl", "P-256:X25519", 1, ("X25519",))
    yield Handshake("groups-openssl-p384-1.2", "openssl", "P-384", 1, ("P-384",), "1.2")


ROWS = list(_rows())


def offered(agent: Path) -> list[str]:
    """What the agent says of itself."""
    text = subprocess.run([agent, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"^TLS groups: (.*)$", text, re.MULTILINE)
    return found[1].split() if found else []


def shares_of(groups: list[str]) -> list[str]:
    classic = [group for group in ("X25519", "P-256") if group in groups]
    return [group for group in (HYBRID,) if group in groups] + classic[:1]


def openssl(row: Handshake, port: int, name: Path) -> list:
    if HYBRID in row.groups:
        kems = subprocess.run(["openssl", "list", "-kem-algorithms"], capture_output=True)
        if HYBRID.encode() not in kems.stdout:
            raise Cannot(f"this OpenSSL has no {HYBRID}")
    return ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", f"{name}.pem",
            "-key", f"{name}.key", "-tls" + row.version.replace(".", "_"),
            *(("-groups", row.groups) if row.groups else ())]  # fmt: skip


def gnutls(row: Handshake, port: int, name: Path) -> list:
    if not shutil.which("gnutls-serv"):
        raise Cannot("gnutls-serv is not on this machine (package gnutls-bin)")
    priority = f"NORMAL:-VERS-ALL:+VERS-TLS{row.version}"
    if row.groups:
        priority += f":-GROUP-ALL:+GROUP-{GNUTLS[row.groups]}"
    return ["gnutls-serv", "--port", str(port), "--x509certfile", f"{name}.pem",
            "--x509keyfile", f"{name}.key", "--priority", priority, "--disable-client-cert",
            "--echo"]  # fmt: skip


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def listens(port: int, server: subprocess.Popen) -> bool:
    deadline = time.monotonic() + SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def greet(agent: Path, directory: Path, log: Path) -> str | None:
    """The group that the agent's log names, as soon as it does."""
    command = [*processes.DYING, agent, "--root", directory / "root", "run", "--once",
               "--rounds", "1"]  # fmt: skip
    with log.open("wb") as out:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    deadline, found, ended = time.monotonic() + SECONDS, None, False
    while not found and not ended and time.monotonic() < deadline:
        time.sleep(0.05)
        ended = running.poll() is not None
        found = re.search(r"https, TLSv1\.\d, [^,\s]+, (\S+)", log.read_text(errors="replace"))
    running.kill()
    running.wait()
    return found[1] if found else None


def run(row: Handshake, agent: Path, directory: Path, base: Path) -> list[str]:
    groups, lab = offered(agent), directory / "lab"
    if len(row.agreed) == 1 and row.agreed[0] not in groups:
        raise Cannot(f"the agent's wolfSSL has no {row.agreed[0]}")
    lab.mkdir()
    pki.share(base, lab)
    port = free_port()
    command = (openssl if row.server == "openssl" else gnutls)(
        row, port, lab / "domain/registrar-p256"
    )
    with (directory / "server.log").open("wb") as log:
        server = subprocess.Popen([*processes.DYING, *map(str, command)], stdout=log, stderr=log,
                                  stdin=subprocess.PIPE)  # fmt: skip
    relay = hellos.Relay(port)
    try:
        if not listens(port, server):
            return [f"{row.server} does not start"]
        onboarding = device.Device(directory / "root", lab)
        onboarding.configure(device.config_text([f"https://127.0.0.1:{relay.port}"], {}))
        agreed = greet(agent, directory, directory / "agent.log")
    finally:
        relay.stop()
        server.kill()
        server.wait()
    return list(judge(row, groups, agreed, hellos.read_all(bytes(relay.said[0]))))


def judge(row: Handshake, groups: list[str], agreed: str | None, seen: list[hellos.Hello]):
    if agreed not in row.agreed:
        yield f"agreed on {agreed}, expected {' or '.join(row.agreed)}"
    if seen[0].groups != groups:
        yield f"offered {seen[0].groups}, and --version says {groups}"
    if seen[0].shares != shares_of(groups):
        yield f"key shares for {seen[0].shares}, expected {shares_of(groups)}"
    if "X25519" in groups and len(seen) != row.hellos:
        yield f"{len(seen)} ClientHellos, expected {row.hellos}"
    if len(seen) > 1 and seen[1].shares != [agreed]:
        yield f"key shares for {seen[1].shares} after the HelloRetryRequest for {agreed}"
