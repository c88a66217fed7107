/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIMessage and what is in it: the syntax of CMP, EXPLICIT TAGS. */
#include "cmp/syntax.h"

/* RFC 9480 A.2 */
static const char text[] = "PKIMessage ::= SEQUENCE {"
			   " header PKIHeader,"
			   " body PKIBody,"
			   " protection [0] BIT STRING OPTIONAL,"
			   " extraCerts [1] SEQUENCE OF Certificate OPTIONAL }"
			   "PKIMessages ::= SEQUENCE OF PKIMessage "
			   "PKIHeader ::= SEQUENCE {"
			   " pvno INTEGER,"
			   " sender GeneralName,"
			   " recipient GeneralName,"
			   " messageTime [0] GeneralizedTime OPTIONAL,"
			   " protectionAlg [1] AlgorithmIdentifier OPTIONAL,"
			   " senderKID [2] OCTET STRING OPTIONAL,"
			   " recipKID [3] OCTET STRING OPTIONAL,"
			   " transactionID [4] OCTET STRING OPTIONAL,"
			   " senderNonce [5] OCTET STRING OPTIONAL,"
			   " recipNonce [6] OCTET STRING OPTIONAL,"
			   " freeText [7] PKIFreeText OPTIONAL,"
			   " generalInfo [8] GenMsgContent OPTIONAL }"
			   "PKIFreeText ::= SEQUENCE OF UTF8String "
			   "GenMsgContent ::= SEQUENCE OF SEQUENCE {"
			   " infoType OBJECT IDENTIFIER,"
			   " infoValue ANY DEFINED BY infoType OPTIONAL }"

			   "PKIBody ::= CHOICE {"
			   " ir [0] CertReqMessages,"
			   " ip [1] CertRepMessage,"
			   " cr [2] CertReqMessages,"
			   " cp [3] CertRepMessage,"
			   " p10cr [4] CertificationRequest,"
			   " popdecc [5] SEQUENCE OF SEQUENCE {"
			   "  owf AlgorithmIdentifier OPTIONAL,"
			   "  witness OCTET STRING,"
			   "  challenge OCTET STRING },"
			   " popdecr [6] SEQUENCE OF INTEGER,"
			   " kur [7] CertReqMessages,"
			   " kup [8] CertRepMessage,"
			   " krr [9] CertReqMessages,"
			   " krp [10] KeyRecRepContent,"
			   " rr [11] SEQUENCE OF SEQUENCE {"
			   "  certDetails CertTemplate,"
			   "  crlEntryDetails Extensions OPTIONAL },"
			   " rp [12] RevRepContent,"
			   " ccr [13] CertReqMessages,"
			   " ccp [14] CertRepMessage,"
			   " ckuann [15] CAKeyUpdAnnContent,"
			   " cann [16] Certificate,"
			   " rann [17] RevAnnContent,"
			   " crlann [18] SEQUENCE OF CertificateList,"
			   " pkiconf [19] NULL,"
			   " nested [20] PKIMessages,"
			   " genm [21] GenMsgContent,"
			   " genp [22] GenMsgContent,"
			   " error [23] ErrorMsgContent,"
			   " certConf [24] CertConfirmContent,"
			   " pollReq [25] SEQUENCE OF SEQUENCE { certReqId INTEGER },"
			   " pollRep [26] SEQUENCE OF SEQUENCE {"
			   "  certReqId INTEGER,"
			   "  checkAfter INTEGER,"
			   "  reason PKIFreeText OPTIONAL } }"

			   "CertRepMessage ::= SEQUENCE {"
			   " caPubs [1] SEQUENCE OF Certificate OPTIONAL,"
			   " response SEQUENCE OF CertResponse }"
			   "CertResponse ::= SEQUENCE {"
			   " certReqId INTEGER,"
			   " status PKIStatusInfo,"
			   " certifiedKeyPair CertifiedKeyPair OPTIONAL,"
			   " rspInfo OCTET STRING OPTIONAL }"
			   "CertifiedKeyPair ::= SEQUENCE {"
			   " certOrEncCert CHOICE {"
			   "  certificate [0] Certificate,"
			   "  encryptedCert [1] EncryptedKey },"
			   " privateKey [0] EncryptedKey OPTIONAL,"
			   " publicationInfo [1] pkiPublicationInfo OPTIONAL }"
			   "KeyRecRepContent ::= SEQUENCE {"
			   " status PKIStatusInfo,"
			   " newSigCert [0] Certificate OPTIONAL,"
			   " caCerts [1] SEQUENCE OF Certificate OPTIONAL,"
			   " keyPairHist [2] SEQUENCE OF CertifiedKeyPair OPTIONAL }"
			   "RevRepContent ::= SEQUENCE {"
			   " status SEQUENCE OF PKIStatusInfo,"
			   " revCerts [0] SEQUENCE OF oldCertID OPTIONAL,"
			   " crls [1] SEQUENCE OF CertificateList OPTIONAL }"
			   "RevAnnContent ::= SEQUENCE {"
			   " status PKIStatus,"
			   " certId oldCertID,"
			   " willBeRevokedAt GeneralizedTime,"
			   " badSinceDate GeneralizedTime,"
			   " crlDetails Extensions OPTIONAL }"
			   "CAKeyUpdAnnContent ::= SEQUENCE {"
			   " oldWithNew Certificate,"
			   " newWithOld Certificate,"
			   " newWithNew Certificate }"
			   "ErrorMsgContent ::= SEQUENCE {"
			   " pKIStatusInfo PKIStatusInfo,"
			   " errorCode INTEGER OPTIONAL,"
			   " errorDetails PKIFreeText OPTIONAL }"
			   "CertConfirmContent ::= SEQUENCE OF SEQUENCE {"
			   " certHash OCTET STRING,"
			   " certReqId INTEGER,"
			   " statusInfo PKIStatusInfo OPTIONAL,"
			   " hashAlg [0] AlgorithmIdentifier OPTIONAL }"
			   "PKIStatusInfo ::= SEQUENCE {"
			   " status PKIStatus,"
			   " statusString PKIFreeText OPTIONAL,"
			   " failInfo PKIFailureInfo OPTIONAL }";

