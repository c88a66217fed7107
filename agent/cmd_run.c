/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `onramp run`: the service.  On a device it never exits by itself (procd would
 * start it again, whatever the status): enrolled, halted or disabled, it sleeps
 * until a signal.  SIGHUP starts it over with the configuration read afresh.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands.h"
#include "agent/onboard.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "agent/service.h"
#include "agent/uci_view.h"
#include "platform/base/date.h"
#include "platform/crypto/hash.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"
#include "platform/store/service_lock.h"

static volatile sig_atomic_t ending;

static void on_signal(int signal_number)
{
	if (signal_number != SIGHUP)
		ending = 1;
	clock_stop();
}

static void watch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
}

/* A service that is there keeps its file: one beside it by hand comes and goes. */
static bool is_told_by_another(void)
{
	struct arena a = command_arena();
	bool alive;

	json_close(progress_read(&a, &alive));
	arena_reset(&a);
	return alive;
}

static const char *status_file(bool once, char *room, size_t cap)
{
	enum err e;

	if (once && is_told_by_another())
		return NULL;
	if ((e = progress_file(room, cap)) == OK)
		return room;
	log_warning("no status file: %s", err_reason(e));
	return NULL;
}

static enum err say_damage(const struct device *d, enum err e)
{
	unsigned before = store_before(&d->store);
	const char *dir = d->settings.state_dir;
	char why[ERR_REASON_MAX];

	if (err_verdict(e) != HALT || before == 0)
		return err_within(E_STORE, e,
		                  "the live generation is damaged (`onramp reset --yes` "
		                  "starts over)");
	snprintf(why, sizeof why, "%s", err_reason(e));
	return err_because(e,
	                   "%s: gen/%04u is damaged (the one before is kept: `ln -sfn gen/%04u "
	                   "%s/live` goes back to it; `onramp reset --yes` starts over)",
	                   why, d->store.live, before, dir);
}

/* Of the service alone, for its life; another state directory has another lock. */
static struct {
	int fd;
	bool refused; /* another service has the state */
	char path[PATH_NAME_MAX];
} alone = { .fd = -1 };

static enum err be_alone(const struct settings *s)
{
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(s->state_dir, path, sizeof path);

	if (e != OK || (alone.fd >= 0 && strcmp(path, alone.path) == 0))
		return e;
	if (alone.fd >= 0)
		close(alone.fd);
	e = service_lock(path, &alone.fd);
	alone.refused = e == E_BUSY;
	memcpy(alone.path, path, sizeof path);
	return e;
}

/* What is live is whole and said; E_STORE when it is broken, which only the
   operator may mend: an error never makes a device forget its owner. */
static enum err say_enrolled(struct device *d, struct arena *a, const char *how)
{
	struct credential live;
	struct date_text date;
	struct quoted q;
	enum err e = device_live_credential(d, a, &live);

	if (e != OK)
		return say_damage(d, e);
	fprintf(stderr, "%s: %s, valid until %s, in %s/live\n", how,
	        name_text(&q, live.leaf.subject), date_to_rfc3339(&date, live.leaf.not_after),
	        d->settings.state_dir);
	signer_close(live.key);
	uci_view_show(&d->settings);
	progress_state("enrolled", OK);
	return OK;
}

/* RFC 8995 4.1: one registrar that is gone does not keep the others from their turn. */
static enum err ask_others(struct device *d, struct arena *a, const struct onboard_limits *limits,
                           int64_t begun)
{
	struct onboard_limits rest = *limits;

	if (limits->patience_ms > 0)
		rest.patience_ms -= clock_ticks() - begun;
	log_notice("what was interrupted waits: asking the other registrars");
	return onboard(d, a, &rest);
}

static bool may_ask_others(const struct device *d, struct arena *a,
                           const struct onboard_limits *limits, int64_t begun, enum err e)
{
	return err_verdict(e) != HALT && !clock_stopped() &&
	       (limits->patience_ms == 0 || clock_ticks() - begun < limits->patience_ms) &&
	       resume_leaves_others(d, a);
}

static enum err become_enrolled(struct device *d, struct arena *a,
                                const struct onboard_limits *limits)
{
	int64_t begun = clock_ticks();
	bool resumed;
	enum err e;

	if (d->settings.registrar_count == 0)
		return err_because(E_CONFIG, "%s names no registrar (config registrar, option url)",
		                   config_path);
	if ((e = device_load_identity(d)) != OK || (e = device_load_anchors(d)) != OK)
		return e;
	if (device_signers_warning(d) != NULL)
		log_warning("%s", device_signers_warning(d));
	e = resume_interrupted(d, a, limits, &resumed);
	if (e != OK && may_ask_others(d, a, limits, begun, e))
		return ask_others(d, a, limits, begun);
	return e == OK && !resumed ? onboard(d, a, limits) : e;
}

static enum err reach_enrolled(struct device *d, struct arena *a,
                               const struct onboard_limits *limits, struct agenda *g)
{
	const char *how = "already enrolled";
	enum err e;

	if (!d->settings.enabled)
		return err_because(E_CONFIG, "%s: not enabled (option enabled '0')", config_path);
	if ((e = device_open_store(d)) != OK)
		return e;
	if (d->store.live == 0) {
		g->generation = 0; /* after a reset its number comes again */
		how = "enrolled";
		e = become_enrolled(d, a, limits);
	}
	if (e == OK && g->generation != d->store.live)
		e = say_enrolled(d, a, how);
	return e;
}

/* As `onramp status` has it. */
static enum err must_be_good(struct device *d, struct arena *a)
{
	struct life l;
	struct date_text date;
	enum err e = life_look(d, a, &l);

