# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs `onramp cmp` against the lab's CA alone, and judges what it leaves behind.

The CA serves in a thread of the process that runs the scenario: there is nothing to start, so a
scenario costs little more than the command itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization

import toolstory
from cmp_scenarios import ANY, INFORMS, MACS, NEW_SUBJECT, REFERENCE, SECRET, Tool
from onlab import ca as authority
from onlab import cacase, events, faults, judge, pki, up
from onlab.cacert import Certificate, find_path, read_pem, spki_of

OWN = {"USAGE", "CONFIG", "IDENTITY", "STORE", "BUSY", "ENTROPY", "CRYPTO", "BUG", "MEMORY"}
# What a command leaks ends with it, and to look for it takes as long as all else it does: in the
# agent's scenarios and the unit tests leaks are looked for.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
OF_DOMAIN = {"cr", "kur", "rr"}  # signed with a certificate of the domain


def start_ca(directory: Path, words: tuple[str, ...]) -> authority.CA:
    parser = argparse.ArgumentParser()
    up.add_serving_arguments(parser)
    authority.add_arguments(parser)
    options = parser.parse_args(list(words))
    faults.load_all()
    chosen = {key: value for key, value in vars(options).items() if key.startswith("cmp_")}
    return authority.CA(directory, options.fault, chosen)


@dataclass
class Stage:
    """The files of one scenario."""

    row: Tool
    directory: Path
    base: Path
    ca: authority.CA = field(init=False)
    journal: bytes = b""  # as it was when the tool was killed

    def __post_init__(self) -> None:
        self.lab = self.directory / "lab"
        self.lab.mkdir()
        pki.share(self.base, self.lab)
        self.ca = start_ca(self.lab, self.row.ca)
        if self.row.struck:
            self.ca.issuer.revoke(self.ca.credential(self.row.struck).certificate.serial)

    def file(self, name: str) -> Path:
        return self.directory / name

    def command(self, agent: Path, port: int) -> list[str]:
        row = self.row
        words = [agent, "cmp", row.operation, "--server", f"http://127.0.0.1:{port}",
                 "--total-timeout", "20", "--retries", row.retries]  # fmt: skip
        words += self._who()
        if row.certifies:
            words += ["--certout", self.file("new.pem"), "--chainout", self.file("chain.pem")]
            words += self._key()
            words += [] if row.operation == "kur" else ["--subject", NEW_SUBJECT]
        if row.operation == "ir" and row.by in MACS:
            words += ["--cacertsout", self.file("roots.pem")]
        words += {
            "getcacerts": ["--cacertsout", self.file("cas.pem")],
            "getrootupdate": ["--oldroot", self.lab / f"{row.root}.pem",
                              "--rootout", self.file("root.pem")],
            "getcertreqtemplate": ["--template-out", self.file("template.der")],
            "getcrls": ["--crl-issuer", self.lab / "domain/sub.pem",
                        "--crlout", self.file("sub.crl")],
        }.get(row.operation, [])  # fmt: skip
        words += self._held() if row.holds else []
        words += self._list(row.revoked) if row.revoked else []
        words += ["--journal", self.file("journal")] if row.killed else []
        return [str(word) for word in [*words, *row.arguments]]

    def _list(self, name: str) -> list:
        spec = self.ca.operations.information.lists.spec_of(self.ca.issuer.ca)
        spec.revoked = [(self.ca.credential(name).certificate.serial, spec.this_update, 1)]
        path = self.file("known.crl")
        path.write_bytes(spec.build())
        return ["--crl", path]

    def _held(self) -> list:
        held = self.file("held.crl")
        held.write_bytes(self.ca.operations.information.lists.spec_of(self.ca.issuer.ca).build())
        return ["--oldcrl", held]

    def _who(self) -> list:
        if self.row.by in MACS:
            secret = self.file("secret")
            secret.write_text(SECRET + "\n")
            secret.chmod(0o600)
            trusted = [] if self.row.operation == "ir" else self._trusted()
            return ["--ref", REFERENCE, "--secret-file", secret, "--mac", self.row.by, *trusted]
        name = self.row.device
        name = name or ("domain/device" if self.row.operation in OF_DOMAIN
                        else "device/idevid-p256")  # fmt: skip
        stem = self.lab / name
        return ["--cert", f"{stem}.pem", "--key", f"{stem}.key", *self._trusted()]

    def _trusted(self) -> list:
        return ["--trusted", self.lab / "domain/root.pem"]

    def _key(self) -> list:
        if self.row.keyless:
            return ["--newkeyout", self.file("new.key")]
        return ["--newkey", self.file("new.key")]


@dataclass
class Run:
    stage: Stage
    status: int | None
    output: str
    events: list[dict]

    def saw(self, what: str) -> list[dict]:
        return [event for event in self.events if event["what"] == what]


