# SPDX-License-Identifier: GPL-2.0-or-later
"""A device made of a directory: what the factory put in, and what the agent made of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from onlab import path, pki

LIVE = ("key.pem", "cert.pem", "chain.pem", "fullchain.pem", "roots.pem")
LISTS = ("masa_trust", "masa_signer", "dns_name", "ip_address")


def config_text(registrars: Iterable[str], settings: Mapping[str, str]) -> str:
    """/etc/config/onramp; settings are `section.option`, an empty value leaves the option out."""
    sections = {
        # the machine that the lab runs on may not know whether its clock is right: containers
        "main": ("onramp", {"enabled": "1", "trust_clock": "1"}),
        "idevid": (
            "identity",
            {
                "cert": "/factory/idevid.pem",
                "key": "/factory/idevid.key",
                "masa_trust": "/factory/masa.pem",
            },
        ),
        "voucher": ("voucher", {}),
        "tls": ("tls", {}),
        "lan": ("enrol", {"profile": "", "key_type": "ec256"}),
        "renew": ("renew", {}),
    }
    for name, value in settings.items():
        section, option = name.split(".")
        sections[section][1][option] = value
    lines = []
    for name, (kind, options) in sections.items():
        lines.append(f"config {kind} '{name}'")
        for option, value in options.items():
            word = "list" if option in LISTS else "option"
            lines.append(f"\t{word} {option} '{value}'")
    for number, url in enumerate(registrars):
        lines += [f"config registrar 'registrar{number}'", f"\toption url '{url}'"]
    return "\n".join(lines) + "\n"


class Device:
    """Everything below one root directory."""

    def __init__(self, root: Path, lab: Path, idevid: str = "device/idevid-p256") -> None:
        self.root = root
        factory = root / "factory"
        factory.mkdir(parents=True)
        (root / "etc/config").mkdir(parents=True)
        for kind in ("pem", "key"):
            shutil.copy(lab / f"{idevid}.{kind}", factory / f"idevid.{kind}")
        shutil.copy(lab / "masa/root.pem", factory / "masa.pem")
        shutil.copy(lab / "manufacturer/root.pem", factory / "maker.pem")

    @property
    def config(self) -> Path:
        return self.root / "etc/config/onramp"

    def configure(self, text: str) -> None:
        self.config.write_text(text)

    def state(self) -> str:
        """What UCI shows."""
        return (self.root / "etc/config/onramp_state").read_text()

    @property
    def live(self) -> Path:
        return self.root / "etc/onramp/live"

    def is_enrolled(self) -> bool:
        return self.live.exists()

    def leftovers(self) -> list[str]:
        """Files of the state directory that no device without a certificate should have."""
        state = self.root / "etc/onramp"
        found = [p for p in state.rglob("*") if p.is_symlink() or p.is_file()]
        return sorted(str(p.relative_to(state)) for p in found
                      if p.stat(follow_symlinks=False).st_size and p.name != "lock")  # fmt: skip

    # ---- what is live

    def faults(self) -> list[str]:
        """What is wrong with the live generation."""
        missing = [name for name in LIVE if not (self.live / name).is_file()]
        if missing:
            return [f"live/ lacks {', '.join(missing)}"]
        try:
            return list(self._certificate_faults())
        except ValueError as error:
            return [f"live/ cannot be read: {error}"]

    def certificate(self) -> x509.Certificate:
        return pki.read_certs(self.live / "cert.pem")[0]

    def _certificate_faults(self) -> Iterable[str]:
        cert = self.certificate()
        chain = pki.read_certs(self.live / "chain.pem")
        roots = pki.read_certs(self.live / "roots.pem")
        key = serialization.load_pem_private_key((self.live / "key.pem").read_bytes(), None)
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        if public != pki.spki(cert):
            yield "key.pem is not the certificate's key"
        if (self.live / "key.pem").stat().st_mode & 0o077:
            yield "key.pem can be read by others"
        if pki.read_certs(self.live / "fullchain.pem") != [cert, *chain]:
            yield "fullchain.pem is not cert.pem and chain.pem"
        if not path.chains(cert, chain, roots):
            yield "cert.pem does not chain to roots.pem"
        if not (self.root / "etc/config/onramp_state").exists():
            yield "etc/config/onramp_state is missing"
