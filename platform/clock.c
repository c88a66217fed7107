/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wall time with how far to believe it, ticks, and a sleep that can be ended. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "platform/base/date.h"
#include "platform/base/limits.h"
#include "platform/clock.h"
#include "platform/rtc.h"

#ifndef BUILD_TIME
#define BUILD_TIME CLOCK_SOURCE_DATE
#endif

/* poll() does not count suspend, clock_ticks() does: look again after a minute at most. */
enum { SLICE_MS = 60000, SLICE_WITHOUT_PIPE_MS = 100 };

static int64_t floor_seconds = BUILD_TIME;
static int64_t floor_since = -1; /* ticks when it was so late; -1: not looked at yet */
static enum clock_trust trusted = CLOCK_AUTO;
static const char *batteries = RTC_CLASS;
static struct moment pretended;
static bool pretending;

static volatile sig_atomic_t stopped;
static int wake[2] = { -1, -1 };
static int64_t limit;               /* ticks; 0: none */
static int timer = -1, either = -1; /* that limit; and what polls it and the pipe */

int64_t clock_floor(void)
{
	int64_t ticks = clock_ticks();

	if (floor_since < 0)
		floor_since = ticks;
	return floor_seconds + (ticks - floor_since) / 1000;
}

void clock_raise_floor(int64_t seconds)
{
	if (seconds <= clock_floor())
		return;
	floor_seconds = seconds;
	floor_since = clock_ticks();
}

void clock_trust(enum clock_trust trust)
{
	trusted = trust;
}

void clock_batteries_in(const char *dir)
{
	batteries = dir;
}

static bool kernel_is_synchronised(void)
{
	struct timex t = { .modes = 0 };

	return adjtimex(&t) >= 0 && (t.status & STA_UNSYNC) == 0;
}

/* What was proved stays so until the clock leaps, which seconds and ticks tell. */
static bool still(int64_t *proved, bool proof, int64_t leap)
{
	if (proof)
		*proved = leap;
	return *proved >= leap - CLOCK_SKEW_MAX_S && *proved <= leap + CLOCK_SKEW_MAX_S;
}

static void look_for_evidence(struct clock_facts *f)
{
	static int64_t synchronised = INT64_MIN / 2, battery = INT64_MIN / 2;
	int64_t leap = f->wall - clock_ticks() / 1000;

	f->synchronised = still(&synchronised, kernel_is_synchronised(), leap);
	f->battery = still(&battery, false, leap) ||
	             (!f->synchronised && still(&battery, rtc_vouches(batteries, f->wall), leap));
}

enum clock_basis clock_judge(const struct clock_facts *f, struct moment *out)
{
	enum clock_basis basis = f->trust == CLOCK_NEVER                 ? CLOCK_REFUSED
	                         : f->wall > DATE_NEVER                  ? CLOCK_ABSURD
	                         : f->wall < f->floor - CLOCK_SKEW_MAX_S ? CLOCK_BEHIND
	                         : f->trust == CLOCK_ALWAYS              ? CLOCK_BY_OPERATOR
	                         : f->synchronised                       ? CLOCK_SYNCHRONISED
	                         : f->battery                            ? CLOCK_FROM_BATTERY
	                                                                 : CLOCK_UNPROVEN;

	*out = (struct moment){ TIME_FLOOR, f->floor };
	if (basis < CLOCK_REFUSED)
		*out = (struct moment){ TIME_SET, f->wall };
	else if (basis == CLOCK_UNPROVEN && f->wall > f->floor)
		out->seconds = f->wall;
	return basis;
}

static enum clock_basis look(struct moment *out)
{
	struct clock_facts f = { .trust = trusted, .floor = clock_floor() };
	struct timespec wall;

	if (pretending) {
		*out = pretended;
		return CLOCK_PRETENDED;
	}
	f.wall = clock_gettime(CLOCK_REALTIME, &wall) == 0 ? wall.tv_sec : INT64_MAX;
	if (f.trust == CLOCK_AUTO && f.wall <= DATE_NEVER)
		look_for_evidence(&f);
	return clock_judge(&f, out);
}

struct moment clock_now(void)
{
	struct moment now;

	look(&now);
	return now;
}

enum clock_basis clock_basis(void)
{
	struct moment now;

	return look(&now);
}

