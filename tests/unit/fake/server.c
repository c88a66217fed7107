/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts and stops servers for tests. */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/fake/server.h"
#include "tests/unit/test.h"

enum { WORDS_MAX = 8, PATHS_KEPT = 8, PATH_BYTES = 256 };

static const char *certs_directory(void)
{
	static char directory[PATH_BYTES];
	char command[2 * PATH_BYTES];

	if (directory[0] != '\0')
		return directory;
	snprintf(directory, sizeof directory, "%s", test_tmpdir());
	snprintf(command, sizeof command, "sh tests/unit/http/certs.sh %s", directory);
	CU_ASSERT_FATAL(system(command) == 0);
	return directory;
}

const char *server_file(const char *name)
{
	static char paths[PATHS_KEPT][2 * PATH_BYTES];
	static unsigned turn;
	char *path = paths[turn++ % PATHS_KEPT];

	snprintf(path, sizeof paths[0], "%s/%s", certs_directory(), name);
	return path;
}

/* In the child: only async-signal-safe calls and exec. */
static void become_server(char **argv, const int *in, const int *out)
{
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	execv(argv[0], argv);
	_exit(127);
}

static uint16_t read_port(int fd)
{
	char text[16] = "";
	size_t n = 0;

	while (n < sizeof text - 1 && read(fd, text + n, 1) == 1 && text[n] != '\n')
		n++;
	return (uint16_t)strtoul(text, NULL, 10);
}

void server_start(struct server *s, const char *const *words)
{
	server_start_script(s, "tests/unit/http/server.py", words);
}

void server_start_script(struct server *s, const char *script, const char *const *words)
{
	static char python[] = "/usr/bin/python3";
	char copies[WORDS_MAX][2 * PATH_BYTES], path[PATH_BYTES];
	char *argv[WORDS_MAX + 3] = { python, path };
	int in[2], out[2];

	snprintf(path, sizeof path, "%s", script);
	for (size_t i = 0; words[i] != NULL && i < WORDS_MAX; i++) {
		const char *word = words[i][0] == '@' ? server_file(words[i] + 1) : words[i];

		snprintf(copies[i], sizeof copies[i], "%s", word);
		argv[i + 2] = copies[i];
	}
	CU_ASSERT_FATAL(pipe(in) == 0 && pipe(out) == 0);
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	s->pid = fork();
	if (s->pid == 0)
		become_server(argv, in, out);
	close(in[0]);
	close(out[1]);
	s->stop = in[1];
	s->port = read_port(out[0]);
	close(out[0]);
	CU_ASSERT_FATAL(s->pid > 0 && s->port != 0);
}

void server_stop(struct server *s)
{
	close(s->stop);
	waitpid(s->pid, NULL, 0);
}

static struct span read_der(uint8_t *out, size_t cap, const char *name)
{
	FILE *f = fopen(server_file(name), "rb");
	size_t n = f != NULL ? fread(out, 1, cap, f) : 0;

	CU_ASSERT_FATAL(n > 0 && n < cap);
	fclose(f);
	return (struct span){ out, n };
}

void server_credential(struct credential *c)
{
	static uint8_t leaf[2048], sub[2048];

	*c = (struct credential){ .count = 2 };
	CHECK_OK(signer_from_file(&c->key, server_file("client.key")));
	c->chain[0] = read_der(leaf, sizeof leaf, "client.der");
	c->chain[1] = read_der(sub, sizeof sub, "clientsub.der");
}

void server_credential_close(struct credential *c)
{
	signer_close(c->key);
	c->key = NULL;
}

uint16_t server_no_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CU_ASSERT_FATAL(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	                getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	close(fd);
	return ntohs(at.sin_port);
}

unsigned server_open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	CU_ASSERT_FATAL(d != NULL);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}