	if (e == OK && (l.revoked || l.revoking))
		return err_because(E_REVOKED,
		                   "the certificate in use has been, or may be, revoked by this "
		                   "device (`onramp reset --yes` starts over)");
	if (e == OK && time_over(clock_now(), l.lifetime.not_after))
		return err_because(E_CERT_TIME,
		                   "the certificate in use ended at %s (`onramp renew`)",
		                   date_to_rfc3339(&date, l.lifetime.not_after));
	return e;
}

/* in_ms NULL: until enrolled and no longer. */
static enum err run(struct device *d, const struct onboard_limits *limits, struct agenda *g,
                    int64_t *in_ms)
{
	struct arena of_device = command_device_arena(), a = command_arena();
	enum err e = device_load(d, &of_device, config_path);

	if (e != OK)
		return e;
	command_settings(&d->settings);
	if (in_ms != NULL && d->settings.enabled && (e = be_alone(&d->settings)) != OK)
		return e;
	e = reach_enrolled(d, &a, limits, g);
	if (e == OK)
		e = in_ms != NULL ? service_turn(d, &a, g, in_ms) : must_be_good(d, &a);
	if (e == OK)
		g->generation = d->store.live; /* its steps have told of it */
	arena_reset(&a);
	return e;
}

static struct command_line line_of(bool *once, long *rounds, long *patience)
{
	static struct option_row rows[4];

	rows[0] = (struct option_row){ "--once", OPTION_FLAG, once, NULL,
		                       "exit when enrolled, or with the reason why not" };
	rows[1] = (struct option_row){ "--rounds", OPTION_NUMBER, rounds, "N",
		                       "with --once: attempts at each registrar (1; 0: no end)" };
	rows[2] = (struct option_row){ "--patience", OPTION_NUMBER, patience, "SECONDS",
		                       "with --once: give up after so long (0: never)" };
	return (struct command_line){
		.usage = "onramp run [--once [--rounds N] [--patience SECONDS]]",
		.teaches = "Onboards this device as /etc/config/onramp says: each registrar is "
			   "asked for a\n"
			   "voucher; the first with a valid voucher becomes the owner, and a "
			   "certificate is\n"
			   "enrolled there. On a terminal the steps are shown as they happen, "
			   "otherwise\n"
			   "each is one log line. Resumes an attempt that an exit or a power cut "
			   "has\n"
			   "interrupted.\n"
			   "\n"
			   "Without --once it stays afterwards, as a service, and renews the "
			   "certificate in\n"
			   "time: SIGHUP reads the configuration again, SIGTERM ends it.",
		.rows = rows,
	};
}

static enum err run_and_say(const struct onboard_limits *limits, struct agenda *g, int64_t *in_ms)
{
	struct device device = { .store = { .dir = -1, .lock = -1 } };
	enum err e = run(&device, limits, g, in_ms);

	if (e == E_BUSY) /* the other one tells what happens */
		command_failed(e);
	else if (e == E_STOPPED && in_ms != NULL)
		; /* by SIGHUP, and all begins anew; or by SIGTERM, as it should */
	else if (e != OK) {
		progress_state(e != E_STOPPED && err_verdict(e) == HALT ? "halted" : "stopped", e);
		command_failed(e);
	}
	if (in_ms == NULL)
		device_close_and_wake(&device);
	else
		device_close(&device);
	return e;
}

static int64_t pause_after(enum err e, unsigned failures)
{
	uint32_t random = 0;
	int64_t ms;

	if (rng_bytes((uint8_t *)&random, sizeof random) != OK)
		random = 0; /* jitter only */
	ms = service_pause_ms(e, failures, random);
	if (e != E_BUSY && !clock_stopped())
		progress_wait(ms / 1000, "before all is tried again");
	return ms;
}

/*
 * Stays until SIGTERM; SIGHUP starts over with the configuration read again.  Between
 * two turns nothing is held: no lock, no connection, no key.
 */
static enum err serve(const struct onboard_limits *limits)
{
	struct agenda agenda = { .generation = 0 };
	unsigned failures = 0;
	enum err e;

	do {
		int64_t in_ms = 0;

		clock_go_on();
		if (ending) /* a signal that clock_go_on() has just undone */
			clock_stop();
		e = run_and_say(limits, &agenda, &in_ms);
		if (alone.refused)
			return e; /* and the status file stays the other one's */
		failures = e == OK ? 0 : failures + 1;
		if (e != OK && e != E_STOPPED)
			in_ms = pause_after(e, failures);
		if (!clock_sleep(in_ms)) { /* what failed may go well now */
			memset(agenda.duty, 0, sizeof agenda.duty);
			failures = 0;
		}
	} while (!ending);
	progress_state("stopped", OK); /* as it should: no failure, whatever went on */
	return OK;
}

int cmd_run(int argc, char **argv)
{
	bool once = false, helped;
	long rounds = 1, patience = 0;
	const struct command_line line = line_of(&once, &rounds, &patience);
	struct onboard_limits limits = { 0, 0 };
	struct agenda agenda = { .generation = 0 };
	char path[PATH_NAME_MAX];
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc > 1)
		return command_usage("run", "%s",
		                     e != OK ? err_reason(e) : "`run` takes no operands");
	watch_signals();
	progress_start(status_file(once, path, sizeof path));
	if (!once)
		return err_exit_status(serve(&limits));
	limits = (struct onboard_limits){ (unsigned)rounds, patience * INT64_C(1000) };
	return err_exit_status(run_and_say(&limits, &agenda, NULL));
}
