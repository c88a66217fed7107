/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIMessage and what is in it: the syntax of CMP (RFC 9480 A.2), EXPLICIT TAGS. */
#include "cmp/syntax_crmf.h"

static const struct syntax text_row = { "", TEXT };
static const struct syntax oid_row = { "", OID };
static const struct syntax algorithm_row = { "", ALGORITHM };
static const struct syntax certificate_row = { "", CERTIFICATE };
static const struct syntax crl_row = { "", SEQUENCE(CRL_ROWS) };
static const struct syntax cert_id_row = { "", SEQUENCE(CERT_ID_ROWS) };

/* PKIFreeText ::= SEQUENCE SIZE (1..MAX) OF UTF8String */
#define FREE_TEXT SEQUENCE_OF(&text_row)

/* InfoTypeAndValue ::= SEQUENCE {
 *	infoType   OBJECT IDENTIFIER,
 *	infoValue  ANY DEFINED BY infoType OPTIONAL }
 */
static const struct syntax info[] = {
	{ "infoType", OID },
	{ "infoValue", OPEN, OPTIONAL },
	ROWS_END,
};
static const struct syntax info_row = { "", SEQUENCE(info) };

/*
 * PKIHeader ::= SEQUENCE {
 *	pvno               INTEGER { cmp1999(1), cmp2000(2), cmp2021(3) },
 *	sender             GeneralName,
 *	recipient          GeneralName,
 *	messageTime    [0] GeneralizedTime      OPTIONAL,
 *	protectionAlg  [1] AlgorithmIdentifier  OPTIONAL,
 *	senderKID      [2] KeyIdentifier        OPTIONAL,
 *	recipKID       [3] KeyIdentifier        OPTIONAL,
 *	transactionID  [4] OCTET STRING         OPTIONAL,
 *	senderNonce    [5] OCTET STRING         OPTIONAL,
 *	recipNonce     [6] OCTET STRING         OPTIONAL,
 *	freeText       [7] PKIFreeText          OPTIONAL,
 *	generalInfo    [8] SEQUENCE SIZE (1..MAX) OF InfoTypeAndValue OPTIONAL }
 */
static const struct syntax header[] = {
	{ "pvno", INTEGER },
	{ "sender", GENERAL_NAME },
	{ "recipient", GENERAL_NAME },
	{ "messageTime", EXPLICIT(0), TIME, OPTIONAL },
	{ "protectionAlg", EXPLICIT(1), ALGORITHM, OPTIONAL },
	{ "senderKID", EXPLICIT(2), OCTET_STRING, OPTIONAL },
	{ "recipKID", EXPLICIT(3), OCTET_STRING, OPTIONAL },
	{ "transactionID", EXPLICIT(4), OCTET_STRING, OPTIONAL },
	{ "senderNonce", EXPLICIT(5), OCTET_STRING, OPTIONAL },
	{ "recipNonce", EXPLICIT(6), OCTET_STRING, OPTIONAL },
	{ "freeText", EXPLICIT(7), FREE_TEXT, OPTIONAL },
	{ "generalInfo", EXPLICIT(8), SEQUENCE_OF(&info_row), OPTIONAL },
	ROWS_END,
};

/*
 * PKIStatusInfo ::= SEQUENCE {
 *	status        PKIStatus,
 *	statusString  PKIFreeText     OPTIONAL,
 *	failInfo      PKIFailureInfo  OPTIONAL }
 */
static const struct syntax status_info[] = {
	{ "status", NUMBERED(PKI_STATUS_NAMES) },
	{ "statusString", FREE_TEXT, OPTIONAL },
	{ "failInfo", FLAGS(PKI_FAILURE_NAMES), OPTIONAL },
	ROWS_END,
};
static const struct syntax status_info_row = { "", SEQUENCE(status_info) };

