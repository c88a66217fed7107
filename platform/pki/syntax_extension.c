/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extensions, general names and attributes: their syntax. */
#include <stdio.h>

#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

/* RFC 5280 4.2, 5.2, 5.3; RFC 5652 5.3; RFC 8649 3; RFC 4108 5; RFC 8995 2.3.2 */
static const char text[] =
	"Extensions ::= SEQUENCE OF SEQUENCE {"
	" extnID OBJECT IDENTIFIER,"
	" critical BOOLEAN DEFAULT FALSE,"
	" extnValue OCTET STRING CONTAINING ANY }"
	"Attributes ::= SET OF SEQUENCE {"
	" type OBJECT IDENTIFIER,"
	" values SET OF ANY DEFINED BY type }"

	"GeneralNames ::= SEQUENCE OF GeneralName "
	"GeneralName ::= CHOICE {"
	" otherName [0] SEQUENCE {"
	"  type-id OBJECT IDENTIFIER,"
	"  value [0] EXPLICIT ANY DEFINED BY type-id },"
	" rfc822Name [1] IA5String,"
	" dNSName [2] IA5String,"
	" x400Address [3] SEQUENCE OF ANY,"
	" directoryName [4] EXPLICIT Name,"
	" ediPartyName [5] SEQUENCE OF ANY,"
	" uniformResourceIdentifier [6] IA5String,"
	" iPAddress [7] IPAddress,"
	" registeredID [8] OBJECT IDENTIFIER }"
	"IPAddress ::= OCTET STRING "

	"subjectKeyIdentifier ::= OCTET STRING "
	"keyUsage ::= BIT STRING {"
	" digitalSignature(0), nonRepudiation(1), keyEncipherment(2), dataEncipherment(3),"
	" keyAgreement(4), keyCertSign(5), cRLSign(6), encipherOnly(7), decipherOnly(8) }"
	"privateKeyUsagePeriod ::= SEQUENCE {"
	" notBefore [0] GeneralizedTime OPTIONAL,"
	" notAfter [1] GeneralizedTime OPTIONAL }"
	"subjectAltName ::= GeneralNames "
	"issuerAltName ::= GeneralNames "
	"basicConstraints ::= SEQUENCE {"
	" cA BOOLEAN DEFAULT FALSE,"
	" pathLenConstraint INTEGER OPTIONAL }"
	"nameConstraints ::= SEQUENCE {"
	" permittedSubtrees [0] GeneralSubtrees OPTIONAL,"
	" excludedSubtrees [1] GeneralSubtrees OPTIONAL }"
	"GeneralSubtrees ::= SEQUENCE OF SEQUENCE {"
	" base GeneralName,"
	" minimum [0] INTEGER DEFAULT 0,"
	" maximum [1] INTEGER OPTIONAL }"
	"cRLDistributionPoints ::= SEQUENCE OF SEQUENCE {"
	" distributionPoint [0] DistributionPointName OPTIONAL,"
	" reasons [1] ReasonFlags OPTIONAL,"
	" cRLIssuer [2] GeneralNames OPTIONAL }"
	"freshestCRL ::= cRLDistributionPoints "
	"DistributionPointName ::= CHOICE {"
	" fullName [0] GeneralNames,"
	" nameRelativeToCRLIssuer [1] SET OF ANY }"
	"ReasonFlags ::= BIT STRING {"
	" unused(0), keyCompromise(1), cACompromise(2), affiliationChanged(3), superseded(4),"
	" cessationOfOperation(5), certificateHold(6), privilegeWithdrawn(7), aACompromise(8) }"
	"certificatePolicies ::= SEQUENCE OF SEQUENCE {"
	" policyIdentifier OBJECT IDENTIFIER,"
	" policyQualifiers SEQUENCE OF SEQUENCE {"
	"  policyQualifierId OBJECT IDENTIFIER,"
	"  qualifier ANY DEFINED BY policyQualifierId } OPTIONAL }"
	"policyMappings ::= SEQUENCE OF SEQUENCE {"
	" issuerDomainPolicy OBJECT IDENTIFIER,"
	" subjectDomainPolicy OBJECT IDENTIFIER }"
	"authorityKeyIdentifier ::= SEQUENCE {"
	" keyIdentifier [0] OCTET STRING OPTIONAL,"
	" authorityCertIssuer [1] GeneralNames OPTIONAL,"
	" authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }"
	"policyConstraints ::= SEQUENCE {"
	" requireExplicitPolicy [0] INTEGER OPTIONAL,"
	" inhibitPolicyMapping [1] INTEGER OPTIONAL }"
	"extKeyUsage ::= SEQUENCE OF OBJECT IDENTIFIER "
	"inhibitAnyPolicy ::= INTEGER "
	"authorityInfoAccess ::= SEQUENCE OF SEQUENCE {"
	" accessMethod OBJECT IDENTIFIER,"
	" accessLocation GeneralName }"
	"subjectInfoAccess ::= authorityInfoAccess "
	"tlsfeature ::= SEQUENCE OF INTEGER "
	"id-pe-masa-url ::= IA5String "
	"hashOfRootKey ::= SEQUENCE { hashAlg AlgorithmIdentifier, hashValue OCTET STRING }"
	"hardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }"

	"cRLNumber ::= CertificateSerialNumber "
	"deltaCRLIndicator ::= CertificateSerialNumber "
	"cRLReason ::= ENUMERATED {"
	" unspecified(0), keyCompromise(1), cACompromise(2), affiliationChanged(3),"
	" superseded(4), cessationOfOperation(5), certificateHold(6), removeFromCRL(8),"
	" privilegeWithdrawn(9), aACompromise(10) }"
	"invalidityDate ::= GeneralizedTime "
	"certificateIssuer ::= GeneralNames "
	"issuingDistributionPoint ::= SEQUENCE {"
	" distributionPoint [0] DistributionPointName OPTIONAL,"
	" onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE,"
	" onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE,"
	" onlySomeReasons [3] ReasonFlags OPTIONAL,"
	" indirectCRL [4] BOOLEAN DEFAULT FALSE,"
	" onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }";

