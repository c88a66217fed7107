/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps as they happen: terminal, log, status.json. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/progress.h"
#include "platform/base/date.h"
#include "platform/clock.h"
#include "platform/codec/json.h"
#include "platform/store/file.h"

enum { DETAIL_MAX = 200, STATUS_MAX = 16384 };

/* On a terminal: what stands in the line, a step under way, is written over. */
#define CLEARED "\r\033[K"

static struct {
	bool terminal;
	const char *status_file;
	char subject[URL_MAX];
	const char *step, *state, *failed_step;
	char detail[DETAIL_MAX];
	int64_t begun;
	enum err last;
	char reason[ERR_REASON_MAX]; /* of the last failure: others come after it */
	int64_t next_try_s;
	struct duty_report duties[DUTY_REPORTS_MAX];
	size_t duty_count;
} now;

/* "renewal_last": how it went, "renewal_next": a date, or in how many seconds. */
static void put_duty(struct jsonw *w, const struct duty_report *r, struct moment m)
{
	struct date_text date;
	char name[32], in[40];

	if (r->last[0] != '\0') {
		snprintf(name, sizeof name, "%s_last", r->name);
		jsonw_string(w, name, span_str(r->last));
	}
	snprintf(name, sizeof name, "%s_next", r->name);
	snprintf(in, sizeof in, "in %lld seconds", (long long)r->next_s);
	if (r->next_s >= 0)
		jsonw_string(w, name,
		             span_str(m.confidence == TIME_SET
		                              ? date_to_rfc3339(&date, m.seconds + r->next_s)
		                              : in));
}

static void write_status(void)
{
	char room[STATUS_MAX];
	struct jsonw w = JSONW_ON(room);
	struct date_text date;
	struct moment m = clock_now();
	struct span json;

	if (now.status_file == NULL)
		return;
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "state", span_str(now.state ? now.state : "starting"));
	jsonw_string(&w, "step", span_str(now.step ? now.step : ""));
	jsonw_string(&w, "registrar", span_str(now.subject));
	jsonw_integer(&w, "pid", getpid());
	if (m.confidence == TIME_SET)
		jsonw_string(&w, "since", span_str(date_to_rfc3339(&date, m.seconds)));
	if (now.last != OK) {
		jsonw_string(&w, "error", span_str(err_name(now.last)));
		jsonw_string(&w, "reason", span_str(now.reason));
		if (now.failed_step != NULL)
			jsonw_string(&w, "failed_step", span_str(now.failed_step));
	}
	if (now.next_try_s > 0)
		jsonw_integer(&w, "next_try_in_seconds", now.next_try_s);
	for (size_t i = 0; i < now.duty_count; i++)
		put_duty(&w, &now.duties[i], m);
	jsonw_close(&w, '}');
	if (jsonw_end(&w, &json) != OK || file_replace(now.status_file, json, 0644) != OK)
		log_warning("status file: %s", err_reason(E_STORE));
}

static const char DIRECTORY[] = "/var/run/onramp", STATUS[] = "/var/run/onramp/status.json";

enum err progress_file(char *path, size_t cap)
{
	char dir[PATH_NAME_MAX];
	enum err e = file_rooted(DIRECTORY, dir, sizeof dir);

	if (e == OK)
		e = file_make_directory(dir);
	return e == OK ? file_rooted(STATUS, path, cap) : e;
}

const struct json *progress_read(struct arena *a, bool *alive)
{
	const struct json *said = NULL;
	char path[PATH_NAME_MAX];
	struct span text;
	int64_t pid;
	bool absent;

	*alive = false;
	if (file_rooted(STATUS, path, sizeof path) != OK ||
	    file_read(a, path, JSON_SIZE_MAX, &text, &absent) != OK || absent ||
	    json_open(text, &said) != OK)
		return NULL;
	*alive = json_integer(said, "pid", &pid) == JSON_FOUND && pid > 0 &&
	         (kill((pid_t)pid, 0) == 0 || errno == EPERM);
	return said;
}

void progress_start(const char *status_file)
{
	now.terminal = isatty(STDERR_FILENO) == 1;
	now.status_file = status_file;
}

void progress_subject(const char *text)
{
	snprintf(now.subject, sizeof now.subject, "%s", text);
	if (now.terminal)
		fprintf(stderr, CLEARED "%s\n", now.subject);
	else
		log_notice("registrar %s", now.subject);
}

void progress_step(const char *name)
{
	now.step = name;
	now.detail[0] = '\0';
	now.begun = clock_ticks();
	if (now.terminal)
		fprintf(stderr, CLEARED "  .. %s", name);
}

void progress_detail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(now.detail, sizeof now.detail, format, args);
	va_end(args);
}

static void show_step(bool good, const char *detail, int64_t ms)
{
	if (now.terminal)
		fprintf(stderr, CLEARED "  %s %-36s %s (%lld ms)\n", good ? "ok" : "!!", now.step,
		        detail, (long long)ms);
	else if (good)
		log_notice("step \"%s\": ok%s%s (%lld ms)", now.step, *detail ? ": " : "", detail,
		           (long long)ms);
	else
		log_warning("step \"%s\": %s", now.step, detail);
}

static void keep_outcome(enum err e)
{
	now.last = e;
	if (e != OK)
		snprintf(now.reason, sizeof now.reason, "%s", err_reason(e));
	else
		now.failed_step = NULL;
}

void progress_done(enum err e)
{
	keep_outcome(e);
	now.next_try_s = 0;
	if (e != OK)
		now.failed_step = now.step;
	show_step(e == OK, e == OK ? now.detail : err_reason(e), clock_ticks() - now.begun);
	write_status();
}

void progress_wait(int64_t seconds, const char *why)
{
	now.next_try_s = seconds;
	if (now.terminal)
		fprintf(stderr, CLEARED "  .. waiting %lld s: %s\n", (long long)seconds, why);
	else
		log_notice("waiting %lld s: %s", (long long)seconds, why);
	write_status();
}

void progress_state(const char *state, enum err last)
{
	now.state = state;
	keep_outcome(last);
	now.next_try_s = 0;
	write_status();
}

void progress_duties(const struct duty_report *reports, size_t count)
{
	now.duty_count = count < DUTY_REPORTS_MAX ? count : DUTY_REPORTS_MAX;
	for (size_t i = 0; i < now.duty_count; i++)
		now.duties[i] = reports[i];
}

static void cmp_event(void *context, enum cmp_event what, const char *message, int64_t seconds)
{
	static const char *const words[] = {
		[CMP_SENT] = "sent",
		[CMP_RECEIVED] = "received",
		[CMP_CONFIRMING] = "confirming",
		[CMP_REFUSED] = "rejection confirmed by",
	};

	(void)context;
	if (what == CMP_WAITING)
		progress_wait(seconds, "the CA has not decided yet");
	else
		log_info("CMP: %s %s", words[what], message);
}

const struct cmp_watch progress_cmp_watch = { .event = cmp_event };