/* in generalInfo, genm and genp (RFC 9480 A.2, RFC 9483 4.3) */
static const char info_text[] =
	"caProtEncCert ::= Certificate "
	"signKeyPairTypes ::= SEQUENCE OF AlgorithmIdentifier "
	"encKeyPairTypes ::= signKeyPairTypes "
	"preferredSymmAlg ::= AlgorithmIdentifier "
	"caKeyUpdateInfo ::= CAKeyUpdAnnContent "
	"currentCRL ::= CertificateList "
	"unsupportedOIDs ::= SEQUENCE OF OBJECT IDENTIFIER "
	"keyPairParamReq ::= OBJECT IDENTIFIER "
	"keyPairParamRep ::= AlgorithmIdentifier "
	"revPassphrase ::= EncryptedKey "
	"implicitConfirm ::= NULL "
	"confirmWaitTime ::= GeneralizedTime "
	"origPKIMessage ::= PKIMessages "
	"suppLangTags ::= PKIFreeText "
	"caCerts ::= SEQUENCE OF Certificate "
	"rootCaKeyUpdate ::= SEQUENCE {"
	" newWithNew Certificate,"
	" newWithOld [0] Certificate OPTIONAL,"
	" oldWithNew [1] Certificate OPTIONAL }"
	"certReqTemplate ::= SEQUENCE {"
	" certTemplate CertTemplate,"
	" keySpec Controls OPTIONAL }"
	"rootCaCert ::= Certificate "
	"certProfile ::= SEQUENCE OF UTF8String "
	"certProfile ::= UTF8String " /* as some RAs write it */
	"crlStatusList ::= SEQUENCE OF SEQUENCE {"
	" source CHOICE { dpn [0] DistributionPointName, issuer [1] GeneralNames },"
	" thisUpdate Time OPTIONAL }"
	"crls ::= SEQUENCE OF CertificateList ";

static const char oids[] =
	"1.3.6.1.5.5.7.4 {"
	" caProtEncCert(1), signKeyPairTypes(2), encKeyPairTypes(3), preferredSymmAlg(4),"
	" caKeyUpdateInfo(5), currentCRL(6), unsupportedOIDs(7), keyPairParamReq(10),"
	" keyPairParamRep(11), revPassphrase(12), implicitConfirm(13), confirmWaitTime(14),"
	" origPKIMessage(15), suppLangTags(16), caCerts(17), rootCaKeyUpdate(18),"
	" certReqTemplate(19), rootCaCert(20), certProfile(21), crlStatusList(22), crls(23),"
	" KemCiphertextInfo(24) }";

/* PKIMessage, and parts of it as they are met in files. */
static const struct syntax_kind kinds[] = {
	{ "30(30(02 c", "PKIMessage", E_CMP_SYNTAX },
	{ "30(30(30(02 30(02", "CertRepMessage", E_CMP_SYNTAX },
	{ "30(a1(30(30(30(", "CertRepMessage", E_CMP_SYNTAX },
	{ "30(30(30(02 30", "CertReqMessages", E_CMP_SYNTAX },
	{ "30(30(04 02", "CertConfirmContent", E_CMP_SYNTAX },
	{ "30(30(c", "certReqTemplate", E_CMP_SYNTAX },
	{ "", "", OK },
};

const struct syntax_module CMP_MESSAGES = {
	.text = text,
	.explicit_tags = true,
	.oids = oids,
	.kinds = kinds,
};
const struct syntax_module CMP_INFO = { .text = info_text, .explicit_tags = true };