/*
 * CertOrEncCert ::= CHOICE {
 *	certificate      [0] CMPCertificate,
 *	encryptedCert    [1] EncryptedKey }
 *
 * CertifiedKeyPair ::= SEQUENCE {
 *	certOrEncCert        CertOrEncCert,
 *	privateKey       [0] EncryptedKey        OPTIONAL,
 *	publicationInfo  [1] PKIPublicationInfo  OPTIONAL }
 *
 * CertResponse ::= SEQUENCE {
 *	certReqId         INTEGER,
 *	status            PKIStatusInfo,
 *	certifiedKeyPair  CertifiedKeyPair  OPTIONAL,
 *	rspInfo           OCTET STRING      OPTIONAL }
 *
 * CertRepMessage ::= SEQUENCE {
 *	caPubs    [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL,
 *	response      SEQUENCE OF CertResponse }
 */
static const struct syntax cert_or_enc_cert[] = {
	{ "certificate", EXPLICIT(0), CERTIFICATE },
	{ "encryptedCert", EXPLICIT(1), ENCRYPTED_KEY },
	ROWS_END,
};
static const struct syntax key_pair[] = {
	{ "certOrEncCert", CHOICE(cert_or_enc_cert) },
	{ "privateKey", EXPLICIT(0), ENCRYPTED_KEY, OPTIONAL },
	{ "publicationInfo", EXPLICIT(1), SEQUENCE(PUBLICATION_ROWS), OPTIONAL },
	ROWS_END,
};
static const struct syntax key_pair_row = { "", SEQUENCE(key_pair) };
static const struct syntax response[] = {
	{ "certReqId", INTEGER },
	{ "status", SEQUENCE(status_info) },
	{ "certifiedKeyPair", SEQUENCE(key_pair), OPTIONAL },
	{ "rspInfo", OCTET_STRING, OPTIONAL },
	ROWS_END,
};
static const struct syntax response_row = { "", SEQUENCE(response) };
static const struct syntax certificates_reply[] = {
	{ "caPubs", EXPLICIT(1), SEQUENCE_OF(&certificate_row), OPTIONAL },
	{ "response", SEQUENCE_OF(&response_row) },
	ROWS_END,
};

/*
 * RevDetails ::= SEQUENCE {
 *	certDetails      CertTemplate,
 *	crlEntryDetails  Extensions OPTIONAL }
 *
 * RevRepContent ::= SEQUENCE {
 *	status        SEQUENCE SIZE (1..MAX) OF PKIStatusInfo,
 *	revCerts  [0] SEQUENCE SIZE (1..MAX) OF CertId OPTIONAL,
 *	crls      [1] SEQUENCE SIZE (1..MAX) OF CertificateList OPTIONAL }
 *
 * RevAnnContent ::= SEQUENCE {
 *	status           PKIStatus,
 *	certId           CertId,
 *	willBeRevokedAt  GeneralizedTime,
 *	badSinceDate     GeneralizedTime,
 *	crlDetails       Extensions OPTIONAL }
 */
static const struct syntax revocation[] = {
	{ "certDetails", SEQUENCE(TEMPLATE_ROWS) },
	{ "crlEntryDetails", EXTENSIONS, OPTIONAL },
	ROWS_END,
};
static const struct syntax revocation_row = { "", SEQUENCE(revocation) };
static const struct syntax revocation_reply[] = {
	{ "status", SEQUENCE_OF(&status_info_row) },
	{ "revCerts", EXPLICIT(0), SEQUENCE_OF(&cert_id_row), OPTIONAL },
	{ "crls", EXPLICIT(1), SEQUENCE_OF(&crl_row), OPTIONAL },
	ROWS_END,
};
static const struct syntax revocation_announcement[] = {
	{ "status", NUMBERED(PKI_STATUS_NAMES) },
	{ "certId", SEQUENCE(CERT_ID_ROWS) },
	{ "willBeRevokedAt", TIME },
	{ "badSinceDate", TIME },
	{ "crlDetails", EXTENSIONS, OPTIONAL },
	ROWS_END,
};

/*
 * KeyRecRepContent ::= SEQUENCE {
 *	status          PKIStatusInfo,
 *	newSigCert  [0] CMPCertificate OPTIONAL,
 *	caCerts     [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL,
 *	keyPairHist [2] SEQUENCE SIZE (1..MAX) OF CertifiedKeyPair OPTIONAL }
 *
 * CAKeyUpdAnnContent ::= SEQUENCE {
 *	oldWithNew  CMPCertificate,
 *	newWithOld  CMPCertificate,
 *	newWithNew  CMPCertificate }
 */
