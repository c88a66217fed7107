/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock.h"
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
	CU_ASSERT(time_ahead(set, 101));
	CU_ASSERT_FALSE(time_ahead(set, 100));
}

static bool system_clock_is_believed(void)
{
	time_t before = time(NULL);
	struct moment m = clock_now();

	return clock_floor() <= before && m.confidence == TIME_SET && m.seconds >= before &&
	       m.seconds <= before + 60;
}

static bool floor_only_rises(void)
{
	int64_t future = time(NULL) + 86400;

	clock_raise_floor(clock_floor() - 1);
	clock_raise_floor(INT64_MIN);
	if (clock_now().confidence != TIME_SET)
		return false;
	clock_raise_floor(future);
	clock_raise_floor(0);
	return clock_floor() == future && clock_now().confidence == TIME_FLOOR &&
	       clock_now().seconds == future;
}

static bool distrusted_clock_is_the_floor(void)
{
	clock_distrust();
	return clock_now().confidence == TIME_FLOOR && clock_now().seconds == clock_floor();
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
	in_child(system_clock_is_believed);
	in_child(floor_only_rises);
	in_child(distrusted_clock_is_the_floor);
	in_child(pretended_stands_still);
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

static void a_stop_ends_the_sleep(void)
{
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
		{ "sleeps as long as told", sleeps_as_long_as_told },
		{ "a stop ends the sleep", a_stop_ends_the_sleep },
	}
};
