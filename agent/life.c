/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a certificate after its enrolment: the tables of renewal, revocation
 * and upkeep, and what each errand begins with.
 */
#include "agent/flow.h"
#include "agent/life.h"

/* Renewal by kur; or, the certificate having ended, by ir: the same steps. */
static const struct step renewal[] = {
	{ { "find the owner's server", 0, REGISTRAR }, find_registrar, MUST_WORK },
	{ { "load the certificate in use", REGISTRAR, IN_USE }, load_in_use, MUST_WORK },
	{ { "open TLS", IN_USE, LINK }, open_link, MUST_WORK },
	{ { "verify the server's certificate", IN_USE | LINK, TRUST }, pin_owner_link, MUST_WORK },
	{ { "fetch CA certificates", TRUST, CA_CERTS }, fetch_ca_certs, MUST_WORK },
	{ { "fetch request template", TRUST, TEMPLATE }, fetch_template, MUST_WORK },
	{ { "make the operational key", TEMPLATE, KEY }, make_key, MUST_WORK },
	{ { "renew", TRUST | IN_USE | CA_CERTS | TEMPLATE | KEY, CERT }, enrol, MUST_WORK },
	{ { "commit to configuration", CERT, STORED }, commit, MUST_WORK },
};

static const struct step renewal_resuming[] = {
	{ { "read the interrupted attempt", 0, REGISTRAR }, find_interrupted, MUST_WORK },
	{ { "load the certificate in use", REGISTRAR, IN_USE }, load_in_use, MUST_WORK },
	{ { "open TLS", IN_USE, LINK }, open_link, MUST_WORK },
	{ { "verify the server's certificate", IN_USE | LINK, TRUST }, pin_owner_link, MUST_WORK },
	{ { "load the staged key", TRUST, KEY | TEMPLATE }, take_up_key, MUST_WORK },
	{ { "fetch CA certificates", TRUST, CA_CERTS }, fetch_ca_certs, MAY_FAIL },
	{ { "resume the renewal", TRUST | IN_USE | CA_CERTS | TEMPLATE | KEY, CERT },
	  enrol,
	  MUST_WORK },
	{ { "commit to configuration", CERT, STORED }, commit, MUST_WORK },
};

static const struct step revocation[] = {
	{ { "find the owner's server", 0, REGISTRAR }, find_registrar, MUST_WORK },
	{ { "load the certificate in use", REGISTRAR, IN_USE }, load_in_use, MUST_WORK },
	{ { "open TLS", IN_USE, LINK }, open_link, MUST_WORK },
	{ { "verify the server's certificate", IN_USE | LINK, TRUST }, pin_owner_link, MUST_WORK },
	{ { "prepare revocation record", TRUST | IN_USE, RECORD }, stage_record, MUST_WORK },
	{ { "revoke", TRUST | IN_USE | RECORD, REVOKED }, revoke_in_use, MUST_WORK },
	{ { "record the revocation", REVOKED, STORED }, record_revocation, MUST_WORK },
};

static const struct step roots[] = {
	{ { "find the owner's server", 0, REGISTRAR }, find_registrar, MUST_WORK },
	{ { "load the certificate in use", REGISTRAR, IN_USE }, load_in_use, MUST_WORK },
	{ { "open TLS", IN_USE, LINK }, open_link, MUST_WORK },
	{ { "verify the server's certificate", IN_USE | LINK, TRUST }, pin_owner_link, MUST_WORK },
	{ { "ask for newer roots", TRUST | IN_USE, NEWS }, ask_roots, MUST_WORK },
	{ { "commit to configuration", NEWS, STORED }, commit_upkeep, MUST_WORK },
};

static const struct step crl[] = {
	{ { "find the owner's server", 0, REGISTRAR }, find_registrar, MUST_WORK },
	{ { "load the certificate in use", REGISTRAR, IN_USE }, load_in_use, MUST_WORK },
	{ { "open TLS", IN_USE, LINK }, open_link, MUST_WORK },
	{ { "verify the server's certificate", IN_USE | LINK, TRUST }, pin_owner_link, MUST_WORK },
	{ { "ask for a newer CRL", TRUST | IN_USE, NEWS }, ask_crl, MUST_WORK },
	{ { "commit to configuration", NEWS, STORED }, commit_upkeep, MUST_WORK },
};