static const struct syntax recovery_reply[] = {
	{ "status", SEQUENCE(status_info) },
	{ "newSigCert", EXPLICIT(0), CERTIFICATE, OPTIONAL },
	{ "caCerts", EXPLICIT(1), SEQUENCE_OF(&certificate_row), OPTIONAL },
	{ "keyPairHist", EXPLICIT(2), SEQUENCE_OF(&key_pair_row), OPTIONAL },
	ROWS_END,
};
static const struct syntax key_update_announcement[] = {
	{ "oldWithNew", CERTIFICATE },
	{ "newWithOld", CERTIFICATE },
	{ "newWithNew", CERTIFICATE },
	ROWS_END,
};

/*
 * Challenge ::= SEQUENCE {
 *	owf        AlgorithmIdentifier OPTIONAL,
 *	witness    OCTET STRING,
 *	challenge  OCTET STRING }
 */
static const struct syntax challenge[] = {
	{ "owf", ALGORITHM, OPTIONAL },
	{ "witness", OCTET_STRING },
	{ "challenge", OCTET_STRING },
	ROWS_END,
};
static const struct syntax challenge_row = { "", SEQUENCE(challenge) };
static const struct syntax integer_row = { "", INTEGER };

/*
 * ErrorMsgContent ::= SEQUENCE {
 *	pKIStatusInfo  PKIStatusInfo,
 *	errorCode      INTEGER      OPTIONAL,
 *	errorDetails   PKIFreeText  OPTIONAL }
 *
 * CertStatus ::= SEQUENCE {
 *	certHash       OCTET STRING,
 *	certReqId      INTEGER,
 *	statusInfo     PKIStatusInfo        OPTIONAL,
 *	hashAlg    [0] AlgorithmIdentifier  OPTIONAL }
 */
static const struct syntax error[] = {
	{ "pKIStatusInfo", SEQUENCE(status_info) },
	{ "errorCode", INTEGER, OPTIONAL },
	{ "errorDetails", FREE_TEXT, OPTIONAL },
	ROWS_END,
};
static const struct syntax cert_status[] = {
	{ "certHash", OCTET_STRING },
	{ "certReqId", INTEGER },
	{ "statusInfo", SEQUENCE(status_info), OPTIONAL },
	{ "hashAlg", EXPLICIT(0), ALGORITHM, OPTIONAL },
	ROWS_END,
};
static const struct syntax cert_status_row = { "", SEQUENCE(cert_status) };

/*
 * PollReqContent ::= SEQUENCE OF SEQUENCE { certReqId INTEGER }
 *
 * PollRepContent ::= SEQUENCE OF SEQUENCE {
 *	certReqId   INTEGER,
 *	checkAfter  INTEGER,
 *	reason      PKIFreeText OPTIONAL }
 */
static const struct syntax poll_request[] = {
	{ "certReqId", INTEGER },
	ROWS_END,
};
static const struct syntax poll_request_row = { "", SEQUENCE(poll_request) };
static const struct syntax poll_reply[] = {
	{ "certReqId", INTEGER },
	{ "checkAfter", INTEGER },
	{ "reason", FREE_TEXT, OPTIONAL },
	ROWS_END,
};
static const struct syntax poll_reply_row = { "", SEQUENCE(poll_reply) };

enum { MESSAGE_ROWS = 5 };

