/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local socket takes this process, and no other. */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/http/internal.h"
#include "tests/unit/test.h"

static int reach(const struct local *l)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(l->name);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(at.sun_path + 1, l->name, n);
	if (connect(fd, (struct sockaddr *)&at,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void takes_us(void)
{
	struct local l;
	int near, far;

	CHECK_OK(local_listen(&l));
	CU_ASSERT_EQUAL(local_accept(&l), -1);
	near = reach(&l);
	far = local_accept(&l);
	CU_ASSERT(near >= 0 && far >= 0);
	close(near);
	close(far);
	local_close(&l);
	CU_ASSERT_EQUAL(reach(&l), -1);
}

static void shuts_others_out(void)
{
	struct local l;
	int near, far, status = -1;
	pid_t pid;

	CHECK_OK(local_listen(&l));
	pid = fork();
	if (pid == 0) {
		char octet;
		int fd = reach(&l);

		/* 0: connected, and shut out */
		_exit(fd >= 0 && read(fd, &octet, 1) == 0 ? 0 : 1);
	}
	do {
		CU_ASSERT_EQUAL(local_accept(&l), -1);
		CU_ASSERT(clock_sleep(5));
	} while (waitpid(pid, &status, WNOHANG) == 0);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	near = reach(&l);
	far = local_accept(&l);
	CU_ASSERT(near >= 0 && far >= 0);
	close(near);
	close(far);
	local_close(&l);
}

const struct test_suite suite_http_local = {
	"http/local",
	{
		{ "this process is taken", takes_us },
		{ "another process is shut out, and does not keep us out", shuts_others_out },
	},
};