def run(row: Tool, agent: Path, directory: Path, base: Path, numbers: dict[str, int]) -> list[str]:
    """Complaints, in words."""
    stage = Stage(row, directory, base)
    with cacase.serving(stage.ca) as port:
        if row.story:
            bench = toolstory.Bench(stage, agent, port)
            row.story(bench)
            return bench.complaints
        command = stage.command(agent, port)
        (directory / "command").write_text(" ".join(command) + "\n")
        if row.killed:
            _kill_while_waiting(stage, command)
        status = _finish(stage, command)
    output = (directory / "tool.log").read_text(errors="replace")
    return list(complaints(Run(stage, status, output, events.read(stage.lab)), numbers))


def _start(stage: Stage, command: list[str]) -> subprocess.Popen:
    with open(stage.directory / "tool.log", "ab") as log:
        # It ends by itself when the CA is gone.
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                env=ENVIRONMENT)  # fmt: skip


def _finish(stage: Stage, command: list[str]) -> int | None:
    process = _start(stage, command)
    try:
        return process.wait(stage.row.seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def _kill_while_waiting(stage: Stage, command: list[str]) -> None:
    process, deadline = _start(stage, command), time.monotonic() + stage.row.seconds
    while time.monotonic() < deadline and process.poll() is None:
        if any(event["what"] == "pollReq" for event in events.read(stage.lab)):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if stage.row.forgets:
        stage.ca.transactions.clear()
    if stage.file("journal").exists():
        stage.journal = stage.file("journal").read_bytes()


# ---- judgement


def complaints(run: Run, numbers: dict[str, int]) -> Iterator[str]:
    row = run.stage.row
    names = {number: name for name, number in numbers.items()}
    name = names.get(run.status, str(run.status))
    by_peer = name in numbers and name not in OWN | {"OK"}
    if name not in row.exits and not (ANY in row.exits and by_peer):
        yield f"ended with {name}, expected {' or '.join(sorted(row.exits))}"
    yield from _of_any_run(run)
    yield from _on_the_wire(run)
    if row.rejects:
        if not run.saw("rejected_by_client"):
            yield "the CA has not heard of the rejection"
        yield from _nothing_left(run)
    elif run.status == 0 and row.certifies:
        yield from _certificate(run)
    elif run.status == 0 and row.operation in INFORMS:
        yield from _information(run)
    elif run.status == 0 and not run.saw("revoked"):
        yield "ended well, but nothing was revoked"
    if run.status != 0:
        yield from _nothing_left(run)


def _of_any_run(run: Run) -> Iterator[str]:
    if run.status is None:
        yield "it did not end in time"
    elif run.status < 0 or run.status >= judge.CRASHED:
        yield f"it crashed: status {run.status}"
    if judge.SANITIZER.search(run.output):
        yield "a sanitizer complains"
    if judge.CONTROL.search(run.output):
        yield "control characters of a peer reached the terminal"
    for words in run.stage.row.says:
        if words not in run.output:
            yield f"it does not say {words!r}"
    if SECRET in run.output:
        yield "the secret is in the output"
    if run.stage.row.killed and not run.stage.journal:
        yield "it was killed while waiting, and had kept no journal"
    if SECRET.encode() in run.stage.journal:
        yield "the secret is in the journal"
    if run.status == 0 and run.stage.file("journal").exists():
        yield "the journal is still there, though all is over"
    if run.saw("crash"):
        yield "the CA crashed"


def _on_the_wire(run: Run) -> Iterator[str]:
    row = run.stage.row
    requests = [event for event in run.events if "senderNonce" in event]
    nonces = [event["senderNonce"] for event in requests]
    if len(set(nonces)) != len(nonces):
        yield "a senderNonce was used twice"
    transactions = {event["transactionID"] for event in requests}
    if row.transactions is not None and len(transactions) != row.transactions:
        yield f"{len(transactions)} transactions, expected {row.transactions}"
    if row.polls is not None and len(run.saw("pollReq")) != row.polls:
        yield f"{len(run.saw('pollReq'))} pollReq, expected {row.polls}"
    if row.issued is not None and len(run.saw("issued")) != row.issued:
        yield f"{len(run.saw('issued'))} certificates issued, expected {row.issued}"
    if row.confirms is not None and bool(run.saw("certConf")) != row.confirms:
        yield f"certConf: {len(run.saw('certConf'))} of them"
    if run.status == 0 and run.saw("rejected_by_client") and not row.rejects:
        yield "ended well, and had rejected the certificate"
    # Who was killed may not have heard when to come again.
    if any(event.get("early") for event in requests) and not row.killed:
        yield "it polled before the time it was told"
    yield from _identifiers(run)
    for event in requests:
        if event["what"] != "certConf" and event["pvno"] != (3 if row.keyless else 2):
            yield f"pvno {event['pvno']} in {event['what']}"
        if row.by in MACS and event.get("protection", row.by) not in MACS:
            yield f"{event['what']} is not protected by MAC"


def _same(one: Path, other: Path, first: int | None = None) -> bool:
    """The same certificates; of the second file only so many."""
    wanted = [certificate.raw for certificate in read_pem(other)][:first]
    return one.exists() and [certificate.raw for certificate in read_pem(one)] == wanted


def _identifiers(run: Run) -> Iterator[str]:
    """certReqId of pollReq and certConf: as the CA said, or -1 for a whole message."""
    said = run.stage.ca.options["p10-id"] if run.stage.row.operation == "p10cr" else 0
    for event in run.saw("certConf"):
        if event.get("certReqId", said) != said:
            yield f"certConf for certReqId {event['certReqId']}, the CA said {said}"
    by_error = run.stage.ca.options["wait-by"] == "error" or not run.stage.row.certifies
    for event in run.saw("pollReq"):
        late = run.saw("certConf")[:1]
        expected = -1 if by_error or late and event["time"] > late[0]["time"] else said
        if event.get("certReqId", expected) != expected:
            yield f"pollReq for certReqId {event['certReqId']}, expected {expected}"


def _openssl(*words) -> tuple[int, str]:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def _certificate(run: Run) -> Iterator[str]:
    stage = run.stage
    new, key, chain = (stage.file(name) for name in ("new.pem", "new.key", "chain.pem"))
    if not new.exists() or not key.exists():
        yield "ended well, but left no certificate or no key"
        return
    if run.saw("issued") and not _same(new, Path(run.saw("issued")[-1]["file"])):
        yield "the certificate is not the one that was issued"
    if key.stat().st_mode & 0o77:
        yield "others may read the new key"
    yield from _key_and_path(stage, read_pem(new)[0], key, chain)
    if not stage.row.fault:  # a second opinion
        status, text = _openssl("verify", "-x509_strict", "-CAfile",
                                stage.lab / "domain/root.pem", "-untrusted", chain, new)  # fmt: skip
        if status != 0:
            yield f"openssl verify: {text.strip()}"
    if stage.row.operation == "ir" and stage.row.by in MACS:
        if not _same(stage.file("roots.pem"), stage.lab / "domain/root.pem"):
            yield "the roots written are not the domain's"


def _key_and_path(stage: Stage, new: Certificate, key: Path, chain: Path) -> Iterator[str]:
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    if spki_of(private) != new.spki:
        yield "the certificate is for another key than the file's"
    above = read_pem(chain) if chain.exists() else []
    if find_path(new, above, read_pem(stage.lab / "domain/root.pem")) is None:
        yield "the certificate and its chain do not lead to the domain's root"


def _information(run: Run) -> Iterator[str]:
    """What was asked for is there, and as the CA has it; or it said that there is none."""
    stage, row = run.stage, run.stage.row
    none = row.name.endswith(("-none", "-of-another", "-none-newer"))
    wrote = {"getcacerts": "cas.pem", "getrootupdate": "root.pem", "getcrls": "sub.crl",
             "getcertreqtemplate": "template.der"}[row.operation]  # fmt: skip
    if stage.file(wrote).exists() == none:
        yield f"{wrote} is {'there' if none else 'missing'}"
    if none or not stage.file(wrote).exists():
        return
    if row.operation == "getrootupdate":
        follows = {"domain/root": "domain/next-root", "domain/hash-root": "domain/hash-next"}
        if not _same(stage.file(wrote), stage.lab / f"{follows[row.root]}.pem"):
            yield "the new root is not the one that follows"
    if row.operation == "getcacerts":
        if not _same(stage.file(wrote), stage.lab / "domain/sub.pem", 1):
            yield "the CA certificates are not the CA's"
    if row.operation == "getcrls":
        form = "PEM" if b"-----" in stage.file(wrote).read_bytes() else "DER"
        status, text = _openssl("crl", "-inform", form, "-in", stage.file(wrote), "-noout",
                                "-CAfile", stage.lab / "domain/sub.pem")  # fmt: skip
        if status != 0 or "verify OK" not in text:
            yield f"openssl crl: {text.strip()}"


def _nothing_left(run: Run) -> Iterator[str]:
    """After a failure; but what may be a certificate in use is not thrown away."""
    stored = bool(run.saw("certConf")) and not run.saw("rejected_by_client")
    for name in ("root.pem", "sub.crl", "roots.pem", "new.pem"):
        if run.stage.file(name).exists() and not (name in ("new.pem", "roots.pem") and stored):
            yield f"it failed and left {name}"
