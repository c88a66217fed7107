/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of certificates, CRLs, requests and CMS messages, for showing them
 * (platform/codec/syntax.h).  Wider than what the readers beside take: what they
 * refuse is what people want to look at.
 */
#ifndef ONRAMP_PKI_SYNTAX_H
#define ONRAMP_PKI_SYNTAX_H

#include "platform/codec/syntax.h"

/* What documents of this kind may be, ended by an empty shape; and the names in them. */
extern const struct syntax_kind PKI_KINDS[];
extern const struct oid_book PKI_ALGORITHM_BOOK, PKI_CERTIFICATE_BOOK, PKI_CMS_BOOK;

/* Types that others are made of. */
extern const struct syntax ALGORITHM_ROWS[];          /* AlgorithmIdentifier */
extern const struct syntax SPKI_ROWS[];               /* SubjectPublicKeyInfo */
extern const struct syntax GENERAL_NAME_ROWS[];       /* GeneralName */
extern const struct syntax DISTRIBUTION_POINT_ROWS[]; /* DistributionPointName */
extern const struct syntax GENERAL_NAME_ROW;
extern const struct syntax EXTENSION_ROW;
extern const struct syntax ATTRIBUTE_ROW;
extern const struct syntax CRL_ROWS[];       /* CertificateList */
extern const struct syntax REQUEST_ROWS[];   /* CertificationRequest */
extern const struct syntax ENVELOPED_ROWS[]; /* EnvelopedData */
extern const struct syntax SIGNED_ROWS[];    /* SignedData */
extern const struct syntax CONTENT_INFO_ROWS[];
extern const struct syntax PRIVATE_KEY_ROWS[]; /* OneAsymmetricKey, the key itself unseen */

#define ALGORITHM       SEQUENCE(ALGORITHM_ROWS)
#define PUBLIC_KEY_INFO SEQUENCE(SPKI_ROWS)
#define GENERAL_NAME    CHOICE(GENERAL_NAME_ROWS)
#define GENERAL_NAMES   SEQUENCE_OF(&GENERAL_NAME_ROW)
#define EXTENSIONS      SEQUENCE_OF(&EXTENSION_ROW)
#define ATTRIBUTES      SET_OF(&ATTRIBUTE_ROW)
#define NAME            SEQUENCE_BY(show_name)
#define CERTIFICATE     SEQUENCE_BY(show_certificate)

void show_name(struct walk *w, const char *name, const struct element *e);
void show_certificate(struct walk *w, const char *name, const struct element *e);

#endif