const char *clock_basis_text(enum clock_basis basis)
{
	static const char *const words[] = {
		[CLOCK_BY_OPERATOR] = "the operator says so (trust_clock 1)",
		[CLOCK_SYNCHRONISED] = "it is synchronised (NTP or the like)",
		[CLOCK_FROM_BATTERY] = "it was set from a battery clock",
		[CLOCK_REFUSED] = "the operator says so (trust_clock 0)",
		[CLOCK_UNPROVEN] = "it is neither synchronised nor set from a battery clock",
		[CLOCK_BEHIND] = "it shows a time that is surely past",
		[CLOCK_ABSURD] = "it shows no date",
		[CLOCK_PRETENDED] = "the command line says so",
	};

	return words[basis];
}

void clock_pretend(struct moment m)
{
	pretended = m;
	pretending = true;
}

void clock_pretend_no_more(void)
{
	pretending = false;
}

bool time_over(struct moment now, int64_t end)
{
	return now.confidence != TIME_UNSET && now.seconds > end;
}

bool time_ahead(struct moment now, int64_t begin)
{
	return time_ahead_by(now, begin, CLOCK_SKEW_MAX_S);
}

bool time_ahead_by(struct moment now, int64_t begin, int64_t allowed)
{
	return now.confidence == TIME_SET && now.seconds < begin - allowed;
}

int64_t clock_ticks(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Both ends of a pipe that do not block. */
static bool make_pipe(void)
{
	if (wake[0] >= 0)
		return true;
	if (pipe(wake) != 0) {
		wake[0] = wake[1] = -1;
		return false;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(wake[i], F_SETFD, FD_CLOEXEC);
		fcntl(wake[i], F_SETFL, O_NONBLOCK);
	}
	return true;
}

static bool watched(int fd)
{
	struct epoll_event readable = { .events = EPOLLIN };

	return fd >= 0 && epoll_ctl(either, EPOLL_CTL_ADD, fd, &readable) == 0;
}

/*
 * A signal between looking at the flag and sleeping must not be slept over, so
 * clock_stop() also writes into a pipe that the sleep polls.  The limit is a timer: one
 * descriptor is readable by either of them.
 */
static bool wake_ready(void)
{
	if (either >= 0)
		return true;
	if (!make_pipe())
		return false;
	if (timer < 0)
		timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	either = epoll_create1(EPOLL_CLOEXEC);
	if (either >= 0 && watched(wake[0]) && watched(timer))
		return true;
	if (either >= 0)
		close(either);
	either = -1;
	return false;
}

static void set_timer(void)
{
	const struct itimerspec at = {
		.it_value = { .tv_sec = limit / 1000, .tv_nsec = limit % 1000 * 1000000 },
	};

	/* without it clock_sleep() looks by itself, and the others at their own deadlines */
	if (wake_ready())
		(void)timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

int64_t clock_limit(int64_t ticks)
{
	int64_t before = limit;

	limit = ticks;
	set_timer();
	return before;
}

int clock_stop_fd(void)
{
	return wake_ready() ? either : wake[0];
}

bool clock_sleep(int64_t milliseconds)
{
	int64_t slice = wake_ready() ? SLICE_MS : SLICE_WITHOUT_PIPE_MS;
	int64_t end = clock_ticks() + milliseconds;
	struct pollfd fd = { .fd = clock_stop_fd(), .events = POLLIN };

	while (!clock_stopped()) {
		int64_t left = end - clock_ticks();

		if (left <= 0)
			return true;
		/* a signal that does not stop us only ends the slice */
		if (poll(&fd, 1, (int)(left < slice ? left : slice)) < 0 && errno != EINTR)
			return false;
	}
	return false;
}

void clock_stop(void)
{
	int saved = errno;

	stopped = 1;
	/* full means that it will wake up anyway */
	if (wake[1] >= 0 && write(wake[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

static bool is_over(void)
{
	return limit != 0 && clock_ticks() >= limit;
}

bool clock_stopped(void)
{
	return stopped != 0 || is_over();
}

enum err clock_check(void)
{
	if (stopped)
		return err_because(E_STOPPED, "asked to stop");
	return is_over() ? err_because(E_TIMEOUT, "the time for all of it is over") : OK;
}

void clock_go_on(void)
{
	char drained[16];

	stopped = 0;
	while (wake[0] >= 0 && read(wake[0], drained, sizeof drained) > 0)
		;
}
