# SPDX-License-Identifier: GPL-2.0-or-later
"""Status reports of a pledge: voucher_status (RFC 8995 5.7) and enrollstatus (5.9.4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from onlab.voucher import strict_json

MEMBERS = {"version", "status", "reason", "reason-context"}


@dataclass
class Report:
    """`faults` break the RFC, `remarks` only ignore its advice."""

    body: object = None
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(data: bytes, media_type: str | None) -> Report:
    report = Report()
    if media_type != "application/json":
        report.faults.append(f"media type {media_type!r}")
    try:
        report.body = strict_json(data)
    except ValueError as error:
        report.faults.append(f"no JSON: {error}")
        return report
    if not isinstance(report.body, dict):
        report.faults.append("no object")
        return report
    report.faults += _faults(report.body)
    if report.body.get("status") is False and not report.body.get("reason"):
        report.remarks.append("status false without a reason")
    unknown = sorted(set(report.body) - MEMBERS)
    if unknown:
        report.remarks.append(f"members {unknown}")
    return report


def _faults(body: dict) -> list[str]:
    faults = []
    if type(body.get("version")) is not int or body["version"] != 1:
        faults.append("version is not the number 1")
    if type(body.get("status")) is not bool:
        faults.append("status is no boolean")
    if not isinstance(body.get("reason", ""), str):
        faults.append("reason is no string")
    if not isinstance(body.get("reason-context", {}), dict):
        faults.append("reason-context is no object")
    if any(name != name.lower() for name in body):
        faults.append("a member name is not lower case")
    return faults
