/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The story of an onboarding, top to bottom: the steps with what each needs and
 * gives; and the same story gone on with after an exit or a power cut.
 */
#include "agent/flow.h"

static const struct step onboarding[] = {
	{ { "find a registrar", 0, REGISTRAR }, find_registrar, MUST_WORK },
	{ { "open provisional TLS", REGISTRAR, LINK }, open_link, MUST_WORK },
	{ { "request a voucher", LINK, ANSWER }, ask_voucher, MUST_WORK },
	{ { "verify the voucher", ANSWER, VOUCHER }, check_voucher, MUST_WORK },
	{ { "verify registrar against voucher pin", LINK | VOUCHER, TRUST }, pin_link, MUST_WORK },
	{ { "report voucher status", TRUST, 0 }, tell_voucher_status, MAY_FAIL },
	{ { "fetch CA certificates", TRUST, CA_CERTS }, fetch_ca_certs, MUST_WORK },
	{ { "fetch request template", TRUST, TEMPLATE }, fetch_template, MUST_WORK },
	{ { "make the operational key", TEMPLATE, KEY }, make_key, MUST_WORK },
	{ { "enrol", TRUST | CA_CERTS | TEMPLATE | KEY, CERT }, enrol, MUST_WORK },
	{ { "commit to configuration", CERT, STORED }, commit, MUST_WORK },
	{ { "report enrolment", STORED, 0 }, tell_enrolled, MAY_FAIL },
};

/* What is staged is taken up once somebody answers: a registrar that is out of reach
   for a while costs nothing.  CA certificates only help with paths. */
static const struct step resuming[] = {
	{ { "read the interrupted attempt", 0, REGISTRAR }, find_interrupted, MUST_WORK },
	{ { "open provisional TLS", REGISTRAR, LINK }, open_link, MUST_WORK },
	{ { "load the stored voucher", LINK, ANSWER }, take_up_voucher, MUST_WORK },
	{ { "verify the voucher", ANSWER, VOUCHER }, check_voucher, MUST_WORK },
	{ { "verify registrar against voucher pin", LINK | VOUCHER, TRUST }, pin_link, MUST_WORK },
	{ { "load the staged key", TRUST, KEY | TEMPLATE }, take_up_key, MUST_WORK },
	{ { "fetch CA certificates", TRUST, CA_CERTS }, fetch_ca_certs, MAY_FAIL },
	{ { "resume the enrolment", TRUST | CA_CERTS | TEMPLATE | KEY, CERT }, enrol, MUST_WORK },
	{ { "commit to configuration", CERT, STORED }, commit, MUST_WORK },
	{ { "report enrolment", STORED, 0 }, tell_enrolled, MAY_FAIL },
};

const struct flow FLOW_ONBOARD = FLOW_OF("onboarding", onboarding);
const struct flow FLOW_ONBOARD_RESUME = FLOW_OF("onboarding", resuming);

enum err onboard(struct device *d, struct arena *attempt, const struct onboard_limits *limits)
{
	struct onboard o;
	enum err e;

	flow_begin(&o, d, attempt, limits);
	candidates_from(o.candidates, &d->settings, limits->rounds);
	e = take_up_request(&o);
	return e == OK ? flow_run(&o, &FLOW_ONBOARD) : e;
}