static const char oids[] =
	"2.5.29 {"
	" subjectDirectoryAttributes(9), subjectKeyIdentifier(14), keyUsage(15),"
	" privateKeyUsagePeriod(16), subjectAltName(17), issuerAltName(18),"
	" basicConstraints(19), cRLNumber(20), cRLReason(21), holdInstructionCode(23),"
	" invalidityDate(24), deltaCRLIndicator(27), issuingDistributionPoint(28),"
	" certificateIssuer(29), nameConstraints(30), cRLDistributionPoints(31),"
	" certificatePolicies(32), policyMappings(33), authorityKeyIdentifier(35),"
	" policyConstraints(36), extKeyUsage(37), freshestCRL(46), inhibitAnyPolicy(54) }"
	"2.5.29.32 { anyPolicy(0) }"
	"2.5.29.37 { anyExtendedKeyUsage(0) }"
	"1.3.6.1.5.5.7.1 {"
	" authorityInfoAccess(1), subjectInfoAccess(11), tlsfeature(24), id-pe-masa-url(32) }"
	"1.3.6.1.5.5.7.2 { cps(1), unotice(2) }"
	"1.3.6.1.5.5.7.3 {"
	" serverAuth(1), clientAuth(2), codeSigning(3), emailProtection(4), timeStamping(8),"
	" OCSPSigning(9), cmcCA(27), cmcRA(28), cmcArchive(29), cmKGA(32) }"
	"1.3.6.1.5.5.7.8 { hardwareModuleName(4), AcpNodeName(10) }"
	"1.3.6.1.5.5.7.48 { ocsp(1), caIssuers(2), caRepository(5) }"
	"1.3.6.1.4.1.51483.2 { hashOfRootKey(1) }"
	"2.16.840.1.113730.1 { netscape-cert-type(1), netscape-comment(13) }";

/* What stands before an octet: `/` between address and mask, `.` or `:` inside. */
static const char *separator(size_t i, size_t half)
{
	if (i == 0 || i % half == 0)
		return i == 0 ? "" : "/";
	if (half == 4)
		return ".";
	return i % 2 == 0 ? ":" : "";
}

/* iPAddress: 4 or 16 octets; in name constraints as many again, the mask. */
static void show_address(struct walk *w, const struct syntax *of, const char *name,
                         const struct element *e)
{
	struct span s = e->content;
	size_t half = s.n == 8 || s.n == 32 ? s.n / 2 : s.n;
	char words[96];
	size_t n = 0;

	if (e->missing > 0 || (half != 4 && half != 16)) {
		walk_primitive(w, of, name, e);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		n += (size_t)snprintf(words + n, sizeof words - n, half == 4 ? "%s%u" : "%s%02x",
		                      separator(i, half), s.p[i]);
	view_word(w->view, name, "%s", words);
}

static const struct syntax_hook hooks[] = {
	{ "IPAddress", show_address },
	{ "", NULL },
};

const struct syntax_module PKI_EXTENSIONS = { .text = text, .oids = oids, .hooks = hooks };
