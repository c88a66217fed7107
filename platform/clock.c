/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wall time with how far to believe it, ticks, and a sleep that can be ended. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "platform/base/date.h"
#include "platform/clock.h"

#ifndef BUILD_TIME
#define BUILD_TIME CLOCK_SOURCE_DATE
#endif

/* poll() does not count suspend, clock_ticks() does: look again after a minute at most. */
enum { SLICE_MS = 60000, SLICE_WITHOUT_PIPE_MS = 100 };

static int64_t floor_seconds = BUILD_TIME;
static bool distrusted;
static struct moment pretended;
static bool pretending;

static volatile sig_atomic_t stopped;
static int wake[2] = { -1, -1 };

struct moment clock_now(void)
{
	struct timespec wall;
	int64_t seconds; /* time_t may have 32 bits */

	if (pretending)
		return pretended;
	if (distrusted || clock_gettime(CLOCK_REALTIME, &wall) != 0)
		return (struct moment){ TIME_FLOOR, floor_seconds };
	seconds = wall.tv_sec;
	if (seconds < floor_seconds || seconds > DATE_NEVER)
		return (struct moment){ TIME_FLOOR, floor_seconds };
	return (struct moment){ TIME_SET, seconds };
}

void clock_raise_floor(int64_t seconds)
{
	if (seconds > floor_seconds)
		floor_seconds = seconds;
}

int64_t clock_floor(void)
{
	return floor_seconds;
}

void clock_distrust(void)
{
	distrusted = true;
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
	return now.confidence == TIME_SET && now.seconds < begin;
}

int64_t clock_ticks(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * A signal between looking at the flag and sleeping must not be slept over, so
 * clock_stop() also writes into a pipe that the sleep polls.
 */
static bool wake_ready(void)
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

int clock_stop_fd(void)
{
	return wake_ready() ? wake[0] : -1;
}

bool clock_sleep(int64_t milliseconds)
{
	int64_t slice = wake_ready() ? SLICE_MS : SLICE_WITHOUT_PIPE_MS;
	int64_t end = clock_ticks() + milliseconds;
	struct pollfd fd = { .fd = wake[0], .events = POLLIN };

	while (!stopped) {
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

bool clock_stopped(void)
{
	return stopped != 0;
}

void clock_go_on(void)
{
	char drained[16];

	stopped = 0;
	while (wake[0] >= 0 && read(wake[0], drained, sizeof drained) > 0)
		;
}
