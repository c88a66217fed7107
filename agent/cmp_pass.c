/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passphrases of `onramp cmp`: from --pass-file, or from whoever sits at the terminal.
 *
 * While one is typed the terminal shows nothing.  It is put right again whatever ends the
 * typing: a signal that would end or stop us is taken note of, the terminal is restored,
 * and only then it comes to its effect.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "platform/store/target.h"

/* ---- the terminal */

static const int noted[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM };
enum { NOTED = sizeof noted / sizeof *noted };

static volatile sig_atomic_t signalled;

static void note(int signal_number)
{
	signalled = signal_number;
}

struct typing {
	int tty;
	sigset_t mask; /* of before; while we wait, and only then, a signal may come */
	struct termios before;
	struct sigaction actions[NOTED];
};

static void watch_signals(struct typing *y)
{
	struct sigaction act = { .sa_handler = note };
	sigset_t set;

	signalled = 0;
	sigemptyset(&set);
	for (size_t i = 0; i < NOTED; i++)
		sigaddset(&set, noted[i]);
	sigprocmask(SIG_BLOCK, &set, &y->mask);
	for (size_t i = 0; i < NOTED; i++)
		sigaction(noted[i], &act, &y->actions[i]);
}

static void restore(const struct typing *y)
{
	while (tcsetattr(y->tty, TCSAFLUSH, &y->before) != 0 && errno == EINTR)
		continue;
	for (size_t i = 0; i < NOTED; i++)
		sigaction(noted[i], &y->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &y->mask, NULL);
}

/* A terminal gives whole lines.  False: a signal came, or none will come. */
static bool line_is_there(const struct typing *y)
{
	fd_set set;

	if (y->tty >= FD_SETSIZE)
		return false;
	FD_ZERO(&set);
	FD_SET(y->tty, &set);
	return pselect(y->tty + 1, &set, NULL, NULL, NULL, &y->mask) == 1 && signalled == 0;
}

/* One line, without its end; longer ones are cut, and then refused. */
static bool read_line(int fd, uint8_t *out, size_t cap, size_t *n)
{
	uint8_t c = 0;
	ssize_t got;

	*n = 0;
	while ((got = read(fd, &c, 1)) == 1 && c != '\n' && c != '\r')
		if (*n < cap)
			out[(*n)++] = c;
	wipe(&c, sizeof c);
	return got == 1;
}

static bool say(int fd, const char *text)
{
	size_t n = strlen(text);

	return write(fd, text, n) == (ssize_t)n;
}

static enum err type(struct typing *y, const char *prompt, uint8_t *out, size_t *n)
{
	struct termios silent;
	bool typed;

	if (tcgetattr(y->tty, &y->before) != 0)
		return err_because(E_IDENTITY, "the terminal: %s", strerror(errno));
	watch_signals(y);
	silent = y->before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	typed = tcsetattr(y->tty, TCSAFLUSH, &silent) == 0 && say(y->tty, prompt) &&
	        line_is_there(y) && read_line(y->tty, out, KEY_PASSWORD_MAX, n);
	(void)say(y->tty, "\n");
	restore(y);
	if (signalled != 0)
		raise(signalled);
	return typed ? OK : err_because(E_IDENTITY, "no passphrase was typed");
}

/* Stopped (^Z) and continued: it is asked once more. */
static enum err ask_terminal(const char *option, const char *path, uint8_t *out, size_t *n)
{
	char prompt[PATH_NAME_MAX + 64];
	struct typing y = { .tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) };
	enum err e;

	if (y.tty < 0)
		return err_because(E_IDENTITY, "it is encrypted, and there is no terminal to ask "
		                               "at; name --pass-file");
	snprintf(prompt, sizeof prompt, "Passphrase for %s %s: ", option, path);
	do
		e = type(&y, prompt, out, n);
	while (signalled == SIGTSTP && !clock_stopped());
	close(y.tty);
	return e;
}

/* ---- what the key's reader asks */

struct question {
	const struct cmp_tool *t;
	const char *option, *path;
};

static enum err answer(void *context, uint8_t *out, size_t *n)
{
	const struct question *q = context;
	const struct span *kept = &q->t->pass;
	enum err e = OK;

	if (q->t->pass_file != NULL) {
		memcpy(out, kept->p, kept->n);
		*n = kept->n;
	} else {
		e = ask_terminal(q->option, q->path, out, n);
	}
	if (e == OK && (*n == 0 || *n >= KEY_PASSWORD_MAX))
		e = err_because(E_IDENTITY, "a passphrase has 1 to %d octets",
		                KEY_PASSWORD_MAX - 1);
	return e;
}

/* A key of a regular file has to be private; what a pipe brings is the caller's alone. */
enum err tool_load_key(struct cmp_tool *t, const char *option, const char *path,
                       struct signer **out)
{
	struct question q = { t, option, path };
	const struct key_password password = { answer, &q };
	size_t mark = arena_mark(t->arena);
	char file[PATH_NAME_MAX];
	struct span octets = NO_BYTES;
	enum err e;

	*out = NULL;
	if (target_resolve(path, file) == OK) {
		e = signer_from_file_with(out, file, &password);
		return e == OK ? OK : err_because(e, "%s %s", option, err_reason(e));
	}
	e = tool_read(t, option, path, KEY_FILE_MAX, &octets);
	if (e == OK)
		e = signer_from_bytes_with(out, octets, &password);
	if (e != OK && *out == NULL && octets.n > 0)
		e = err_because(e, "%s %s: %s", option, path, err_reason(e));
	arena_rewind(t->arena, mark);
	return e;
}
