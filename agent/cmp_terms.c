/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp --issuer`, --days, --eku, --key-usage: on what terms a certificate is asked for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/codec/derw.h"
#include "platform/pki/name.h"

enum { DAY_S = 86400, DAYS_MAX = 100 * 366, WORD_MAX = 64, EKU_MAX = 512, ARC_OCTETS_MAX = 5 };

/* ---- words with commas between them */

static bool next_word(const char **list, char word[WORD_MAX])
{
	size_t n = strcspn(*list, ",");

	if (n >= WORD_MAX)
		n = WORD_MAX - 1; /* no word of ours is as long */
	memcpy(word, *list, n);
	word[n] = '\0';
	*list += strcspn(*list, ",");
	if (**list == '\0')
		return false;
	(*list)++;
	return true;
}

static enum err unknown(const char *option, const char *word, const char *what)
{
	struct quoted q;

	return err_because(E_USAGE, "%s: %s is no %s", option, log_quote(&q, span_str(word)), what);
}

/* KeyUsage ::= BIT STRING (RFC 5280 4.2.1.3), its names in their order. */
static enum err read_key_usage(const char *list, uint32_t *out)
{
	static const char *const names[] = { "digitalSignature", "nonRepudiation",
		                             "keyEncipherment",  "dataEncipherment",
		                             "keyAgreement",     "keyCertSign",
		                             "cRLSign",          "encipherOnly",
		                             "decipherOnly" };
	enum { NAMES = sizeof names / sizeof *names };
	char word[WORD_MAX];
	bool more = true;

	*out = 0;
	while (more) {
		size_t i = 0;

		more = next_word(&list, word);
		while (i < NAMES && strcmp(names[i], word) != 0)
			i++;
		if (i == NAMES)
			return unknown("--key-usage", word, "key usage of RFC 5280 4.2.1.3");
		*out |= UINT32_C(1) << i;
	}
	return OK;
}

/* Seven bits an octet, the most significant first (X.690 8.19). */
static void put_arc(uint32_t arc, uint8_t *to, size_t *n)
{
	uint8_t octets[ARC_OCTETS_MAX];
	size_t k = 0;

	do {
		octets[k] = (uint8_t)(arc & 0x7f) | (k > 0 ? 0x80 : 0);
		k++;
	} while ((arc >>= 7) > 0);
	while (k > 0)
		to[(*n)++] = octets[--k];
}

static bool read_arc(const char **text, uint32_t *out)
{
	char *end;
	unsigned long long v;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	v = strtoull(*text, &end, 10);
	*out = (uint32_t)v;
	*text = end + (*end == '.' && end[1] != '\0');
	return errno == 0 && v <= UINT32_MAX - 80 && (*end == '\0' || *end == '.');
}

/* "1.3.6.1.5.5.7.3.1" */
static bool put_dotted(struct derw *w, const char *text)
{
	uint8_t oid[ARC_OCTETS_MAX * WORD_MAX / 2];
	uint32_t first, second, arc;
	size_t n = 0;

	if (!read_arc(&text, &first) || !read_arc(&text, &second) || first > 2 ||
	    (first < 2 && second > 39))
		return false;
	put_arc(first * 40 + second, oid, &n);
	while (*text != '\0') {
		if (!read_arc(&text, &arc))
			return false;
		put_arc(arc, oid, &n);
	}
	derw_put(w, DER_OID, (struct span){ oid, n });
	return true;
}

#define ID_KP "1.3.6.1.5.5.7.3."
static const struct purpose {
	const char *name, *oid;
} purposes[] = {
	{ "serverAuth", ID_KP "1" },
	{ "clientAuth", ID_KP "2" },
	{ "codeSigning", ID_KP "3" },
	{ "emailProtection", ID_KP "4" },
	{ "timeStamping", ID_KP "8" },
	{ "OCSPSigning", ID_KP "9" },
	{ "ipsecIKE", ID_KP "17" },
	{ "cmcCA", ID_KP "27" },
	{ "cmcRA", ID_KP "28" },
	{ "cmKGA", ID_KP "32" },
	{ "anyExtendedKeyUsage", "2.5.29.37.0" },
};

static const char *oid_of(const char *word)
{
	for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
		if (strcmp(purposes[i].name, word) == 0)
			return purposes[i].oid;
	return word;
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId (RFC 5280 4.2.1.12) */
static enum err read_eku(struct arena *a, const char *list, struct span *out)
{
	struct derw w = derw_in(a, EKU_MAX);
	char word[WORD_MAX];
	bool more = true, good = true;

	IN (&w, DER_SEQUENCE)
		while (more && good) {
			more = next_word(&list, word);
			good = put_dotted(&w, oid_of(word));
		}
	return good ? derw_end(&w, out)
	            : unknown("--eku", word, "extended key usage: a name, or 1.2.3...");
}

/* OptionalValidity ::= SEQUENCE { notBefore [0] Time OPTIONAL, notAfter [1] Time OPTIONAL } */
static enum err read_days(struct arena *a, long days, struct span *out)
{
	struct derw w = derw_in(a, 32);
	struct moment now = clock_now();

	if (days > DAYS_MAX)
		return err_because(E_USAGE, "--days: at most %d", DAYS_MAX);
	if (now.confidence != TIME_SET)
		return err_because(E_USAGE, "--days needs a clock that is believed; "
		                            "see --trust-clock");
	IN (&w, DER_CONTEXT(1))
		derw_time(&w, now.seconds + days * DAY_S);
	return derw_end(&w, out);
}

enum err tool_terms_read(const struct cmp_tool *t, struct cmp_facts *out)
{
	const struct tool_terms *terms = &t->terms;
	enum err e = OK;

	if (terms->issuer != NULL)
		e = name_from_text(t->arena, terms->issuer, &out->issuer);
	if (e == E_CONFIG)
		return err_because(E_USAGE, "--issuer: %s", err_reason(e));
	if (e == OK && terms->eku != NULL)
		e = read_eku(t->arena, terms->eku, &out->eku);
	if (e == OK && terms->key_usage != NULL)
		e = read_key_usage(terms->key_usage, &out->key_usage);
	if (e == OK && terms->days != 0)
		e = read_days(t->arena, terms->days, &out->validity);
	return e;
}
