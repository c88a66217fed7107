/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/base/date.h"
#include "platform/base/limits.h"
#include "platform/clock.h"
#include "platform/rtc.h"
#include "tests/unit/test.h"

/* The clock keeps state for the life of a process, so each test has its own. */
static void in_child(bool (*test)(void))
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(test() ? 0 : 1);
	CU_ASSERT_FATAL(child > 0);
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void judged_by_confidence(void)
{
	struct moment unset = { TIME_UNSET, 0 }, at_least = { TIME_FLOOR, 100 };
	struct moment set = { TIME_SET, 100 };

	CU_ASSERT_FALSE(time_over(unset, -1));
	CU_ASSERT_FALSE(time_ahead(unset, 1));
	CU_ASSERT(time_over(at_least, 99));
	CU_ASSERT_FALSE(time_over(at_least, 100)); /* the last second counts */
	CU_ASSERT_FALSE(time_ahead(at_least, 101));
	CU_ASSERT(time_over(set, 99));
	CU_ASSERT_FALSE(time_over(set, 100));
	CU_ASSERT(time_ahead(set, 100 + CLOCK_SKEW_MAX_S + 1));
	CU_ASSERT_FALSE(time_ahead(set, 100 + CLOCK_SKEW_MAX_S)); /* clocks are apart */
	CU_ASSERT_FALSE(time_ahead(set, 100));
	CU_ASSERT(time_ahead_by(set, 106, 5));
	CU_ASSERT_FALSE(time_ahead_by(set, 105, 5));
	CU_ASSERT_FALSE(time_ahead_by(unset, 106, 5));
	CU_ASSERT_FALSE(time_ahead_by(at_least, 106, 5));
}

/*
 * In the place of libc's: tests know no other kernel than this one, and never what the
 * machine they run on thinks of its clock.
 */
static int kernel_status = STA_UNSYNC, kernel_answer;

int adjtimex(struct timex *t)
{
	t->status = kernel_status;
	return t->modes == 0 ? kernel_answer : -1; /* it is to look only */
}

static void no_evidence(void)
{
	clock_batteries_in("/nowhere");
	kernel_status = STA_UNSYNC;
	kernel_answer = TIME_ERROR;
}

static bool shows(enum clock_basis basis, enum confidence confidence, int64_t seconds)
{
	struct moment m = clock_now();

	return clock_basis() == basis && m.confidence == confidence && m.seconds >= seconds &&
	       m.seconds <= seconds + 60;
}

static bool without_evidence_it_is_a_floor(void)
{
	time_t before = time(NULL);

	no_evidence();
	return clock_floor() <= before && shows(CLOCK_UNPROVEN, TIME_FLOOR, before);
}

static bool synchronised_it_is_believed(void)
{
	no_evidence();
	kernel_status = STA_PLL;
	kernel_answer = TIME_OK;
	return shows(CLOCK_SYNCHRONISED, TIME_SET, time(NULL));
}

static bool a_kernel_that_does_not_say_is_no_evidence(void)
{
	no_evidence();
	kernel_status = STA_PLL;
	kernel_answer = -1;
	return shows(CLOCK_UNPROVEN, TIME_FLOOR, time(NULL));
}

/* The kernel takes its word back after hours without a server; the clock is as good. */
static bool what_was_synchronised_stays_so(void)
{
	if (!synchronised_it_is_believed())
		return false;
	no_evidence();
	return shows(CLOCK_SYNCHRONISED, TIME_SET, time(NULL));
}

static bool the_operator_is_believed(void)
{
	no_evidence();
	clock_trust(CLOCK_ALWAYS);
	return shows(CLOCK_BY_OPERATOR, TIME_SET, time(NULL));
}

static bool floor_only_rises(void)
{
	int64_t future = time(NULL) + 86400;

	no_evidence();
	clock_trust(CLOCK_ALWAYS);
	clock_raise_floor(clock_floor() - 1);
	clock_raise_floor(INT64_MIN);
	if (clock_now().confidence != TIME_SET)
		return false;
	clock_raise_floor(future);
	clock_raise_floor(0);
	return clock_floor() >= future && clock_floor() <= future + 60 &&
	       shows(CLOCK_BEHIND, TIME_FLOOR, future);
}

/* Who signs may have a clock that is a little ahead. */
static bool a_little_behind_is_not_behind(void)
{
	time_t before = time(NULL);

	no_evidence();
	clock_trust(CLOCK_ALWAYS);
	clock_raise_floor(before + CLOCK_SKEW_MAX_S - 60);
	return shows(CLOCK_BY_OPERATOR, TIME_SET, before);
}

static bool refused_it_is_the_floor(void)
{
	no_evidence();
	kernel_status = STA_PLL;
	clock_trust(CLOCK_NEVER);
	return shows(CLOCK_REFUSED, TIME_FLOOR, clock_floor());
}

static bool the_floor_runs(void)
{
	int64_t before = clock_floor();

	clock_trust(CLOCK_NEVER);
	return clock_sleep(1100) && clock_floor() > before && clock_now().seconds > before &&
	       clock_floor() < before + 60;
}

