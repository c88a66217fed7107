/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of `onramp cmp`: one JSON object, whatever came, and the exit status. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "platform/store/file.h"
#include "tests/unit/test.h"

static uint8_t room[64 * 1024];
static struct arena a = ARENA_ON(room);
static struct cmp_tool t;
static struct span printed;

static const struct tool_operation ir = { "ir", TOOL_IR, NULL, "", "", "" };

static void begin(bool json)
{
	arena_reset(&a);
	t = (struct cmp_tool){
		.operation = &ir, .server = "http://ca.example", .json = json, .arena = &a
	};
}

/* Runs what prints, with both streams in files; the standard output's text is kept. */
static int print(void (*says)(void), enum err e)
{
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), status;
	char path[600];
	int fd;

	snprintf(path, sizeof path, "%s/stdout", test_tmpdir());
	fflush(stdout);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	fd = open("/dev/null", O_WRONLY);
	dup2(fd, STDERR_FILENO);
	close(fd);
	if (says != NULL)
		says();
	status = tool_say_end(&t, e);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	CHECK_OK(file_read(&a, path, sizeof room / 2, &printed, NULL));
	return status;
}

/* The one object that was printed. */
static const struct json *object(void)
{
	const struct json *root = NULL;

	CHECK_OK(json_open(printed, &root));
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

static void is_text(const struct json *o, const char *name, const char *want)
{
	struct span text = NO_BYTES;

	CU_ASSERT_EQUAL(json_string(o, name, &text), JSON_FOUND);
	CU_ASSERT(span_is(text, want));
}

static void say_peer_text(void)
{
	tool_say(&t, "certificate for", "subject", "\"CN=a\\x1b[2Jb\"");
	tool_say_number(&t, "chain", "chain", 2);
	tool_say_flag(&t, "key_delivered", true);
	tool_say_bytes(&t, "certificate", span_str("abc"));
	tool_say_list(&t, "certificates", &(struct span){ (const uint8_t *)"xyz", 3 }, 1);
}

static void a_result_is_one_object(void)
{
	const struct json *o;
	int64_t n = 0;
	bool yes = false;

	begin(true);
	CU_ASSERT_EQUAL(print(say_peer_text, OK), 0);
	o = object();
	is_text(o, "operation", "ir");
	is_text(o, "server", "http://ca.example");
	is_text(o, "subject", "CN=a\\x1b[2Jb");
	is_text(o, "certificate", "YWJj");
	CU_ASSERT(json_integer(o, "chain", &n) == JSON_FOUND && n == 2);
	CU_ASSERT(json_bool(o, "key_delivered", &yes) == JSON_FOUND && yes);
	CU_ASSERT(json_bool(o, "ok", &yes) == JSON_FOUND && yes);
	CU_ASSERT(json_integer(o, "exit_status", &n) == JSON_FOUND && n == 0);
	CU_ASSERT_EQUAL(json_string(o, "error", &(struct span){ 0 }), JSON_ABSENT);
	json_close(o);
}

static void a_failure_is_one_object(void)
{
	const struct json *o;
	int64_t n = 0;
	bool yes = true;

	begin(true);
	CU_ASSERT_EQUAL(print(NULL, err_because(E_CMP_REJECTED, "answer: \"no\"\n")), 69);
	o = object();
	is_text(o, "error", "E_CMP_REJECTED");
	is_text(o, "reason", "answer: \"no\"\n");
	CU_ASSERT(json_bool(o, "ok", &yes) == JSON_FOUND && !yes);
	CU_ASSERT(json_integer(o, "exit_status", &n) == JSON_FOUND && n == 69);
	json_close(o);
}

static void every_failure_has_its_status(void)
{
	for (unsigned e = 1; e < ERR_COUNT; e++) {
		begin(true);
		CU_ASSERT_EQUAL(print(NULL, err_because((enum err)e, "x")),
		                err_exit_status((enum err)e));
		json_close(object());
	}
}

static void people_get_lines(void)
{
	begin(false);
	CU_ASSERT_EQUAL(print(say_peer_text, OK), 0);
	CU_ASSERT(span_is(printed, "certificate for \"CN=a\\x1b[2Jb\"\n  chain         2\n"));
}

const struct test_suite suite_agent_cmp_say = {
	"agent/cmp_say",
	{
		{ "a result is one object", a_result_is_one_object },
		{ "a failure is one object", a_failure_is_one_object },
		{ "every failure has its status", every_failure_has_its_status },
		{ "people get lines", people_get_lines },
	},
};
