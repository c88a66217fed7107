/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of steps: nothing is needed that was not given before. */
#include "agent/flow.h"
#include "tests/unit/test.h"

static const struct flow *const flows[] = { &FLOW_ONBOARD,      &FLOW_ONBOARD_RESUME, &FLOW_RENEW,
	                                    &FLOW_RENEW_RESUME, &FLOW_REVOKE,         &FLOW_ROOTS,
	                                    &FLOW_CRL };
enum { FLOWS = sizeof flows / sizeof *flows };

static void needs_are_given_before(void)
{
	for (size_t f = 0; f < FLOWS; f++) {
		unsigned given = 0;

		CU_ASSERT_FATAL(flows[f]->count > 5);
		for (size_t i = 0; i < flows[f]->count; i++) {
			const struct step_row *row = &flows[f]->steps[i].row;

			CU_ASSERT_EQUAL(row->needs & ~given, 0);
			CU_ASSERT_EQUAL(row->gives & given, 0);
			given |= row->gives;
		}
		CU_ASSERT(given & STORED);
	}
}

/* Swapping two lines of a table must not go unnoticed: what trust gives is needed by
   everything that CMP does, and a commit needs what was checked. */
static void trust_comes_before_enrolment(void)
{
	static const struct {
		enum err (*run)(struct onboard *o);
		unsigned needs;
	} rules[] = {
		{ pin_link, LINK | VOUCHER },
		{ pin_owner_link, LINK | IN_USE },
		{ fetch_ca_certs, TRUST },
		{ fetch_template, TRUST },
		{ take_up_key, TRUST },
		{ enrol, TRUST | KEY },
		{ commit, CERT },
		{ ask_roots, TRUST },
		{ ask_crl, TRUST },
		{ commit_upkeep, NEWS },
		{ stage_record, TRUST },
		{ revoke_in_use, TRUST | RECORD },
		{ record_revocation, REVOKED },
	};
	unsigned met = 0;

	for (size_t f = 0; f < FLOWS; f++)
		for (size_t i = 0; i < flows[f]->count; i++)
			for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
				if (flows[f]->steps[i].run == rules[r].run) {
					CU_ASSERT_EQUAL(flows[f]->steps[i].row.needs &
					                        rules[r].needs,
					                rules[r].needs);
					met |= 1u << r;
				}
	CU_ASSERT_EQUAL(met, (1u << (sizeof rules / sizeof *rules)) - 1);
}

/* Only the two that judge a peer give trust, and only what was checked is committed. */
static void trust_has_two_sources(void)
{
	for (size_t f = 0; f < FLOWS; f++)
		for (size_t i = 0; i < flows[f]->count; i++) {
			const struct step *s = &flows[f]->steps[i];

			if (s->row.gives & TRUST)
				CU_ASSERT(s->run == pin_link || s->run == pin_owner_link);
			if (s->row.gives & VOUCHER)
				CU_ASSERT(s->run == check_voucher);
			if (s->row.gives & CERT)
				CU_ASSERT(s->run == enrol);
		}
}

const struct test_suite suite_agent_onboard = {
	"agent/onboard",
	{
		{ "every step's needs are given before it", needs_are_given_before },
		{ "trust comes before enrolment", trust_comes_before_enrolment },
		{ "trust has two sources, and no other", trust_has_two_sources },
	},
};
