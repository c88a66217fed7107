# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories of a device's life: several commands, with the world changing between them.

A story gets a Life, and returns the exit status of its last command; what it finds wrong it says
with `expect`.  The lab's judge looks at the end, as after every scenario.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from onlab import dnsd, events, pki, processes, up
from onlab.device import Device

ONCE = ("run", "--once", "--rounds", "1")


class Cannot(Exception):
    """What the story needs is not on this machine."""


class Life:
    """One device, and the lab around it."""

    def __init__(self, agent: Path, device: Device, labs: list[up.Lab], log: Path,
                 seconds: int) -> None:  # fmt: skip
        self.command, self.device, self.labs, self.log = agent, device, labs, log
        self.deadline = time.monotonic() + seconds
        self.complaints: list[str] = []

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.complaints.append(what)

    # ---- the agent

    def start(self, *words: str, under: tuple[str, ...] = ()) -> subprocess.Popen:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*processes.DYING, *under, self.command, "--root", self.device.root, *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"} if under else None,
            )  # fmt: skip

    def killed_at(self, call: str, number: int, *words: str) -> bool:
        """Runs a command that dies at its so-and-so-many-th system call of that name, if it
        gets there.  Leaks cannot be looked for under a tracer."""
        inject = f"inject={call}:signal=KILL:when={number}"
        under = ("strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
        return self.finish(self.start(*words, under=under)) in (-9, 137)

    def fails_at(self, call: str, number: str, error: str, *words: str,
                 path: str = "") -> int | None:  # fmt: skip
        """The same with calls that fail, of those with a path if one is given."""
        inject = f"inject={call}:error={error}:when={number}"
        under = ("strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
        under += ("-P", path) if path else ()
        return self.finish(self.start(*words, under=under))

    def finish(self, process: subprocess.Popen) -> int | None:
        try:
            return process.wait(max(1.0, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None

    def run(self, *words: str, status: int = 0) -> int | None:
        """A command that must end so."""
        ended = self.finish(self.start(*words))
        self.expect(ended == status, f"{' '.join(words)} ended with {ended}, expected {status}")
        return ended

    def status(self) -> dict:
        command = [self.command, "--root", self.device.root, "status", "--json"]
        return json.loads(subprocess.run(command, capture_output=True, text=True).stdout)

    # ---- the lab

    def saw(self, what: str, **fields) -> list[dict]:
        found = [e for e in events.read(self.labs[-1].directory) if e["what"] == what]
        return [e for e in found if all(e.get(k) == v for k, v in fields.items())]

    def until(self, what: str, happened: Callable[[], bool]) -> None:
        while not happened():
            if time.monotonic() > self.deadline:
                raise TimeoutError(f"{what} did not happen")
            time.sleep(0.05)

    def until_saw(self, what: str, count: int = 1, **fields) -> None:
        self.until(f"{what} number {count}", lambda: len(self.saw(what, **fields)) >= count)

    def lab_becomes(self, *words: str) -> None:
        """Another lab with the same PKI and books, at the same address."""
        old = self.labs.pop()
        port = old.facts["registrar"].rsplit(":", 1)[1]
        old.stop()
        self.labs.append(up.Lab(old.directory, up.options_of([*words, "--port", port])))

    def lab_goes_away(self) -> None:
        self.labs[-1].stop()

    # ---- what is live

    def tidy(self) -> None:
        """Nothing under way, and no more than what is live and what was before it."""
        state = self.device.root / "etc/onramp"
        generations = sorted(entry.name for entry in (state / "gen").iterdir())
        self.expect(not (state / "journal").exists(), "a journal is left")
        self.expect(len(generations) <= 2, f"generations {', '.join(generations)} are left")
        live = self.device.live.resolve().name
        self.expect(live in generations[-1:], f"live is {live} of {generations}")

    def serial(self) -> int:
        return self.device.certificate().serial_number

    def whole(self, when: str) -> None:
        faults = self.device.faults()
        self.expect(not faults, f"{when}: {faults}")
        for name in ("voucher.vcj", "pin.pem", "meta.json", "onramp_state"):
            self.expect((self.device.live / name).is_file(), f"{when}: live/ lacks {name}")

    def same_transaction(self, kind: str, issued: int) -> None:
        """One request of this kind, and all that was said about it in one transaction."""
        self.expect(len(self.saw(kind)) == 1, f"{len(self.saw(kind))} requests {kind}")
        ours = {e["transactionID"] for e in self.saw(kind)}
        polls = {e["transactionID"] for e in self.saw("pollReq")}
        self.expect(polls == ours, f"polled for {polls}, asked in {ours}")
        self.expect(len(self.saw("issued")) == issued,
                    f"{len(self.saw('issued'))} certificates issued, expected {issued}")  # fmt: skip


def renews(life: Life) -> int | None:
    life.run(*ONCE)
    before, key = life.serial(), (life.device.live / "key.pem").read_bytes()
    status = life.run("renew")
    life.expect(life.serial() != before, "the certificate is the old one")
    life.expect((life.device.live / "key.pem").read_bytes() != key, "the key is the old one")
    life.whole("renewed")
    life.expect(len(life.saw("kur")) == 1, "no kur was seen")
    life.expect("renewal" in life.status()["certificate"], "status does not say when")
    life.expect(not life.saw("cmp", peer="unknown"), "TLS client unknown to the registrar")
    return status


def by_proxy(life: Life) -> int | None:
    """Both the enrolment and the renewal, and nothing beside the tunnel."""
    import toolstory  # here: it needs this module

    config = life.device.root / "etc/config/onramp"
    with toolstory.forwarding(0, proxy=True) as (port, seen):
        text = config.read_text()
        config.write_text(text.replace("config onramp 'main'\n", "config onramp 'main'\n"
                                       f"\toption proxy 'http://127.0.0.1:{port}'\n"))
        status = life.run(*ONCE)
        life.expect(seen and all(line.startswith("CONNECT 127.0.0.1:") for line in seen),
                    f"the proxy was asked: {seen}")  # fmt: skip
        seen.clear()
        status = life.run("renew") if status == 0 else status
        life.expect(bool(seen), "the renewal went past the proxy")
    return status


def renews_by_profile(life: Life) -> int | None:
    """meta.json and status say what was asked for, names without the log's quotes."""
    life.run(*ONCE)
    asked = [json.loads((life.device.live / "meta.json").read_text())["profile"]]
    status = life.run("renew")
    meta = json.loads((life.device.live / "meta.json").read_text())
    asked.append(meta["profile"])
    life.expect(asked == ["", "lan"], f"meta.json says it was asked for {asked}")
    for said in (meta, life.status()["certificate"]):
        life.expect(not set('"\\\\') & set(said["subject"] + said["issuer"]), f"quoted: {said}")
    return status


def renews_with_the_least(life: Life) -> int | None:
    """A kur needs the certificate in use and the owner's roots: not what the factory put in, nor
    what can be had again or is written down elsewhere."""
    life.run(*ONCE)
    before, factory = life.serial(), life.device.root / "factory"
    shutil.rmtree(factory)
    (life.device.live / "crl.der").write_text("nothing")
    (life.device.live / "meta.json").write_text("")
    life.expect(life.status()["state"] == "enrolled", f"status says {life.status()['state']}")
    status = life.run("renew")
    life.expect(life.serial() != before, "the certificate is the old one")
    life.whole("renewed")
    meta = json.loads((life.device.live / "meta.json").read_text())
    life.expect(meta["registrar"] == life.labs[-1].facts["registrar"], f"meta.json says {meta}")
    life.expect(not (life.device.live / "crl.der").exists(), "the broken CRL was kept")
    return status


def serves(life: Life) -> int | None:
    """The service renews by itself when it is time, and ends when told."""
    service = life.start("run")
    life.until_saw("kur", 1)
    life.until("the new certificate", lambda: life.device.is_enrolled()
               and f"{life.serial():040x}" == life.saw("issued")[-1]["serial"]
               and len(life.saw("issued")) >= 2)  # fmt: skip
    life.until("the report", lambda: "renewal_last" in life.status().get("agent", {}))
    said = life.status()
    life.expect(said["agent"]["renewal_last"] == "OK", f"status says {said}")
    # Asleep it does not hold the store: a renewal by hand goes beside it.
    life.run("renew")
    service.terminate()
    return life.finish(service)


def wakes_the_service(life: Life) -> int | None:
    """What is done by hand beside a sleeping service is not left for its next look."""
    service = life.start("run")
    state = lambda: life.status().get("agent", {}).get("state")  # noqa: E731
    told = lambda: life.log.read_bytes().count(b"already enrolled: ")  # noqa: E731
    life.until("the enrolment", lambda: state() == "enrolled")
    before, known = life.serial(), told()
    life.run("run", status=6)
    life.expect(state() == "enrolled", f"a second service made the status {state()}")
    life.run("renew")
    life.expect(life.serial() != before, "it was not renewed")
    life.until("the word of the renewal", lambda: told() > known)
    life.run("revoke")
    life.until("the word of the revocation", lambda: state() == "revoked")
    life.run("reset", "--yes")
    life.until("the next enrolment", lambda: life.device.is_enrolled() and state() == "enrolled")
    service.terminate()
    return life.finish(service)


def halted_for_a_moment(life: Life) -> int | None:
    """An IDevID that is there a little later than the service: nobody has to start it again."""
    idevid = life.device.root / "factory/idevid.pem"
    idevid.rename(idevid.with_name("later"))
    service = life.start("run")
    life.until("the report", lambda: life.status().get("agent", {}).get("state") == "halted")
    idevid.with_name("later").rename(idevid)
    life.until("the enrolment", lambda: life.status().get("agent", {}).get("state") == "enrolled")
    service.terminate()
    return life.finish(service)


def keeps_the_old(life: Life) -> int | None:
    life.run(*ONCE)
    before, link = life.serial(), os.readlink(life.device.live)
    life.lab_becomes("--fault", "cmp-rejection")
    life.run("renew", status=69)
    life.lab_goes_away()
    life.run("renew", status=10)
    life.expect(os.readlink(life.device.live) == link, "live is another generation")
    life.expect(life.serial() == before, "live is another certificate")
    return 0


def granted_otherwise(life: Life) -> int | None:
    """RFC 9810 5.2.3: the CA may change the names of an ir; it is said wherever one looks."""
    life.run(*ONCE)
    meta = json.loads((life.device.live / "meta.json").read_text())
    asked = pki.read_certs(life.device.root / "factory/idevid.pem")[0].subject
    life.expect(life.device.certificate().subject != asked, "the CA changed nothing")
    life.expect(meta.get("status") == "grantedWithMods", f"meta.json has {meta}")
    life.expect("subject" in meta.get("changed_by_ca", ""), f"meta.json has {meta}")
    life.expect("SN-0001" in meta.get("subject_asked", ""), f"meta.json has {meta}")
    said = life.status()["certificate"]
    life.expect("subject" in said.get("changed_by_ca", ""), f"status has {said}")
    life.run("status")
    output = life.log.read_text()
    life.expect("other than asked for, by the CA: subject" in output, "status does not say it")
    life.expect("other names than asked for" in output, "the log does not say it")
    return 0


def renamed(life: Life) -> int | None:
    """RFC 9483 4.1.3: an update keeps its names, also where the CA says that it changed them."""
    life.run(*ONCE)
    before = life.serial()
    for fault, status in (("cmp-cert-wrong-subject", 76), ("cmp-cert-no-subject", 76)):
        life.lab_becomes("--fault", "cmp-status-mods", "--fault", fault)
        life.run("renew", status=status)
    life.expect(life.serial() == before, "live is another certificate")
    return 0


def retries(life: Life) -> int | None:
    """A renewal that fails is told, and tried again by itself; the old one stays meanwhile."""
    life.run(*ONCE)
    before = life.serial()
    life.lab_becomes("--fault", "cmp-rejection:1")
    service = life.start("run")
    life.until_saw("kur", 1)
    life.until("the report", lambda: life.status().get("agent", {}).get("renewal_last", "")
               .startswith("E_CMP_REJECTED"))  # fmt: skip
    life.expect(life.serial() == before, "live changed though the renewal failed")
    life.until_saw("kur", 2)
    life.until("the new certificate", lambda: life.serial() != before)
    service.terminate()
    return life.finish(service)


def _interrupted(life: Life, *words: str, kind: str, issued: int, end: str) -> int | None:
    process = life.start(*words)
    life.until_saw("pollReq")
    getattr(process, end)()
    life.finish(process)
    life.expect(life.device.root.joinpath("etc/onramp/journal").is_file(), "no journal was left")
    status = life.run(*words)
    life.same_transaction(kind, issued)
    return status


def killed_while_enrolling(life: Life) -> int | None:
    return _interrupted(life, *ONCE, kind="ir", issued=1, end="kill")


def shows_nobody(life: Life) -> int | None:
    """Somebody else answers where the enrolment is to be reported: he sees no certificate."""
    status = life.run(*ONCE)
    life.until_saw("connection_failed", shown="other/ee")
    life.expect(not life.saw("connection", shown="other/ee"), "he was shown the LDevID")
    return status


def killed_past_the_voucher(life: Life) -> int | None:
    """The CA takes longer than the voucher lasts, which was accepted in its time."""
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    time.sleep(9)
    status = life.run(*ONCE)
    life.same_transaction("ir", 1)
    life.expect(all(e["body"]["status"] for e in life.saw("voucher_status")),
                "a voucher that was reported as good was reported as bad")  # fmt: skip
    return status


def stopped_while_enrolling(life: Life) -> int | None:
    return _interrupted(life, *ONCE, kind="ir", issued=1, end="terminate")


def stopped_in_a_flood(life: Life) -> int | None:
    """A registrar that answers octet by octet, and sends TLS records without data in between."""
    process = life.start("run", "--once")
    life.until_saw("accepted")
    time.sleep(2)
    life.expect(process.poll() is None, "the flood has ended by itself")
    process.terminate()
    told = time.monotonic()
    life.expect(life.finish(process) not in (None, 0), "it did not end when told")
    life.expect(time.monotonic() - told < 10, "it went on after it was told to end")
    life.lab_becomes()
    return life.run(*ONCE)


def killed_while_renewing(life: Life) -> int | None:
    life.run(*ONCE)
    life.lab_becomes(*WAITING)
    return _interrupted(life, "renew", kind="kur", issued=2, end="kill")


def unread_while_renewing(life: Life) -> int | None:
    """A file that cannot be read for once is no reason to give up what waits."""
    if subprocess.call(["sh", "-c", "strace -qq -o /dev/null true 2> /dev/null"]):
        raise Cannot("strace cannot trace here")
    life.run(*ONCE)
    life.lab_becomes(*WAITING)
    process = life.start("renew")
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    for number in ("1", "2"):
        ended = life.fails_at("openat", number, "EIO", "renew", path="gen/0001/revoked")
        life.expect(ended == 5, f"unread it ended with {ended}")
    status = life.run("renew")
    life.same_transaction("kur", 2)
    return status


WAITING = ("--cmp-wait", "4", "--cmp-check-after", "1")


def killed_at_202(life: Life) -> int | None:
    """RFC 8995 5.6: the same voucher-request again, also after a power cut, and when the
    registrar comes back later than the device, or is in trouble for a while."""
    process = life.start("run", "--once")
    life.until_saw("pvr", 2)
    process.kill()
    life.finish(process)
    life.labs[-1].registrar_goes()
    life.run(*ONCE, status=10)
    life.labs[-1].registrar_comes()
    status = life.run("run", "--once", "--rounds", "2")
    seen = {event["sha256"] for event in life.saw("pvr")}
    life.expect(len(seen) == 1, f"{len(seen)} different voucher-requests")
    return status


def killed_at_202_elsewhere(life: Life) -> int | None:
    """A redirect's target said 202: the next start goes there, and with the same request."""
    process = life.start("run", "--once")
    life.until_saw("pvr", 2)
    life.until("the journal", life.device.root.joinpath("etc/onramp/journal").is_file)
    process.kill()
    life.finish(process)
    return life.run(*ONCE)


def given_up_at_202(life: Life) -> int | None:
    """Patience ends a wait, not the request: the next call asks with the same."""
    life.run("run", "--once", "--patience", "1", status=19)
    life.expect(life.device.root.joinpath("etc/onramp/journal").is_file(), "no journal was left")
    return life.run(*ONCE)


def redirected_and_gone(life: Life) -> int | None:
    """A redirect's target said 202 and went away: the start after finds nobody there, and the one
    after that asks where it is configured, with another request."""
    process = life.start("run", "--once")
    life.until("the journal", life.device.root.joinpath("etc/onramp/journal").is_file)
    process.kill()
    life.finish(process)
    life.run(*ONCE, status=10)
    return life.run(*ONCE)


def redirected_and_gone_in_service(life: Life) -> int | None:
    """The same without a restart."""
    return life.run("run", "--once", "--rounds", "2")


PROMPT = 10.0  # seconds, in which the agent is up and down again; it would wait for 30 and more


def _status_file(life: Life) -> dict:
    return json.loads((life.device.root / "var/run/onramp/status.json").read_text())


def _told_to_end(life: Life, under_way: Callable[[], bool], *words: str, status: int) -> None:
    process = life.start(*words)
    life.until("what it is to be stopped in", under_way)
    time.sleep(0.3)
    begun = time.monotonic()
    process.terminate()
    ended = life.finish(process)
    life.expect(ended == status, f"{words}: SIGTERM ended it with {ended}, expected {status}")
    life.expect(time.monotonic() - begun < PROMPT, f"{words}: it took its time")
    state = _status_file(life)["state"]
    life.expect(state == "stopped", f"{words}: status.json says {state}")


def _is_stopped_everywhere(life: Life, under_way: Callable[[], Callable[[], bool]]) -> None:
    """The service and the single run by SIGTERM, the single run by its patience."""
    _told_to_end(life, under_way(), "run", status=0)
    _told_to_end(life, under_way(), "run", "--once", status=99)
    begun = time.monotonic()
    ended = life.finish(life.start("run", "--once", "--patience", "2"))
    life.expect(ended not in (None, 0, 99), f"--patience 2 ended with {ended}")
    life.expect(time.monotonic() - begun < 2 + PROMPT, "--patience 2 took its time")


def stopped_at_the_server(life: Life) -> int | None:
    """Whatever the registrar keeps us waiting with."""
    def one_more() -> Callable[[], bool]:
        before = len(life.saw("accepted"))
        return lambda: len(life.saw("accepted")) > before

    _is_stopped_everywhere(life, one_more)
    life.lab_becomes()
    return life.run(*ONCE)


def _at(life: Life, old: str, new: str) -> None:
    life.device.configure(life.device.config.read_text().replace(old, new))


def stopped_while_connecting(life: Life) -> int | None:
    """A port whose queue is full answers nobody."""
    good = life.labs[-1].facts["registrar"]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        bad = f"https://127.0.0.1:{listener.getsockname()[1]}"
        _at(life, good, bad)
        _is_stopped_everywhere(life, lambda: lambda: True)
        for sock in waiting:
            sock.close()
    _at(life, bad, good)
    return life.run(*ONCE)


def by_a_bad_name_server(life: Life) -> int | None:
    """Names that are not told, in every way; then one that is, over TCP."""
    address = f"127.53.{os.getpid() >> 8 & 255}.{os.getpid() & 254 | 1}"  # our own
    try:
        server = dnsd.Server(address, 53)
    except PermissionError:
        raise Cannot("port 53 is for root alone") from None
    threading.Thread(target=server.run, daemon=True).start()
    (life.device.root / "etc/resolv.conf").write_text(f"nameserver {address}\n")
    port = life.labs[-1].facts["registrar"].rsplit(":", 1)[1]
    before = life.labs[-1].facts["registrar"]
    for name in ("silent", "truncated", "flood", "nx", "cname-loop"):
        url = f"https://{name}.lab.example:{port}"
        _at(life, before, url)
        before = url
        begun, asked = time.monotonic(), len(server.asked)
        life.run(*ONCE, status=10)
        life.expect(time.monotonic() - begun < 10 + PROMPT, f"{name}: it took its time")
        life.expect(len(server.asked) > asked, f"{name}: nobody was asked")
        if name in ("silent", "truncated", "flood"):
            def one_more() -> Callable[[], bool]:
                count = len(server.asked)
                return lambda: len(server.asked) > count

            _is_stopped_everywhere(life, one_more)
    _at(life, before, f"https://truncated-then-good.lab.example:{port}")
    status = life.run(*ONCE)
    server.close()
    return status


def cut_anywhere(life: Life) -> int | None:
    """A renewal dies before each of its renames in turn.  What is live stays whole, and the next
    one ends well; what was confirmed before the cut is not asked for again."""
    if subprocess.call(["sh", "-c", "strace -qq -o /dev/null true 2> /dev/null"]):
        raise Cannot("strace cannot trace here")
    life.run(*ONCE)
    issued: list[int] = []
    while True:
        before, count = life.serial(), len(life.saw("issued"))
        if not life.killed_at("renameat", len(issued) + 1, "renew"):
            break
        where = f"killed at rename {len(issued) + 1}"
        life.whole(where)
        life.expect(life.serial() == before, f"{where}: half a renewal is live")
        life.run("renew")
        life.expect(life.serial() != before, f"{where}: the next one renewed nothing")
        life.whole(f"{where}, then renewed")
        issued.append(len(life.saw("issued")) - count)
    life.expect(len(issued) > 10, f"only {len(issued)} renames were seen")
    life.expect(issued[-1] == 1, "what was confirmed was asked for again")
    life.expect(set(issued) <= {1, 2}, f"certificates for each cut: {issued}")
    return 0


def cut_anywhere_at_first(life: Life) -> int | None:
    """The same of an enrolment: nothing, or all of it, is live after the cut; then all.  Every
    other rename will do: status files are among them."""
    if subprocess.call(["sh", "-c", "strace -qq -o /dev/null true 2> /dev/null"]):
        raise Cannot("strace cannot trace here")
    cuts, issued = 1, 0
    while life.killed_at("renameat", cuts, *ONCE):
        if life.device.is_enrolled():
            life.whole(f"killed at rename {cuts}")
        life.run(*ONCE)
        life.whole(f"killed at rename {cuts}, then enrolled")
        issued, before = len(life.saw("issued")), issued
        life.expect(issued - before in (1, 2), f"{issued - before} certificates at cut {cuts}")
        life.run("reset", "--yes")
        cuts += 2
    life.expect(cuts > 10, f"only {cuts} renames were seen")
    return 0


def away_while_waiting(life: Life) -> int | None:
    """The cable is out while the CA thinks: the same transaction goes on."""
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    life.labs[-1].registrar_goes()
    life.until("its notice", lambda: "out of reach" in life.log.read_text(errors="replace"))
    life.labs[-1].registrar_comes()
    status = life.finish(process)
    life.same_transaction("ir", 1)
    return status


def out_of_patience(life: Life) -> int | None:
    """The CA thinks longer than the caller waits: the next call goes on with the same request."""
    life.run(*ONCE, "--patience", "8", status=72)
    life.expect(life.device.root.joinpath("etc/onramp/journal").is_file(), "no journal was left")
    status = life.run(*ONCE)
    life.same_transaction("ir", 1)
    return status


def away_after_the_kill(life: Life) -> int | None:
    """Nobody to be reached at the next start: what is staged stays for the one after."""
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    life.labs[-1].registrar_goes()
    life.run(*ONCE, status=10)
    life.labs[-1].registrar_comes()
    status = life.run(*ONCE)
    life.same_transaction("ir", 1)
    return status


def confirmed_before_the_cut(life: Life) -> int | None:
    """The power goes between the confirmation and the link: the next start makes it live."""
    life.run(*ONCE)
    asked, serial = len(life.saw("cmp")), life.serial()
    _take_back(life)
    status = life.run(*ONCE)
    life.expect(life.serial() == serial, "the certificate is another one")
    life.expect(len(life.saw("cmp")) == asked, "it asked for another certificate")
    _take_back(life)
    next(life.device.root.glob("etc/onramp/gen/*/fullchain.pem")).write_text("")
    life.run(*ONCE)
    life.expect(life.serial() != serial, "half a generation became live")
    return status


def _take_back(life: Life) -> None:
    """As it was before the link was made, and the mark after it."""
    state = life.device.root / "etc/onramp"
    number = os.readlink(state / "live").removeprefix("gen/")
    for name in ("live", "owned"):
        (state / name).unlink()
    url = life.labs[-1].facts["registrar"]
    pending = {"errand": "onboard", "registrar": url, "origin": url, "confirmed": True}
    (state / "journal").write_text(f"onramp-journal 1 {number}\n{json.dumps(pending)}")


def names_the_signer(life: Life) -> int | None:
    """`check` warns that all of the manufacturer's CA may sign, until the signer's key is named."""
    warning = "warn anchors"
    life.run("check")
    life.expect(warning in life.log.read_text(), "check does not warn")
    signer = pki.load(life.labs[-1].directory, "manufacturer/voucher-signer")
    key = hashlib.sha256(pki.spki(signer.cert)).hexdigest()
    text = life.device.config.read_text()
    trust = "\tlist masa_trust"
    life.device.configure(text.replace(trust, f"\tlist masa_signer 'sha256:{key}'\n{trust}"))
    life.run("check")
    life.run(*ONCE)
    output = life.log.read_text()
    life.expect(output.count(warning) == 1, "check warns of a signer that is named")
    life.expect("warning: masa_trust" not in output, "so does the service")
    return 0


def checked_meanwhile(life: Life) -> int | None:
    """`check` changes nothing: not on a new device, not under a service that waits for the CA."""
    etc = life.device.root / "etc"

    def files() -> dict[Path, bytes]:
        return {p: p.read_bytes() if p.is_file() else b"" for p in etc.rglob("*")}

    before = files()
    life.run("check")
    life.expect(files() == before, f"it made {set(files()) - set(before)}")
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    life.run("check")
    life.run(*ONCE, status=6)
    said = life.status()["agent"]
    life.expect(said["running"] and "error" not in said, f"the second one wrote {said}")
    life.expect(said["next_try_in_seconds"] > 0, f"status does not say how long: {said}")
    process.kill()
    life.finish(process)
    before = files()
    life.run("check")
    life.expect(files() == before, "it changed what waits")
    (etc / "onramp/journal").write_text("nothing")
    before = files()
    life.run("check")
    life.expect(files() == before, "it swept")
    return life.run(*ONCE)


def forgets_no_owner(life: Life) -> int | None:
    """A backup that followed the link is no new device: nothing is asked for, nothing goes."""
    life.run(*ONCE)
    live, asked = life.device.live, len(life.saw("pvr"))
    target, number = live.resolve(), os.readlink(live)
    live.unlink()
    shutil.copytree(target, live)
    for words in (("status",), ONCE, ("renew",)):
        life.run(*words, status=5)
    life.expect(life.status()["state"] == "damaged", f"status says {life.status()}")
    life.expect((target / "key.pem").is_file(), "the key is gone")
    life.expect(len(life.saw("pvr")) == asked, "it asked for another voucher")
    shutil.rmtree(live)
    live.symlink_to(number)
    life.run("renew")
    life.whole("mended")
    (live / "fullchain.pem").write_text("")
    life.run(*ONCE, status=5)
    hint = f"ln -sfn {number} "
    life.expect(hint in life.log.read_text(errors="replace"), "it names no way back")
    live.unlink()
    live.symlink_to(number)
    life.run(*ONCE)
    life.whole("gone back")
    live.unlink()
    live.symlink_to("/etc")
    life.run("reset", "--yes")
    life.expect(not life.device.leftovers(), f"left behind: {life.device.leftovers()}")
    return life.run(*ONCE)


def others_meanwhile(life: Life) -> int | None:
    """The first registrar dies while its CA thinks, the second is well: it is asked, too."""
    first = life.labs[0]
    process = life.start(*ONCE)
    life.until("a pollReq", lambda: any(e["what"] == "pollReq"
                                        for e in events.read(first.directory)))  # fmt: skip
    process.kill()
    life.finish(process)
    first.stop()
    return life.run(*ONCE)


def elsewhere(life: Life) -> int | None:
    """The operator names another registrar meanwhile: what was begun there is given up."""
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    text = life.device.config.read_text()
    life.device.configure(text.replace("https://127.0.0.1", "https://localhost"))
    status = life.run(*ONCE)
    life.expect(len(life.saw("ir")) == 2, "it did not start over")
    return status


def forgotten_by_the_ca(life: Life) -> int | None:
    """The transaction is gone, the staged key is not: another request for the same key."""
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    staged = next(life.device.root.glob("etc/onramp/gen/*/key.pem")).read_bytes()
    life.lab_becomes()
    status = life.run(*ONCE)
    life.expect(len(life.saw("ir")) == 2, "no new request was made")
    life.expect((life.device.live / "key.pem").read_bytes() == staged, "the key is another")
    return status


def damaged_journal(life: Life) -> int | None:
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    journal = life.device.root / "etc/onramp/journal"
    journal.write_bytes(journal.read_bytes()[:-20])
    status = life.run(*ONCE)
    life.expect(len(life.saw("ir")) == 2, "it did not start over")
    return status


def _staged_loses(life: Life, lose: Callable[[Path], None]) -> int | None:
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    lose(next(life.device.root.glob("etc/onramp/gen/*")))
    status = life.run(*ONCE)
    life.expect(len(life.saw("ir")) == 2, "it did not start over")
    return status


def lost_key(life: Life) -> int | None:
    return _staged_loses(life, lambda staged: (staged / "key.pem").write_text("nothing"))


def lost_generation(life: Life) -> int | None:
    return _staged_loses(life, shutil.rmtree)


def other_voucher(life: Life) -> int | None:
    """What stands in the state directory is no trust: the voucher must hold again."""
    process = life.start(*ONCE)
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    voucher = next(life.device.root.glob("etc/onramp/gen/*/voucher.vcj"))
    raw = bytearray(voucher.read_bytes())
    raw[len(raw) // 2] ^= 1
    voucher.write_bytes(raw)
    polls = len(life.saw("pollReq"))
    status = life.run(*ONCE)
    life.expect(len(life.saw("ir")) == 2, "it did not start over")
    life.expect(len(life.saw("pvr")) == 2, "no new voucher was asked for")
    first = life.saw("ir")[0]["transactionID"]
    life.expect(len(life.saw("pollReq", transactionID=first)) == polls,
                "it went on without a voucher")  # fmt: skip
    return status


def revokes(life: Life) -> int | None:
    life.run(*ONCE)
    before = life.serial()
    status = life.run("revoke", "--reason", "keyCompromise")
    life.expect([e["serial"] for e in life.saw("revoked")] == [f"{before:040x}"],
                "the CA did not revoke it")  # fmt: skip
    life.expect(life.status()["state"] == "revoked", f"status says {life.status()['state']}")
    life.expect("'revoked'" in life.device.state(), "UCI does not say so")
    life.run("renew", status=58)
    life.run(*ONCE, status=58)
    life.expect(len(life.saw("issued")) == 1, "it enrolled again by itself")
    return status


def cut_while_revoking(life: Life) -> int | None:
    """Nobody takes an rr back.  A full disk is known before it is sent; a power cut after it
    leaves a device that renews nothing, asks again, and believes that it was revoked before."""
    if subprocess.call(["sh", "-c", "strace -qq -o /dev/null true 2> /dev/null"]):
        raise Cannot("strace cannot trace here")
    life.run(*ONCE)
    before = life.serial()
    ended = life.fails_at("mkdirat", "2+", "ENOSPC", "revoke")
    life.expect(ended == 5, f"with a full disk it ended with {ended}")
    life.expect(not life.saw("revoked"), "it was revoked, and nothing could be written")
    life.expect(life.status()["state"] == "enrolled", f"then: {life.status()['state']}")
    life.expect(life.killed_at("symlinkat", 1, "revoke", "--reason", "keyCompromise"),
                "it made no link")  # fmt: skip
    life.expect(len(life.saw("revoked")) == 1, "it was not revoked before the cut")
    life.expect(life.status()["state"] == "revoking", f"after: {life.status()['state']}")
    life.run("renew", status=58)
    service = life.start("run")
    life.until("the record", lambda: life.status()["state"] == "revoked")
    service.terminate()
    life.finish(service)
    life.expect((life.device.live / "revoked").read_text() == "keyCompromise\n", "the reason")
    life.expect(len(life.saw("revoked")) == 1 and not life.saw("kur"), "it was done twice")
    life.expect(life.serial() == before, "live is another certificate")
    life.whole("revoked")
    life.run(*ONCE, status=58)
    return 0


def resets_and_revokes(life: Life) -> int | None:
    life.run(*ONCE)
    serial = f"{life.serial():040x}"
    life.lab_goes_away()
    life.run("reset", "--yes", "--revoke", status=10)
    life.expect(life.device.is_enrolled(), "it was reset though it was not revoked")
    life.lab_becomes()
    life.run("reset", "--yes", "--revoke")
    life.expect(not life.device.is_enrolled(), "it was not reset")
    life.expect([e["serial"] for e in life.saw("revoked")] == [serial], "it was not revoked")
    status = life.run(*ONCE)
    life.lab_goes_away()
    life.run("reset", "--yes", "--revoke", "--force")
    life.expect(not life.device.is_enrolled(), "--force did not reset")
    life.run("reset", "--yes", "--revoke")  # nothing is left to ask a CA for
    life.lab_becomes()
    return life.run(*ONCE) if status == 0 else status


def outlived(life: Life) -> int | None:
    """The certificate has ended: ir with the IDevID, at the owner's, without a voucher."""
    life.run(*ONCE)
    before = life.serial()
    life.until("the end", lambda: life.status()["state"] == "expired")
    life.run(*ONCE, status=52)
    life.lab_becomes()
    status = life.run("renew")
    life.expect(life.serial() != before, "the certificate is the old one")
    life.expect(len(life.saw("ir")) == 2 and not life.saw("kur"), "it was not by ir")
    life.expect(len(life.saw("pvr")) == 1, "it asked for a voucher again")
    return status


def outlived_unknowingly(life: Life) -> int | None:
    """No clock tells that the certificate has ended, but the server refuses it: then by ir."""
    life.run(*ONCE)
    before = life.serial()
    life.until("the end", lambda: pki.validity(life.device.certificate())[1]
               < pki.utc_now() - timedelta(seconds=1))  # fmt: skip
    said = life.status()
    life.expect(said["state"] == "enrolled" and not said["clock"]["believed"], f"status: {said}")
    life.lab_becomes()
    status = life.run("renew")
    life.expect(life.serial() != before, "the certificate is the old one")
    life.expect(len(life.saw("ir")) == 2, "it was not by ir")
    life.expect(len(life.saw("pvr")) == 1, "it asked for a voucher again")
    return status


def blind(life: Life) -> int | None:
    """The service has no clock, and the certificate ends: some time after the start it asks."""
    service = life.start("run")
    life.until_saw("ir", 2)
    life.until("the new certificate", lambda: len(life.saw("issued")) == 2
               and f"{life.serial():040x}" == life.saw("issued")[-1]["serial"])  # fmt: skip
    service.terminate()
    return life.finish(service)


def outlived_while_waiting(life: Life) -> int | None:
    """The same with a kur that waits: its certificate signs no pollReq any more either."""
    life.run(*ONCE)
    life.lab_becomes("--cmp-wait", "2", "--cmp-check-after", "1")
    process = life.start("renew")
    life.until_saw("pollReq")
    process.kill()
    life.finish(process)
    life.until("the end", lambda: life.status()["state"] == "expired")
    kur = life.saw("kur")[0]["transactionID"]
    polls = len(life.saw("pollReq", transactionID=kur))
    status = life.run("renew")
    life.expect(len(life.saw("pollReq", transactionID=kur)) == polls, "it went on with the kur")
    life.expect(len(life.saw("ir")) == 2 and len(life.saw("kur")) == 1, "it was not by ir")
    return status


def another_owner(life: Life) -> int | None:
    """Somebody else at the owner's address, with a certificate of the wrong kind or domain."""
    life.run(*ONCE)
    before = life.serial()
    cmp = len(life.saw("cmp"))
    life.lab_becomes("--fault", "registrar-imposter")
    life.run("renew", status=42)
    for name, status in (("noeku", 42), ("selfsigned", 41), ("clone", 41), ("expired", 52)):
        life.lab_becomes("--registrar", name)
        life.run("renew", status=status)
    life.expect(len(life.saw("cmp")) == cmp, "it spoke CMP to them")
    life.expect(life.serial() == before, "live changed")
    return 0


def revoked_server(life: Life) -> int | None:
    """The owner's CA has revoked the registrar's certificate, and the CRL held says so."""
    life.run(*ONCE)
    before, lab = life.serial(), life.labs[-1].directory
    serial = pki.read_certs(lab / "domain/registrar-p256.pem")[0].serial_number
    with (lab / "ca/revoked").open("a") as books:
        books.write(f"{serial:x} 1 {int(time.time())}\n")
    life.lab_becomes()
    service = life.start("run")
    life.until("a CRL", lambda: (life.device.live / "crl.der").is_file())
    service.terminate()
    life.finish(service)
    life.run("renew", status=41)
    life.expect(life.serial() == before, "live is another certificate")
    return 0


def keeps_no_huge_list(life: Life) -> int | None:
    """One that is larger than what is kept on flash: said, and nothing else is touched."""
    life.run(*ONCE)
    before = life.serial()
    service = life.start("run")
    life.until("the failure", lambda: "E_TOO_BIG" in json.dumps(life.status()))
    service.terminate()
    life.finish(service)
    life.expect(not (life.device.live / "crl.der").exists(), "it was kept")
    life.expect(life.serial() == before, "live is another certificate")
    left = [path.name for path in (life.device.live.parent).iterdir() if path.name.endswith(".tmp")]
    life.expect(left == [], f"left behind: {left}")
    return life.run("renew")


def plain_http(life: Life) -> int | None:
    """Straight to the CA, by the operator's word: the messages protect themselves."""
    life.run(*ONCE)
    before = life.serial()
    text = life.device.config.read_text()
    life.device.configure(text + f"config renew\n\toption url '{life.labs[-1].facts['ca']}'\n")
    status = life.run("renew")
    life.expect(life.serial() != before, "the certificate is the old one")
    life.expect(len(life.saw("cmp")) == len(life.saw("ir")) + len(life.saw("genm")) - 2,
                "it went by the registrar")  # fmt: skip
    return status


def freshens(life: Life) -> int | None:
    """The service fetches the root to come and the CRL, each into a new generation."""
    service = life.start("run")
    roots = life.device.live / "roots.pem"
    life.until("two roots", lambda: roots.is_file() and len(pki.read_certs(roots)) == 2)
    life.until("a CRL", lambda: (life.device.live / "crl.der").is_file())
    life.expect(len(pki.read_certs(roots)) == 2, "the roots were lost with the CRL")
    key = (life.device.live / "key.pem").stat().st_mode
    life.expect(key & 0o077 == 0, "key.pem can be read by others")
    service.terminate()
    life.finish(service)
    status = life.run("renew")
    life.expect(len(pki.read_certs(roots)) == 2, "the renewal lost a root")
    life.expect((life.device.live / "crl.der").is_file(), "the renewal lost the CRL")
    life.run("revoke")
    life.whole("revoked")
    life.expect(len(pki.read_certs(roots)) == 2, "the revocation lost a root")
    life.expect((life.device.live / "crl.der").is_file(), "the revocation lost the CRL")
    return status
