# SPDX-License-Identifier: GPL-2.0-or-later
"""Every number CMP gives a name to, once."""

from __future__ import annotations

# RFC 9480 A.2, PKIBody
BODIES = {
    "ir": 0, "ip": 1, "cr": 2, "cp": 3, "p10cr": 4, "popdecc": 5, "popdecr": 6, "kur": 7, "kup": 8,
    "krr": 9, "krp": 10, "rr": 11, "rp": 12, "ccr": 13, "ccp": 14, "ckuann": 15, "cann": 16,
    "rann": 17, "crlann": 18, "pkiconf": 19, "nested": 20, "genm": 21, "genp": 22, "error": 23,
    "certConf": 24, "pollReq": 25, "pollRep": 26,
}  # fmt: skip
BODY_NAMES = {number: name for name, number in BODIES.items()}
ANSWERS = {"ir": "ip", "cr": "cp", "p10cr": "cp", "kur": "kup"}

# RFC 4210 5.2.3, PKIStatus and PKIFailureInfo
ACCEPTED, GRANTED_WITH_MODS, REJECTION, WAITING, REVOCATION_WARNING = range(5)
FAIL_INFO = [
    "badAlg", "badMessageCheck", "badRequest", "badTime", "badCertId", "badDataFormat",
    "wrongAuthority", "incorrectData", "missingTimeStamp", "badPOP", "certRevoked",
    "certConfirmed", "wrongIntegrity", "badRecipientNonce", "timeNotAvailable",
    "unacceptedPolicy", "unacceptedExtension", "addInfoNotAvailable", "badSenderNonce",
    "badCertTemplate", "signerNotTrusted", "transactionIdInUse", "unsupportedVersion",
    "notAuthorized", "systemUnavail", "systemFailure", "duplicateCertReq",
]  # fmt: skip

# RFC 9483 6.1, table 1: what may open an operation at each label
LABELS = {
    "initialization": "ir", "certification": "cr", "keyupdate": "kur", "pkcs10": "p10cr",
    "revocation": "rr", "getcacerts": "genm", "getrootupdate": "genm",
    "getcertreqtemplate": "genm", "getcrls": "genm",
}  # fmt: skip

ID_IT = "1.3.6.1.5.5.7.4."
IT_CURRENT_CRL = ID_IT + "6"
IT_IMPLICIT_CONFIRM = ID_IT + "13"
IT_CONFIRM_WAIT_TIME = ID_IT + "14"
IT_CA_CERTS = ID_IT + "17"
IT_ROOT_CA_KEY_UPDATE = ID_IT + "18"
IT_CERT_REQ_TEMPLATE = ID_IT + "19"
IT_ROOT_CA_CERT = ID_IT + "20"
IT_CERT_PROFILE = ID_IT + "21"
IT_CRL_STATUS_LIST = ID_IT + "22"
IT_CRLS = ID_IT + "23"

REG_CTRL_OLD_CERT_ID = "1.3.6.1.5.5.7.5.1.5"
REG_CTRL_ALG_ID = "1.3.6.1.5.5.7.5.1.11"
REG_CTRL_RSA_KEY_LEN = "1.3.6.1.5.5.7.5.1.12"

KP_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
KP_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"
KP_CMC_CA = "1.3.6.1.5.5.7.3.27"
KP_CMC_RA = "1.3.6.1.5.5.7.3.28"
KP_CM_KGA = "1.3.6.1.5.5.7.3.32"

CE_SUBJECT_KEY_ID = "2.5.29.14"
CE_KEY_USAGE = "2.5.29.15"
CE_SUBJECT_ALT_NAME = "2.5.29.17"
CE_BASIC_CONSTRAINTS = "2.5.29.19"
CE_CRL_NUMBER = "2.5.29.20"
CE_REASON_CODE = "2.5.29.21"
CE_DELTA_CRL_INDICATOR = "2.5.29.27"
CE_ISSUING_DISTRIBUTION_POINT = "2.5.29.28"
CE_CRL_DISTRIBUTION_POINTS = "2.5.29.31"
CE_AUTHORITY_KEY_ID = "2.5.29.35"
CE_EXT_KEY_USAGE = "2.5.29.37"

AT_COMMON_NAME = "2.5.4.3"
AT_SERIAL_NUMBER = "2.5.4.5"
AT_ORGANIZATION = "2.5.4.10"
AT_ORGANIZATIONAL_UNIT = "2.5.4.11"
EXTENSION_REQUEST = "1.2.840.113549.1.9.14"

EC_PUBLIC_KEY = "1.2.840.10045.2.1"
SECP256R1 = "1.2.840.10045.3.1.7"
SECP384R1 = "1.3.132.0.34"
SECP521R1 = "1.3.132.0.35"
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSASSA_PSS = "1.2.840.113549.1.1.10"
MGF1 = "1.2.840.113549.1.1.8"
ED25519 = "1.3.101.112"
ED448 = "1.3.101.113"
PASSWORD_BASED_MAC = "1.2.840.113533.7.66.13"
PBMAC1 = "1.2.840.113549.1.5.14"
PBKDF2 = "1.2.840.113549.1.5.12"
SHA1 = "1.3.14.3.2.26"
SHA256 = "2.16.840.1.101.3.4.2.1"
SHA384 = "2.16.840.1.101.3.4.2.2"
SHA512 = "2.16.840.1.101.3.4.2.3"
HMAC_SHA1 = "1.2.840.113549.2.7"
HMAC_SHA1_CRMF = "1.3.6.1.5.5.8.1.2"  # RFC 4210's name for the same
HMAC_SHA256 = "1.2.840.113549.2.9"
HMAC_SHA384 = "1.2.840.113549.2.10"
HMAC_SHA512 = "1.2.840.113549.2.11"
ECDSA_SHA1 = "1.2.840.10045.4.1"