const struct flow FLOW_RENEW = FLOW_OF("renewing", renewal);
const struct flow FLOW_RENEW_RESUME = FLOW_OF("renewing", renewal_resuming);
const struct flow FLOW_REVOKE = FLOW_OF("revoking", revocation);
const struct flow FLOW_ROOTS = FLOW_OF("enrolled", roots);
const struct flow FLOW_CRL = FLOW_OF("enrolled", crl);

struct errand_request {
	enum errand errand;
	enum crl_reason reason;
	const struct flow *flow;
	bool again;
};

static enum err run_errand(struct device *d, struct arena *a, const struct onboard_limits *limits,
                           const struct errand_request *r)
{
	char url[URL_MAX];
	const struct registrar_setting at = { "", url };
	struct onboard o;
	enum err e = owner_server(d, a, url);

	if (e == OK && r->errand == ERRAND_REENROL)
		e = device_load_identity(d);
	if (e != OK)
		return e;
	flow_begin(&o, d, a, limits);
	o.errand = r->errand;
	o.reason = r->reason;
	o.again = r->again;
	candidates_only(o.candidates, &at, limits->rounds > 0 ? limits->rounds : 1);
	return flow_run(&o, r->flow);
}

/* Where no clock tells us that the certificate has ended, the server's no may. */
static bool may_have_ended(enum err e)
{
	return (e == E_TLS_REFUSED || e == E_CMP_REJECTED || e == E_CMP_ERROR) &&
	       clock_now().confidence != TIME_SET;
}

static enum err enrol_anew(struct device *d, struct arena *a, const struct onboard_limits *limits,
                           const char *why)
{
	struct errand_request r = { .errand = ERRAND_REENROL, .flow = &FLOW_RENEW };

	log_notice("%s: enrolling anew with the IDevID", why);
	return run_errand(d, a, limits, &r);
}

/* RFC 9483 4.1.3: a kur is signed with a certificate that has not ended. */
enum err life_renew(struct device *d, struct arena *a, const struct onboard_limits *limits)
{
	struct errand_request r = { .errand = ERRAND_RENEW, .flow = &FLOW_RENEW };
	struct life life;
	bool resumed;
	enum err e = life_look(d, a, &life);

	arena_reset(a);
	if (e != OK)
		return e;
	if (life.revoked)
		return err_because(E_REVOKED, "the certificate in use has been revoked by this "
		                              "device (`onramp reset --yes` starts over)");
	if (life.revoking)
		return err_because(E_REVOKED, "the certificate in use may have been revoked by "
		                              "this device (`onramp revoke` asks once more)");
	e = resume_interrupted(d, a, limits, &resumed);
	if (resumed || (e != OK && !may_have_ended(e)))
		return e;
	if (time_over(clock_now(), life.lifetime.not_after))
		return enrol_anew(d, a, limits, "the certificate has ended");
	if (e == OK)
		e = run_errand(d, a, limits, &r);
	arena_reset(a);
	return may_have_ended(e) && !clock_stopped()
	               ? enrol_anew(d, a, limits, "refused, and the certificate may have ended")
	               : e;
}

enum err life_revoke(struct device *d, struct arena *a, const struct onboard_limits *limits,
                     enum crl_reason reason)
{
	struct errand_request r = { ERRAND_REVOKE, reason, &FLOW_REVOKE, false };
	enum err e = resume_before_revoking(d, a, limits, &r.reason, &r.again);

	arena_reset(a);
	return e == OK ? run_errand(d, a, limits, &r) : e;
}

enum err life_fetch_roots(struct device *d, struct arena *a, const struct onboard_limits *limits)
{
	return run_errand(d, a, limits,
	                  &(struct errand_request){ .errand = ERRAND_RENEW, .flow = &FLOW_ROOTS });
}

enum err life_fetch_crl(struct device *d, struct arena *a, const struct onboard_limits *limits)
{
	return run_errand(d, a, limits,
	                  &(struct errand_request){ .errand = ERRAND_RENEW, .flow = &FLOW_CRL });
}