/* PKIBody ::= CHOICE { ir [0] CertReqMessages, ... pollRep [26] PollRepContent } */
static const struct syntax message[MESSAGE_ROWS];
static const struct syntax message_row = { "", SEQUENCE(message) };
static const struct syntax body[] = {
	{ "ir", EXPLICIT(0), REQUEST_MESSAGES },
	{ "ip", EXPLICIT(1), SEQUENCE(certificates_reply) },
	{ "cr", EXPLICIT(2), REQUEST_MESSAGES },
	{ "cp", EXPLICIT(3), SEQUENCE(certificates_reply) },
	{ "p10cr", EXPLICIT(4), SEQUENCE(REQUEST_ROWS) },
	{ "popdecc", EXPLICIT(5), SEQUENCE_OF(&challenge_row) },
	{ "popdecr", EXPLICIT(6), SEQUENCE_OF(&integer_row) },
	{ "kur", EXPLICIT(7), REQUEST_MESSAGES },
	{ "kup", EXPLICIT(8), SEQUENCE(certificates_reply) },
	{ "krr", EXPLICIT(9), REQUEST_MESSAGES },
	{ "krp", EXPLICIT(10), SEQUENCE(recovery_reply) },
	{ "rr", EXPLICIT(11), SEQUENCE_OF(&revocation_row) },
	{ "rp", EXPLICIT(12), SEQUENCE(revocation_reply) },
	{ "ccr", EXPLICIT(13), REQUEST_MESSAGES },
	{ "ccp", EXPLICIT(14), SEQUENCE(certificates_reply) },
	{ "ckuann", EXPLICIT(15), SEQUENCE(key_update_announcement) },
	{ "cann", EXPLICIT(16), CERTIFICATE },
	{ "rann", EXPLICIT(17), SEQUENCE(revocation_announcement) },
	{ "crlann", EXPLICIT(18), SEQUENCE_OF(&crl_row) },
	{ "pkiconf", EXPLICIT(19), NULL_VALUE },
	{ "nested", EXPLICIT(20), SEQUENCE_OF(&message_row) },
	{ "genm", EXPLICIT(21), SEQUENCE_OF(&info_row) },
	{ "genp", EXPLICIT(22), SEQUENCE_OF(&info_row) },
	{ "error", EXPLICIT(23), SEQUENCE(error) },
	{ "certConf", EXPLICIT(24), SEQUENCE_OF(&cert_status_row) },
	{ "pollReq", EXPLICIT(25), SEQUENCE_OF(&poll_request_row) },
	{ "pollRep", EXPLICIT(26), SEQUENCE_OF(&poll_reply_row) },
	ROWS_END,
};

/*
 * PKIMessage ::= SEQUENCE {
 *	header           PKIHeader,
 *	body             PKIBody,
 *	protection   [0] PKIProtection OPTIONAL,
 *	extraCerts   [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL }
 */
static const struct syntax message[MESSAGE_ROWS] = {
	{ "header", SEQUENCE(header) },
	{ "body", CHOICE(body) },
	{ "protection", EXPLICIT(0), BIT_STRING, OPTIONAL },
	{ "extraCerts", EXPLICIT(1), SEQUENCE_OF(&certificate_row), OPTIONAL },
	ROWS_END,
};

/*
 * CertReqTemplateContent ::= SEQUENCE {		(RFC 9483 4.3.3)
 *	certTemplate  CertTemplate,
 *	keySpec       Controls OPTIONAL }
 */
static const struct syntax request_template[] = {
	{ "certTemplate", SEQUENCE(TEMPLATE_ROWS) },
	{ "keySpec", CONTROLS, OPTIONAL },
	ROWS_END,
};

/*
 * RootCaKeyUpdateContent ::= SEQUENCE {		(RFC 9483 4.3.2)
 *	newWithNew      CMPCertificate,
 *	newWithOld  [0] CMPCertificate OPTIONAL,
 *	oldWithNew  [1] CMPCertificate OPTIONAL }
 */
static const struct syntax root_update[] = {
	{ "newWithNew", CERTIFICATE },
	{ "newWithOld", EXPLICIT(0), CERTIFICATE, OPTIONAL },
	{ "oldWithNew", EXPLICIT(1), CERTIFICATE, OPTIONAL },
	ROWS_END,
};

/*
 * CRLSource ::= CHOICE {				(RFC 9483 4.3.4)
 *	dpn     [0] DistributionPointName,
 *	issuer  [1] GeneralNames }
 *
 * CRLStatus ::= SEQUENCE {
 *	source      CRLSource,
 *	thisUpdate  Time OPTIONAL }
 */
