/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the tests in a process of their own, and ends it when one of them does not end. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/runner.h"

enum { LOOKS_MS = 20, LAST_WORDS_MS = 5000 };

/* The group of the process that is watched, for stopped(). */
static volatile sig_atomic_t watched;

struct tally *watch_tally(void)
{
	void *p = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE,
	               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

int64_t watch_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

/* Ctrl-C reaches only our own group. */
static void stopped(int number)
{
	if (watched > 0)
		kill(-(pid_t)watched, SIGKILL);
	_exit(128 + number);
}

/* Never returns. */
static void become_tests(int (*run)(unsigned from), unsigned from)
{
	pid_t parent = getppid();

	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	exit(run(from)); /* so that leaks are looked for */
}

/* Whether it ended meanwhile. */
static bool ended_within(pid_t pid, int *status, int64_t ms)
{
	const struct timespec pause = { 0, LOOKS_MS * 1000000L };
	int64_t end = watch_clock() + ms;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (watch_clock() >= end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/* SIGABRT first: with handle_abort=1 the sanitizer shows where it was. */
static void end(pid_t pid, int *status)
{
	kill(pid, SIGABRT);
	if (!ended_within(pid, status, LAST_WORDS_MS)) {
		kill(-pid, SIGKILL);
		waitpid(pid, status, 0);
	}
}

/* Waits for its end; false if it had to be brought about. */
static bool wait_for(pid_t pid, const volatile struct tally *t, unsigned seconds, int *status)
{
	while (!ended_within(pid, status, LOOKS_MS)) {
		int64_t began = t->began;

		if (began == 0 || watch_clock() - began < (int64_t)seconds * 1000)
			continue;
		end(pid, status);
		return false;
	}
	return true;
}

bool watch_run(int (*run)(unsigned from), struct tally *t, unsigned seconds, char *how, size_t cap)
{
	int status = 0;
	pid_t pid = fork();
	bool ended;

	if (pid == 0)
		become_tests(run, t->at);
	if (pid < 0) {
		snprintf(how, cap, "fork: %s", strerror(errno));
		return false;
	}
	setpgid(pid, pid);
	watched = pid;
	signal(SIGINT, stopped);
	signal(SIGTERM, stopped);
	ended = wait_for(pid, t, seconds, &status);
	watched = 0;
	kill(-pid, SIGKILL); /* what it left behind */
	if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (!ended)
		snprintf(how, cap, "no end within %u s", seconds);
	else if (WIFSIGNALED(status))
		snprintf(how, cap, "ended by signal %d", WTERMSIG(status));
	else
		snprintf(how, cap, "ended the process with status %d", WEXITSTATUS(status));
	return false;
}
