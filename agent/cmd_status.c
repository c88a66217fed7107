/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp status`: what was reached, from the live generation and status.json. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/life.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "platform/base/date.h"
#include "platform/codec/json.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"

enum { OUT_MAX = 16384 };

struct state {
	bool enrolled;
	struct credential live;
	unsigned generation, before;
	struct life life;
	enum err damage; /* the live generation cannot be used */
	char damage_text[ERR_REASON_MAX];
	char changed[40]; /* which names the CA changed; "" when none */

	const struct json *run; /* status.json, NULL when absent */
	bool running;           /* its process is alive */
};

static struct span said(const struct state *s, const char *name)
{
	struct span text = NO_BYTES;

	if (s->run == NULL || json_string(s->run, name, &text) != JSON_FOUND)
		return NO_BYTES;
	return text;
}

/* Seconds, as it was when the agent wrote; 0: it does not wait. */
static int64_t next_try(const struct state *s)
{
	int64_t in_s;

	if (s->run == NULL || json_integer(s->run, "next_try_in_seconds", &in_s) != JSON_FOUND)
		return 0;
	return in_s;
}

static enum err look(struct device *d, struct arena *a, struct state *s)
{
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(config_path, path, sizeof path);

	if (e == OK)
		e = settings_load(a, path, &d->settings);
	if (e == OK)
		command_settings(&d->settings);
	if (e == OK)
		e = file_rooted(d->settings.state_dir, path, sizeof path);
	if (e == OK)
		s->damage = store_look(&d->store, path);
	if (e != OK)
		return e;
	s->generation = d->store.live;
	s->before = d->store.live != 0 ? store_before(&d->store) : 0;
	if (d->store.live != 0)
		s->damage = device_live_credential(d, a, &s->live);
	if (d->store.live != 0 && s->damage == OK)
		s->damage = life_look(d, a, &s->life);
	/* what meta.json lacks is only not shown */
	if (d->store.live != 0 && s->damage == OK &&
	    meta_text(d, a, "changed_by_ca", s->changed, sizeof s->changed) != OK)
		s->changed[0] = '\0';
	s->enrolled = d->store.live != 0 && s->damage == OK;
	snprintf(s->damage_text, sizeof s->damage_text, "%s", err_reason(s->damage));
	s->run = progress_read(a, &s->running);
	return OK;
}

static const char *state_word(const struct state *s)
{
	if (s->damage != OK)
		return "damaged";
	if (s->enrolled && s->life.revoked)
		return "revoked";
	if (s->enrolled && s->life.revoking)
		return "revoking";
	if (s->enrolled && time_over(clock_now(), s->life.lifetime.not_after))
		return "expired";
	return s->enrolled ? "enrolled" : "not enrolled";
}

static void print_said(const struct state *s, const char *label, const char *name)
{
	struct quoted q;

	if (said(s, name).n > 0)
		printf("%-12s %s\n", label, log_quote(&q, said(s, name)));
}

/* By the certificate alone, whether or not the agent runs; "" when it will not be. */
static const char *renewal_date(const struct device *d, const struct state *s,
                                struct date_text *date)
{
	if (s->life.revoked || s->life.revoking || !d->settings.life.renew ||
	    s->life.lifetime.not_after >= DATE_NEVER)
		return "";
	return date_to_rfc3339(date, schedule_renewal(&s->life.lifetime, &d->settings.life.when));
}

/* How late it is, and on what that rests: what "expired" and the renewal go by. */
static const char *clock_words(char *room, size_t cap)
{
	struct moment now = clock_now();
	struct date_text date;

	snprintf(room, cap, "%s%s: %s", now.confidence == TIME_SET ? "" : "not believed, at least ",
	         date_to_rfc3339(&date, now.seconds), clock_basis_text(clock_basis()));
	return room;
}

static void print_duty(const struct state *s, const char *label, const char *last, const char *next)
{
	print_said(s, label, last);
	print_said(s, "    next", next);
}

static void print_text(const struct device *d, const struct state *s)
{
	struct date_text date;
	struct quoted q;
	char clock[160];

	printf("%-12s %s\n", "state", state_word(s));
	if (s->damage != OK)
		printf("%-12s %s\n", "damage", s->damage_text);
	if (s->damage != OK && s->before != 0)
		printf("%-12s gen/%04u, the one before\n", "kept", s->before);
	printf("%-12s %s\n", "clock", clock_words(clock, sizeof clock));
	if (s->enrolled) {
		printf("%-12s %s\n", "subject", name_text(&q, s->live.leaf.subject));
		if (s->changed[0] != '\0')
			printf("%-12s other than asked for, by the CA: %s\n", "names", s->changed);
		printf("%-12s %s\n", "issuer", name_text(&q, s->live.leaf.issuer));
		printf("%-12s %s\n", "valid from", date_to_rfc3339(&date, s->live.leaf.not_before));
		printf("%-12s %s\n", "valid until", date_to_rfc3339(&date, s->live.leaf.not_after));
		printf("%-12s %s/live -> gen/%04u\n", "files", d->settings.state_dir,
		       s->generation);
		if (renewal_date(d, s, &date)[0] != '\0')
			printf("%-12s %s%s\n", "renewal", renewal_date(d, s, &date),
			       s->life.waiting ? ", one is under way" : "");
	}
	if (s->run == NULL)
		return;
	printf("%-12s %s\n", "agent", s->running ? "running" : "not running; its last words:");
	print_said(s, "  state", "state");
	print_said(s, "  registrar", "registrar");
	print_said(s, "  step", "step");
	print_said(s, "  error", "error");
	print_said(s, "  reason", "reason");
	if (next_try(s) > 0)
		printf("%-12s %lld s after %s\n", "  waits", (long long)next_try(s),
		       said(s, "since").n > 0 ? log_quote(&q, said(s, "since")) : "its last word");
	print_duty(s, "  renewal", "renewal_last", "renewal_next");
	print_duty(s, "  roots", "roots_last", "roots_next");
	print_duty(s, "  crl", "crl_last", "crl_next");
	print_duty(s, "  revocation", "revocation_last", "revocation_next");
}

static void json_said(struct jsonw *w, const struct state *s, const char *name)
{
	if (said(s, name).n > 0)
		jsonw_string(w, name, said(s, name));
}

static void json_certificate(struct jsonw *w, const struct device *d, const struct state *s)
{
	struct date_text date;
	struct name_line name;
	char path[PATH_NAME_MAX + 8];

	snprintf(path, sizeof path, "%s/live", d->settings.state_dir);
	jsonw_open(w, "certificate", '{');
	jsonw_string(w, "subject", name_plain(&name, s->live.leaf.subject));
	jsonw_string(w, "issuer", name_plain(&name, s->live.leaf.issuer));
	if (s->changed[0] != '\0')
		jsonw_string(w, "changed_by_ca", span_str(s->changed));
	jsonw_string(w, "not_before", span_str(date_to_rfc3339(&date, s->live.leaf.not_before)));
	jsonw_string(w, "not_after", span_str(date_to_rfc3339(&date, s->live.leaf.not_after)));
	jsonw_string(w, "files", span_str(path));
	jsonw_integer(w, "generation", s->generation);
	if (renewal_date(d, s, &date)[0] != '\0')
		jsonw_string(w, "renewal", span_str(renewal_date(d, s, &date)));
	jsonw_close(w, '}');
}

static enum err print_json(const struct device *d, const struct state *s)
{
	char room[OUT_MAX];
	struct jsonw w = JSONW_ON(room);
	struct span out;
	enum err e;

	static const char *const words[] = { "state",      "since",           "registrar",
		                             "step",       "failed_step",     "error",
		                             "reason",     "renewal_last",    "renewal_next",
		                             "roots_last", "roots_next",      "crl_last",
		                             "crl_next",   "revocation_last", "revocation_next" };

	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "state", span_str(state_word(s)));
	if (s->damage != OK)
		jsonw_string(&w, "damage", span_str(s->damage_text));
	jsonw_open(&w, "clock", '{');
	jsonw_bool(&w, "believed", clock_now().confidence == TIME_SET);
	jsonw_string(&w, "because", span_str(clock_basis_text(clock_basis())));
	jsonw_close(&w, '}');
	if (s->enrolled)
		json_certificate(&w, d, s);
	if (s->run != NULL) {
		jsonw_open(&w, "agent", '{');
		jsonw_bool(&w, "running", s->running);
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			json_said(&w, s, words[i]);
		if (next_try(s) > 0)
			jsonw_integer(&w, "next_try_in_seconds", next_try(s));
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, '}');
	if ((e = jsonw_end(&w, &out)) == OK)
		printf("%s\n", (const char *)out.p);
	return e;
}

int cmd_status(int argc, char **argv)
{
	struct arena a = command_arena();
	struct device d = { .arena = &a, .store = { .dir = -1, .lock = -1 } };
	struct state s = { .damage = OK };
	bool json = false, helped;
	const struct option_row rows[] = {
		{ "--json", OPTION_FLAG, &json, NULL, "for programs" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp status [--json]",
		.teaches = "Tells what this device has reached (the certificate in use) and what "
			   "the agent\n"
			   "is doing. Exit status 0 when enrolled, 1 when not (or no "
			   "longer: expired,\n"
			   "revoked), 5 when what is stored is damaged.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc > 1)
		return command_usage("status", "%s",
		                     e != OK ? err_reason(e) : "`status` takes no operands");
	e = look(&d, &a, &s);
	if (e == OK && json)
		e = print_json(&d, &s);
	else if (e == OK)
		print_text(&d, &s);
	signer_close(s.live.key);
	json_close(s.run);
	store_close(&d.store);
	if (e != OK)
		return command_failed(e);
	return s.damage != OK ? err_exit_status(E_STORE) : strcmp(state_word(&s), "enrolled") != 0;
}