static const struct syntax crl_source[] = {
	{ "dpn", EXPLICIT(0), CHOICE(DISTRIBUTION_POINT_ROWS) },
	{ "issuer", EXPLICIT(1), GENERAL_NAMES },
	ROWS_END,
};
static const struct syntax crl_status[] = {
	{ "source", CHOICE(crl_source) },
	{ "thisUpdate", TIME, OPTIONAL },
	ROWS_END,
};
static const struct syntax crl_status_row = { "", SEQUENCE(crl_status) };

/* What stands in generalInfo, genm and genp (RFC 9480 A.2); of some the value is optional. */
static const struct syntax values[] = {
	{ "caProtEncCert", CERTIFICATE },
	{ "signKeyPairTypes", SEQUENCE_OF(&algorithm_row) },
	{ "encKeyPairTypes", SEQUENCE_OF(&algorithm_row) },
	{ "preferredSymmAlg", ALGORITHM },
	{ "caKeyUpdateInfo", SEQUENCE(key_update_announcement) },
	{ "currentCRL", SEQUENCE(CRL_ROWS) },
	{ "unsupportedOIDs", SEQUENCE_OF(&oid_row) },
	{ "keyPairParamReq", OID },
	{ "keyPairParamRep", ALGORITHM },
	{ "revPassphrase", ENCRYPTED_KEY },
	{ "implicitConfirm", NULL_VALUE },
	{ "confirmWaitTime", TIME },
	{ "origPKIMessage", SEQUENCE_OF(&message_row) },
	{ "suppLangTags", SEQUENCE_OF(&text_row) },
	{ "caCerts", SEQUENCE_OF(&certificate_row) },
	{ "rootCaKeyUpdate", SEQUENCE(root_update) },
	{ "certReqTemplate", SEQUENCE(request_template) },
	{ "rootCaCert", CERTIFICATE },
	{ "certProfile", SEQUENCE_OF(&text_row) },
	{ "certProfile", TEXT }, /* as some RAs write it */
	{ "crlStatusList", SEQUENCE_OF(&crl_status_row) },
	{ "crls", SEQUENCE_OF(&crl_row) },
	{ "KemCiphertextInfo", ANY },
	ROWS_END,
};

/* id-it, 1.3.6.1.5.5.7.4 */
static const uint8_t id_it[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x04 };
static const struct oid_family families[] = {
	{ { id_it, sizeof id_it },
	  "1 caProtEncCert\0"
	  "2 signKeyPairTypes\0"
	  "3 encKeyPairTypes\0"
	  "4 preferredSymmAlg\0"
	  "5 caKeyUpdateInfo\0"
	  "6 currentCRL\0"
	  "7 unsupportedOIDs\0"
	  "10 keyPairParamReq\0"
	  "11 keyPairParamRep\0"
	  "12 revPassphrase\0"
	  "13 implicitConfirm\0"
	  "14 confirmWaitTime\0"
	  "15 origPKIMessage\0"
	  "16 suppLangTags\0"
	  "17 caCerts\0"
	  "18 rootCaKeyUpdate\0"
	  "19 certReqTemplate\0"
	  "20 rootCaCert\0"
	  "21 certProfile\0"
	  "22 crlStatusList\0"
	  "23 crls\0"
	  "24 KemCiphertextInfo\0" },
	{ { NULL, 0 }, "" },
};

const struct oid_book CMP_BOOK = { families, values };

/* PKIMessage first; the others are parts of it, as they are met in files. */
const struct syntax_kind CMP_KINDS[] = {
	{ "30(30(02 c", { "PKIMessage", SEQUENCE(message) }, E_CMP_SYNTAX },
	{ "30(30(30(02 30(02", { "CertRepMessage", SEQUENCE(certificates_reply) }, E_CMP_SYNTAX },
	{ "30(a1(30(30(30(", { "CertRepMessage", SEQUENCE(certificates_reply) }, E_CMP_SYNTAX },
	{ "30(30(30(02 30", { "CertReqMessages", REQUEST_MESSAGES }, E_CMP_SYNTAX },
	{ "30(30(04 02", { "CertConfirmContent", SEQUENCE_OF(&cert_status_row) }, E_CMP_SYNTAX },
	{ "30(30(c", { "CertReqTemplateContent", SEQUENCE(request_template) }, E_CMP_SYNTAX },
	{ .shape = NULL },
};
