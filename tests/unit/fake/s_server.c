/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts and stops `openssl s_server`. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/clock.h"
#include "tests/unit/fake/s_server.h"
#include "tests/unit/fake/server.h"
#include "tests/unit/test.h"

enum { WORDS_MAX = 8, FIRST_WORDS = 8 };

static int unnamed_file(void)
{
	char path[512];
	int fd;

	snprintf(path, sizeof path, "%s/s_server", test_tmpdir());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(fd >= 0 && unlink(path) == 0);
	return fd;
}

static void become_s_server(char **argv, int in, int out)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	execvp(argv[0], argv);
	_exit(127);
}

void s_server_start(struct s_server *s, const char *cert, const char *const *words)
{
	static char file[2][512], port[8], name[64];
	char *argv[FIRST_WORDS + 2 + WORDS_MAX + 1] = { "openssl",  "s_server", "-cert",   file[0],
		                                        "-key",     file[1],    "-accept", port,
		                                        "-naccept", "1" };
	int in[2];

	snprintf(name, sizeof name, "%s.crt", cert);
	snprintf(file[0], sizeof file[0], "%s", server_file(name));
	snprintf(name, sizeof name, "%s.key", cert);
	snprintf(file[1], sizeof file[1], "%s", server_file(name));
	s->port = server_no_port();
	snprintf(port, sizeof port, "%u", (unsigned)s->port);
	for (size_t i = 0; words[i] != NULL && i < WORDS_MAX; i++)
		argv[FIRST_WORDS + 2 + i] = (char *)words[i];
	CU_ASSERT_FATAL(pipe(in) == 0);
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	s->out = unnamed_file();
	s->pid = fork();
	if (s->pid == 0)
		become_s_server(argv, in[0], s->out);
	close(in[0]);
	s->in = in[1];
}

enum err s_server_open(struct s_server *s, struct channel **out, struct channel_request r)
{
	int64_t end = clock_ticks() + 10000;
	enum err e;

	r.host = "127.0.0.1";
	r.port = s->port;
	do
		e = channel_open(out, &r);
	while (e == E_UNREACHABLE && clock_ticks() < end && clock_sleep(20));
	return e;
}

unsigned s_server_stop(struct s_server *s, const char *text)
{
	char line[1024];
	unsigned n = 0;
	FILE *f;

	close(s->in);
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	f = lseek(s->out, 0, SEEK_SET) == 0 ? fdopen(s->out, "r") : NULL;
	CU_ASSERT_FATAL(f != NULL);
	while (fgets(line, sizeof line, f) != NULL)
		n += strstr(line, text) != NULL;
	fclose(f);
	return n;
}