static bool pretended_stands_still(void)
{
	struct moment m = { TIME_UNSET, 0 };

	clock_pretend(m);
	if (clock_now().confidence != TIME_UNSET || clock_now().seconds != 0)
		return false;
	clock_pretend((struct moment){ TIME_SET, 12345 });
	return clock_now().seconds == 12345 && clock_now().confidence == TIME_SET;
}

static void now(void)
{
	in_child(without_evidence_it_is_a_floor);
	in_child(synchronised_it_is_believed);
	in_child(a_kernel_that_does_not_say_is_no_evidence);
	in_child(what_was_synchronised_stays_so);
	in_child(the_operator_is_believed);
	in_child(refused_it_is_the_floor);
	in_child(pretended_stands_still);
}

static void the_floor(void)
{
	in_child(floor_only_rises);
	in_child(a_little_behind_is_not_behind);
	in_child(the_floor_runs);
}

static void the_clock_is_judged_by_what_is_known(void)
{
	enum { FLOOR = 1000000, LATER = FLOOR + 5000, ALMOST = FLOOR - CLOCK_SKEW_MAX_S };
	static const struct {
		struct clock_facts is;
		enum clock_basis basis;
		struct moment now;
	} rows[] = {
		{ { CLOCK_AUTO, LATER, FLOOR, false, false },
		  CLOCK_UNPROVEN,
		  { TIME_FLOOR, LATER } },
		{ { CLOCK_AUTO, ALMOST, FLOOR, false, false },
		  CLOCK_UNPROVEN,
		  { TIME_FLOOR, FLOOR } },
		{ { CLOCK_AUTO, LATER, FLOOR, true, false },
		  CLOCK_SYNCHRONISED,
		  { TIME_SET, LATER } },
		{ { CLOCK_AUTO, LATER, FLOOR, false, true },
		  CLOCK_FROM_BATTERY,
		  { TIME_SET, LATER } },
		{ { CLOCK_AUTO, LATER, FLOOR, true, true },
		  CLOCK_SYNCHRONISED,
		  { TIME_SET, LATER } },
		{ { CLOCK_AUTO, ALMOST, FLOOR, true, false },
		  CLOCK_SYNCHRONISED,
		  { TIME_SET, ALMOST } },
		{ { CLOCK_AUTO, ALMOST - 1, FLOOR, true, true },
		  CLOCK_BEHIND,
		  { TIME_FLOOR, FLOOR } },
		{ { CLOCK_AUTO, DATE_NEVER + 1, FLOOR, true, true },
		  CLOCK_ABSURD,
		  { TIME_FLOOR, FLOOR } },
		{ { CLOCK_ALWAYS, LATER, FLOOR, false, false },
		  CLOCK_BY_OPERATOR,
		  { TIME_SET, LATER } },
		{ { CLOCK_ALWAYS, 0, FLOOR, false, false }, CLOCK_BEHIND, { TIME_FLOOR, FLOOR } },
		{ { CLOCK_NEVER, LATER, FLOOR, true, true }, CLOCK_REFUSED, { TIME_FLOOR, FLOOR } },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct moment m;

		CU_ASSERT_EQUAL(clock_judge(&rows[i].is, &m), rows[i].basis);
		CU_ASSERT_EQUAL(m.confidence, rows[i].now.confidence);
		CU_ASSERT_EQUAL(m.seconds, rows[i].now.seconds);
		CU_ASSERT(strlen(clock_basis_text(rows[i].basis)) > 10);
	}
}

/* A battery clock as Linux shows it. */
static void put_battery(const char *dir, int clock, const char *hctosys, int64_t shown)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/rtc%d", dir, clock);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/rtc%d/hctosys", dir, clock);
	f = fopen(path, "w");
	CU_ASSERT_FATAL(f != NULL);
	fprintf(f, "%s\n", hctosys);
	fclose(f);
	snprintf(path, sizeof path, "%s/rtc%d/since_epoch", dir, clock);
	f = fopen(path, "w");
	CU_ASSERT_FATAL(f != NULL);
	fprintf(f, "%lld\n", (long long)shown);
	fclose(f);
}

static void a_battery_clock_vouches_for_its_own_time(void)
{
	enum { WALL = 1900000000 };
	const char *dir = test_tmpdir();

	CU_ASSERT_FALSE(rtc_vouches("/nowhere", WALL));
	CU_ASSERT_FALSE(rtc_vouches(dir, WALL));
	put_battery(dir, 0, "1", WALL - CLOCK_SKEW_MAX_S);
	CU_ASSERT(rtc_vouches(dir, WALL));
	put_battery(dir, 0, "1", WALL + CLOCK_SKEW_MAX_S + 1);
	CU_ASSERT_FALSE(rtc_vouches(dir, WALL));
	put_battery(dir, 0, "1", 946684800); /* it lost its time, and scripts set the clock */
	CU_ASSERT_FALSE(rtc_vouches(dir, WALL));
	put_battery(dir, 0, "0", WALL); /* it has not set the clock, so it may have been set */
	CU_ASSERT_FALSE(rtc_vouches(dir, WALL));
	put_battery(dir, 0, "1x", WALL);
	CU_ASSERT_FALSE(rtc_vouches(dir, WALL));
	put_battery(dir, 1, "1", WALL); /* a second one */
	CU_ASSERT(rtc_vouches(dir, WALL));
}

