/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extensions, general names and attributes: their syntax. */
#include <stdio.h>

#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

/* iPAddress: 4 or 16 octets; in name constraints as many again, the mask. */
static void show_address(struct walk *w, const char *name, const struct element *e)
{
	struct span s = e->content;
	size_t half = s.n == 8 || s.n == 32 ? s.n / 2 : s.n;
	char text[96];
	size_t n = 0;

	if (s.n != 4 && s.n != 8 && s.n != 16 && s.n != 32) {
		view_hex(w->view, name, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		bool first = i % half == 0, four = half == 4;
		const char *before = i > 0 && first ? "/"
		                     : first        ? ""
		                     : four         ? "."
		                     : i % 2 == 0   ? ":"
		                                    : "";

		n += (size_t)snprintf(text + n, sizeof text - n, four ? "%s%u" : "%s%02x", before,
		                      s.p[i]);
	}
	view_word(w->view, name, "%s", text);
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }
 * EDIPartyName ::= SEQUENCE { nameAssigner [0] OPTIONAL, partyName [1] }, as a tree
 */
static const struct syntax other_name[] = {
	{ "type-id", OID },
	{ "value", EXPLICIT(0), OPEN },
	ROWS_END,
};
static const struct syntax any_row = { "", ANY };

/*
 * GeneralName ::= CHOICE {				(RFC 5280 4.2.1.6)
 *	otherName			[0] OtherName,
 *	rfc822Name			[1] IA5String,
 *	dNSName				[2] IA5String,
 *	x400Address			[3] ORAddress,
 *	directoryName			[4] Name,
 *	ediPartyName			[5] EDIPartyName,
 *	uniformResourceIdentifier	[6] IA5String,
 *	iPAddress			[7] OCTET STRING,
 *	registeredID			[8] OBJECT IDENTIFIER }
 */
const struct syntax GENERAL_NAME_ROWS[] = {
	{ "otherName", IMPLICIT(0), SEQUENCE(other_name) },
	{ "rfc822Name", IMPLICIT(1), TEXT },
	{ "dNSName", IMPLICIT(2), TEXT },
	{ "x400Address", IMPLICIT(3), SEQUENCE_OF(&any_row) },
	{ "directoryName", EXPLICIT(4), NAME },
	{ "ediPartyName", IMPLICIT(5), SEQUENCE_OF(&any_row) },
	{ "uniformResourceIdentifier", IMPLICIT(6), TEXT },
	{ "iPAddress", IMPLICIT(7), OCTETS_BY(show_address) },
	{ "registeredID", IMPLICIT(8), OID },
	ROWS_END,
};
const struct syntax GENERAL_NAME_ROW = { "", GENERAL_NAME };

/* Extension ::= SEQUENCE {				(RFC 5280 4.1)
 *	extnID		OBJECT IDENTIFIER,
 *	critical	BOOLEAN DEFAULT FALSE,
 *	extnValue	OCTET STRING }
 */
static const struct syntax extension[] = {
	{ "extnID", OID },
	{ "critical", BOOLEAN, OPTIONAL },
	{ "extnValue", OPEN_OCTETS },
	ROWS_END,
};
const struct syntax EXTENSION_ROW = { "", SEQUENCE(extension) };

/* Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }	(RFC 5652 5.3) */
static const struct syntax open_row = { "", OPEN };
static const struct syntax attribute[] = {
	{ "type", OID },
	{ "values", SET_OF(&open_row) },
	ROWS_END,
};
const struct syntax ATTRIBUTE_ROW = { "", SEQUENCE(attribute) };

/*
 * AuthorityKeyIdentifier ::= SEQUENCE {		(RFC 5280 4.2.1.1)
 *	keyIdentifier			[0] KeyIdentifier OPTIONAL,
 *	authorityCertIssuer		[1] GeneralNames OPTIONAL,
 *	authorityCertSerialNumber	[2] CertificateSerialNumber OPTIONAL }
 */
static const struct syntax authority_key_identifier[] = {
	{ "keyIdentifier", IMPLICIT(0), OCTET_STRING, OPTIONAL },
	{ "authorityCertIssuer", IMPLICIT(1), GENERAL_NAMES, OPTIONAL },
	{ "authorityCertSerialNumber", IMPLICIT(2), OCTETS_INTEGER, OPTIONAL },
	ROWS_END,
};

/* BasicConstraints ::= SEQUENCE {			(RFC 5280 4.2.1.9)
 *	cA			BOOLEAN DEFAULT FALSE,
 *	pathLenConstraint	INTEGER (0..MAX) OPTIONAL }
 */
static const struct syntax basic_constraints[] = {
	{ "cA", BOOLEAN, OPTIONAL },
	{ "pathLenConstraint", INTEGER, OPTIONAL },
	ROWS_END,
};

/*
 * GeneralSubtree ::= SEQUENCE {			(RFC 5280 4.2.1.10)
 *	base			GeneralName,
 *	minimum		[0]	BaseDistance DEFAULT 0,
 *	maximum		[1]	BaseDistance OPTIONAL }
 *
 * NameConstraints ::= SEQUENCE {
 *	permittedSubtrees	[0] GeneralSubtrees OPTIONAL,
 *	excludedSubtrees	[1] GeneralSubtrees OPTIONAL }
 */
static const struct syntax subtree[] = {
	{ "base", GENERAL_NAME },
	{ "minimum", IMPLICIT(0), INTEGER, OPTIONAL },
	{ "maximum", IMPLICIT(1), INTEGER, OPTIONAL },
	ROWS_END,
};
static const struct syntax subtree_row = { "", SEQUENCE(subtree) };
static const struct syntax name_constraints[] = {
	{ "permittedSubtrees", IMPLICIT(0), SEQUENCE_OF(&subtree_row), OPTIONAL },
	{ "excludedSubtrees", IMPLICIT(1), SEQUENCE_OF(&subtree_row), OPTIONAL },
	ROWS_END,
};

/*
 * DistributionPointName ::= CHOICE {			(RFC 5280 4.2.1.13)
 *	fullName		[0] GeneralNames,
 *	nameRelativeToCRLIssuer	[1] RelativeDistinguishedName }
 *
 * DistributionPoint ::= SEQUENCE {
 *	distributionPoint	[0] DistributionPointName OPTIONAL,
 *	reasons			[1] ReasonFlags OPTIONAL,
 *	cRLIssuer		[2] GeneralNames OPTIONAL }
 *
 * IssuingDistributionPoint ::= SEQUENCE {		(RFC 5280 5.2.5)
 *	distributionPoint		[0] DistributionPointName OPTIONAL,
 *	onlyContainsUserCerts		[1] BOOLEAN DEFAULT FALSE,
 *	onlyContainsCACerts		[2] BOOLEAN DEFAULT FALSE,
 *	onlySomeReasons			[3] ReasonFlags OPTIONAL,
 *	indirectCRL			[4] BOOLEAN DEFAULT FALSE,
 *	onlyContainsAttributeCerts	[5] BOOLEAN DEFAULT FALSE }
 */
#define REASON_FLAGS                                                                  \
	FLAGS("unused\0keyCompromise\0cACompromise\0affiliationChanged\0superseded\0" \
	      "cessationOfOperation\0certificateHold\0privilegeWithdrawn\0aACompromise\0")
const struct syntax DISTRIBUTION_POINT_ROWS[] = {
	{ "fullName", IMPLICIT(0), GENERAL_NAMES },
	{ "nameRelativeToCRLIssuer", IMPLICIT(1), SET_OF(&any_row) },
	ROWS_END,
};
static const struct syntax distribution_point[] = {
	{ "distributionPoint", EXPLICIT(0), CHOICE(DISTRIBUTION_POINT_ROWS), OPTIONAL },
	{ "reasons", IMPLICIT(1), REASON_FLAGS, OPTIONAL },
	{ "cRLIssuer", IMPLICIT(2), GENERAL_NAMES, OPTIONAL },
	ROWS_END,
};
static const struct syntax distribution_point_row = { "", SEQUENCE(distribution_point) };
static const struct syntax issuing_distribution_point[] = {
	{ "distributionPoint", EXPLICIT(0), CHOICE(DISTRIBUTION_POINT_ROWS), OPTIONAL },
	{ "onlyContainsUserCerts", IMPLICIT(1), BOOLEAN, OPTIONAL },
	{ "onlyContainsCACerts", IMPLICIT(2), BOOLEAN, OPTIONAL },
	{ "onlySomeReasons", IMPLICIT(3), REASON_FLAGS, OPTIONAL },
	{ "indirectCRL", IMPLICIT(4), BOOLEAN, OPTIONAL },
	{ "onlyContainsAttributeCerts", IMPLICIT(5), BOOLEAN, OPTIONAL },
	ROWS_END,
};

/* AccessDescription ::= SEQUENCE {			(RFC 5280 4.2.2.1)
 *	accessMethod	OBJECT IDENTIFIER,
 *	accessLocation	GeneralName }
 */
static const struct syntax access_description[] = {
	{ "accessMethod", OID },
	{ "accessLocation", GENERAL_NAME },
	ROWS_END,
};
static const struct syntax access_row = { "", SEQUENCE(access_description) };

/*
 * PolicyInformation ::= SEQUENCE {			(RFC 5280 4.2.1.4)
 *	policyIdentifier	CertPolicyId,
 *	policyQualifiers	SEQUENCE OF PolicyQualifierInfo OPTIONAL }
 *
 * PolicyConstraints ::= SEQUENCE {			(RFC 5280 4.2.1.11)
 *	requireExplicitPolicy	[0] SkipCerts OPTIONAL,
 *	inhibitPolicyMapping	[1] SkipCerts OPTIONAL }
 */
static const struct syntax policy[] = {
	{ "policyIdentifier", OID },
	{ "policyQualifiers", SEQUENCE_OF(&any_row), OPTIONAL },
	ROWS_END,
};
static const struct syntax policy_row = { "", SEQUENCE(policy) };
static const struct syntax policy_constraints[] = {
	{ "requireExplicitPolicy", IMPLICIT(0), INTEGER, OPTIONAL },
	{ "inhibitPolicyMapping", IMPLICIT(1), INTEGER, OPTIONAL },
	ROWS_END,
};

/* PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0], notAfter [1] }, GeneralizedTimes */
static const struct syntax usage_period[] = {
	{ "notBefore", IMPLICIT(0), TIME, OPTIONAL },
	{ "notAfter", IMPLICIT(1), TIME, OPTIONAL },
	ROWS_END,
};

/* HashedRootKey ::= SEQUENCE {				(RFC 8649 3)
 *	hashAlg		HashAlgorithm,
 *	hashValue	OCTET STRING }
 */
static const struct syntax hashed_root_key[] = {
	{ "hashAlg", ALGORITHM },
	{ "hashValue", OCTET_STRING },
	ROWS_END,
};

/* HardwareModuleName ::= SEQUENCE {			(RFC 4108 5)
 *	hwType		OBJECT IDENTIFIER,
 *	hwSerialNum	OCTET STRING }
 */
static const struct syntax hardware_module_name[] = {
	{ "hwType", OID },
	{ "hwSerialNum", OCTET_STRING },
	ROWS_END,
};

static const struct syntax oid_row = { "", OID };
static const struct syntax integer_row = { "", INTEGER };

static const struct syntax values[] = {
	{ "subjectKeyIdentifier", OCTET_STRING },
	{ "keyUsage", FLAGS("digitalSignature\0nonRepudiation\0keyEncipherment\0"
	                    "dataEncipherment\0keyAgreement\0keyCertSign\0cRLSign\0"
	                    "encipherOnly\0decipherOnly\0") },
	{ "privateKeyUsagePeriod", SEQUENCE(usage_period) },
	{ "subjectAltName", GENERAL_NAMES },
	{ "issuerAltName", GENERAL_NAMES },
	{ "basicConstraints", SEQUENCE(basic_constraints) },
	{ "cRLNumber", OCTETS_INTEGER },
	{ "cRLReason", NUMBERED("unspecified\0keyCompromise\0cACompromise\0affiliationChanged\0"
	                        "superseded\0cessationOfOperation\0certificateHold\0-\0"
	                        "removeFromCRL\0privilegeWithdrawn\0aACompromise\0") },
	{ "invalidityDate", TIME },
	{ "deltaCRLIndicator", OCTETS_INTEGER },
	{ "issuingDistributionPoint", SEQUENCE(issuing_distribution_point) },
	{ "certificateIssuer", GENERAL_NAMES },
	{ "nameConstraints", SEQUENCE(name_constraints) },
	{ "cRLDistributionPoints", SEQUENCE_OF(&distribution_point_row) },
	{ "certificatePolicies", SEQUENCE_OF(&policy_row) },
	{ "policyMappings", ANY },
	{ "authorityKeyIdentifier", SEQUENCE(authority_key_identifier) },
	{ "policyConstraints", SEQUENCE(policy_constraints) },
	{ "extKeyUsage", SEQUENCE_OF(&oid_row) },
	{ "freshestCRL", SEQUENCE_OF(&distribution_point_row) },
	{ "inhibitAnyPolicy", INTEGER },
	{ "authorityInfoAccess", SEQUENCE_OF(&access_row) },
	{ "subjectInfoAccess", SEQUENCE_OF(&access_row) },
	{ "tlsfeature", SEQUENCE_OF(&integer_row) },
	{ "id-pe-masa-url", TEXT },
	{ "hashOfRootKey", SEQUENCE(hashed_root_key) },
	{ "hardwareModuleName", SEQUENCE(hardware_module_name) },
	{ "extensionRequest", EXTENSIONS },
	ROWS_END,
};

#define CE   "\x55\x1d"
#define PKIX "\x2b\x06\x01\x05\x05\x07"
static const struct oid_family families[] = {
	{ OCTETS(CE), "9 subjectDirectoryAttributes\0"
	              "14 subjectKeyIdentifier\0"
	              "15 keyUsage\0"
	              "16 privateKeyUsagePeriod\0"
	              "17 subjectAltName\0"
	              "18 issuerAltName\0"
	              "19 basicConstraints\0"
	              "20 cRLNumber\0"
	              "21 cRLReason\0"
	              "23 holdInstructionCode\0"
	              "24 invalidityDate\0"
	              "27 deltaCRLIndicator\0"
	              "28 issuingDistributionPoint\0"
	              "29 certificateIssuer\0"
	              "30 nameConstraints\0"
	              "31 cRLDistributionPoints\0"
	              "32 certificatePolicies\0"
	              "33 policyMappings\0"
	              "35 authorityKeyIdentifier\0"
	              "36 policyConstraints\0"
	              "37 extKeyUsage\0"
	              "46 freshestCRL\0"
	              "54 inhibitAnyPolicy\0" },
	{ OCTETS(CE "\x20"), "0 anyPolicy\0" },
	{ OCTETS(CE "\x25"), "0 anyExtendedKeyUsage\0" },
	{ OCTETS(PKIX "\x01"), "1 authorityInfoAccess\0"
	                       "11 subjectInfoAccess\0"
	                       "24 tlsfeature\0"
	                       "32 id-pe-masa-url\0" },
	{ OCTETS(PKIX "\x02"), "1 cps\0"
	                       "2 unotice\0" },
	{ OCTETS(PKIX "\x03"), "1 serverAuth\0"
	                       "2 clientAuth\0"
	                       "3 codeSigning\0"
	                       "4 emailProtection\0"
	                       "8 timeStamping\0"
	                       "9 OCSPSigning\0"
	                       "27 cmcCA\0"
	                       "28 cmcRA\0"
	                       "29 cmcArchive\0"
	                       "32 cmKGA\0" },
	{ OCTETS(PKIX "\x08"), "4 hardwareModuleName\0"
	                       "10 AcpNodeName\0" },
	{ OCTETS(PKIX "\x30"), "1 ocsp\0"
	                       "2 caIssuers\0"
	                       "5 caRepository\0" },
	{ OCTETS("\x2b\x06\x01\x04\x01\x83\x92\x1b\x02"), "1 hashOfRootKey\0" },
	{ OCTETS("\x60\x86\x48\x01\x86\xf8\x42\x01"), "1 netscape-cert-type\0"
	                                              "13 netscape-comment\0" },
	{ { NULL, 0 }, "" },
};

const struct oid_book PKI_CERTIFICATE_BOOK = { families, values };
