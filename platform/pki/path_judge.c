/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a path is good: RFC 5280 6.1, from the anchor down, for certificates
 * whose signatures are known to be.  No policies are asked for (6.1.1 c, e to g):
 * see policies.c.
 */
#include "platform/base/date.h"
#include "platform/pki/internal.h"

struct judging {
	const struct path_request *r;
	const struct cert *certs; /* target first */
	size_t n;
	size_t may_follow; /* max_path_length, RFC 5280 6.1.2 k */
	uint32_t purposes; /* of r->eku, those that no issuer has ruled out */
};

static enum err check_time(const struct judging *j, const struct cert *c)
{
	struct date_text t;

	if (time_over(j->r->now, c->not_after))
		return err_because(E_CERT_TIME, "it ended %s", date_to_rfc3339(&t, c->not_after));
	if (time_ahead(j->r->now, c->not_before))
		return err_because(E_CERT_TIME, "it begins %s", date_to_rfc3339(&t, c->not_before));
	return OK;
}

/* RFC 5280 6.1.4 k, n: who may sign certificates; whether critical or not. */
static enum err check_ca(const struct cert *c)
{
	if (!c->has_basic || !c->is_ca)
		return err_because(E_CERT_CA, "it issued a certificate but is no CA%s",
		                   c->version < 3 ? " (it has no extensions to say so)" : "");
	if (c->has_key_usage && !(c->key_usage & KU_KEY_CERT_SIGN))
		return err_because(E_CERT_CA, "its keyUsage lacks keyCertSign");
	return OK;
}

/* RFC 5280 6.1.4 l, m: self-issued certificates do not count, nor does the anchor. */
static enum err check_length(struct judging *j, size_t i)
{
	const struct cert *c = &j->certs[i];

	if (i + 1 < j->n && !cert_self_issued(c)) {
		if (j->may_follow == 0)
			return err_because(E_CERT_CA,
			                   "a pathLenConstraint above it allows no more CA");
		j->may_follow--;
	}
	if (c->path_len != PATH_LEN_NONE && (size_t)c->path_len < j->may_follow)
		j->may_follow = (size_t)c->path_len;
	return OK;
}

/* RFC 5280 6.1.3 b, c: against the constraints of everybody above. */
static enum err check_names(const struct judging *j, size_t i)
{
	const struct cert *c = &j->certs[i];
	enum err e = OK;

	if (i > 0 && cert_self_issued(c))
		return OK;
	for (size_t k = i + 1; e == OK && k < j->n; k++)
		e = name_constraints_apply(j->certs[k].name_constraints, c);
	return e;
}

/*
 * RFC 5280 4.2.1.12 speaks of the target alone; that an issuer's list binds
 * what it issues is the practice of all, and only ever refuses more.
 */
static enum err check_purpose(struct judging *j, const struct cert *c)
{
	if (j->r->eku_count == 0 || c->eku.n == 0 || cert_has_eku(c, OID_EKU_ANY))
		return OK;
	for (size_t k = 0; k < j->r->eku_count; k++)
		if (!cert_has_eku(c, j->r->eku[k]))
			j->purposes &= ~(UINT32_C(1) << k);
	if (j->purposes == 0)
		return err_because(E_CERT_USAGE,
		                   "its extKeyUsage has no purpose that is asked for");
	return OK;
}

static enum err check_critical(const struct cert *c)
{
	char oid[80];

	if (c->requires_policy)
		return err_because(E_CERT_CRITICAL, "its policyConstraints demand an explicit "
		                                    "policy, and policies are not followed");
	if (!c->unknown_critical)
		return OK;
	return err_because(E_CERT_CRITICAL, "extension %s is critical and not understood",
	                   der_oid_text(c->unknown_critical_oid, oid, sizeof oid));
}

/* Rules that RFC 5280 4 has for each certificate, whatever its place. */
static enum err check_form(const struct cert *c)
{
	if (name_is_empty(c->issuer)) /* 4.1.2.4 */
		return err_because(E_CERT_NAMES, "its issuer is the empty name");
	if (name_is_empty(c->subject) && c->is_ca) /* 4.1.2.6 */
		return err_because(E_CERT_NAMES, "a CA with the empty name");
	if (name_is_empty(c->subject) && !c->san_critical) /* 4.1.2.6 */
		return err_because(E_CERT_NAMES, "no subject, and no critical subjectAltName");
	if ((c->key_usage & KU_KEY_CERT_SIGN) && !c->is_ca) /* 4.2.1.9 */
		return err_because(E_CERT_CA, "keyCertSign in a certificate that is no CA's");
	if (c->name_constraints.n > 0 && !c->is_ca) /* 4.2.1.10 */
		return err_because(E_CERT_NAMES, "nameConstraints of one that is no CA");
	return check_critical(c);
}

static enum err check_key(const struct cert *c)
{
	struct public_key key;

	return public_key_read(c->spki, &key);
}

static enum err check_target(const struct judging *j, const struct cert *c)
{
	if (j->r->key_usage != 0 && c->has_key_usage && !(c->key_usage & j->r->key_usage))
		return err_because(E_CERT_USAGE, "its keyUsage %03x has nothing of %03x",
		                   c->key_usage, j->r->key_usage);
	return OK;
}

static enum err judge_one(struct judging *j, size_t i)
{
	const struct cert *c = &j->certs[i];
	enum err e = check_key(c);

	if (e == OK)
		e = check_time(j, c);
	if (e == OK && i > 0)
		e = check_ca(c);
	if (e == OK && i > 0)
		e = check_length(j, i);
	if (e == OK)
		e = check_names(j, i);
	if (e == OK)
		e = check_purpose(j, c);
	if (e == OK)
		e = check_form(c);
	if (e == OK && i == 0)
		e = check_target(j, c);
	return e;
}

enum err path_judge(const struct path_request *r, const struct cert *certs, size_t n)
{
	struct judging j = { r, certs, n, PATH_DEPTH_MAX, UINT32_MAX };
	struct quoted q;
	enum err e = OK;

	if (r->eku_count > 32)
		return err_because(E_BUG, "%zu purposes, at most 32 can be asked for",
		                   r->eku_count);
	if (r->eku_count > 0)
		j.purposes = UINT32_MAX >> (32 - r->eku_count);
	for (size_t i = n; e == OK && i-- > 0;) {
		e = judge_one(&j, i);
		e = err_within(e, e, name_text(&q, certs[i].subject));
	}
	for (size_t i = 0; e == OK && i + 1 < n; i++)
		e = crl_judge(r, &certs[i], &certs[i + 1], &certs[n - 1]);
	return e;
}