static const char *batteries;

static bool set_from_the_battery_it_is_believed(void)
{
	no_evidence();
	clock_batteries_in(batteries);
	put_battery(batteries, 0, "1", time(NULL));
	if (!shows(CLOCK_FROM_BATTERY, TIME_SET, time(NULL)))
		return false;
	clock_batteries_in("/nowhere"); /* asked once */
	return shows(CLOCK_FROM_BATTERY, TIME_SET, time(NULL));
}

static void a_clock_from_a_battery_is_believed(void)
{
	batteries = test_tmpdir();
	in_child(set_from_the_battery_it_is_believed);
}

static bool slept_as_told(void)
{
	int64_t before = clock_ticks();

	return clock_sleep(30) && clock_ticks() - before >= 30 && clock_ticks() - before < 5000 &&
	       clock_sleep(0) && clock_sleep(-5) && !clock_stopped();
}

static void sleeps_as_long_as_told(void)
{
	in_child(slept_as_told);
}

static void stop(int number)
{
	(void)number;
	clock_stop();
}

static void other(int number)
{
	(void)number;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

/* The parent of a sleeper stays where it is and sends what the test asks for. */
static bool sleeper(int number, int64_t milliseconds)
{
	pid_t parent = getpid(), child;
	int64_t before = clock_ticks();
	bool slept;

	handle(SIGTERM, stop);
	handle(SIGUSR1, other);
	child = fork();
	if (child == 0) {
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
		kill(parent, number);
		_exit(0);
	}
	slept = clock_sleep(milliseconds);
	waitpid(child, NULL, 0);
	if (number == SIGTERM)
		return !slept && clock_stopped() && clock_ticks() - before < 5000 &&
		       !clock_sleep(milliseconds);
	return slept && !clock_stopped() && clock_ticks() - before >= milliseconds;
}

static bool stopped_in_its_sleep(void)
{
	return sleeper(SIGTERM, 60000);
}

static bool not_stopped_by_others(void)
{
	return sleeper(SIGUSR1, 100);
}

static bool stopped_before(void)
{
	clock_stop();
	return clock_stopped() && !clock_sleep(60000);
}

/* Without descriptors there is no pipe: the flag is looked at often instead. */
static bool stopped_without_a_pipe(void)
{
	while (dup(0) >= 0)
		;
	return sleeper(SIGTERM, 60000);
}

/* Also when the stop came in a sleep, whose pipe must not wake the next one. */
static bool goes_on_after_a_stop(void)
{
	int64_t before;

	if (!stopped_in_its_sleep())
		return false;
	clock_stop();
	clock_go_on();
	before = clock_ticks();
	return !clock_stopped() && clock_sleep(30) && clock_ticks() - before >= 30 &&
	       stopped_in_its_sleep();
}

/* A moment ends the sleeps before it, and whoever polls the descriptor; it comes once. */
static bool limited(void)
{
	struct pollfd fd = { .events = POLLIN };
	int64_t before = clock_ticks();

	if (clock_check() != OK || clock_limit(before + 100) != 0 || clock_stopped())
		return false;
	fd.fd = clock_stop_fd();
	if (clock_sleep(60000) || !clock_stopped() || clock_check() != E_TIMEOUT ||
	    poll(&fd, 1, 0) != 1 || clock_ticks() - before < 100)
		return false;
	if (clock_limit(clock_ticks() + 100) != before + 100 || clock_stopped() ||
	    poll(&fd, 1, 0) != 0 || poll(&fd, 1, 60000) != 1)
		return false;
	(void)clock_limit(0);
	if (clock_stopped() || poll(&fd, 1, 0) != 0 || !clock_sleep(30))
		return false;
	clock_stop(); /* who asks to stop is not out of time */
	return clock_limit(1) == 0 && clock_check() == E_STOPPED && poll(&fd, 1, 0) == 1;
}

static void a_stop_ends_the_sleep(void)
{
	in_child(limited);
	in_child(stopped_in_its_sleep);
	in_child(not_stopped_by_others);
	in_child(stopped_before);
	in_child(stopped_without_a_pipe);
	in_child(goes_on_after_a_stop);
}

const struct test_suite suite_platform_clock = {
	"platform/clock",
	{
		{ "dates are judged by the confidence", judged_by_confidence },
		{ "now, with its confidence", now },
		{ "the floor rises and runs", the_floor },
		{ "the clock is judged by what is known", the_clock_is_judged_by_what_is_known },
		{ "a battery clock vouches for its own time",
	          a_battery_clock_vouches_for_its_own_time },
		{ "a clock from a battery is believed", a_clock_from_a_battery_is_believed },
		{ "sleeps as long as told", sleeps_as_long_as_told },
		{ "a stop ends the sleep", a_stop_ends_the_sleep },
	}
};
