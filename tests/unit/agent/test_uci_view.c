/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link in /etc/config: made, mended, left alone. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/uci_view.h"
#include "platform/store/file.h"
#include "tests/unit/test.h"

static const struct settings SETTINGS = { .state_dir = "/etc/onramp" };
static const char LEADS_TO[] = "../../etc/onramp/live/onramp_state";

static char link_path[600];

static void begin(const char *directory)
{
	const char *root = test_tmpdir();
	char dir[600];

	file_root(root);
	snprintf(link_path, sizeof link_path, "%s/etc/config/onramp_state", root);
	snprintf(dir, sizeof dir, "%s/%s", root, directory);
	CHECK_OK(file_make_directory(dir));
}

static bool leads_to(const char *target)
{
	char to[300] = "";

	return readlink(link_path, to, sizeof to - 1) > 0 && strcmp(to, target) == 0;
}

static void a_missing_link_is_made(void)
{
	begin("etc/config");
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_TO_MAKE);
	uci_view_show(&SETTINGS);
	CU_ASSERT(leads_to(LEADS_TO));
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_THERE);
	uci_view_show(&SETTINGS);
	CU_ASSERT(leads_to(LEADS_TO));
	file_root("");
}

static void a_link_to_another_state_is_mended(void)
{
	begin("etc/config");
	CU_ASSERT_EQUAL(symlink("../../overlay/live/onramp_state", link_path), 0);
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_TO_MAKE);
	uci_view_show(&SETTINGS);
	CU_ASSERT(leads_to(LEADS_TO));
	file_root("");
}

static void what_others_put_there_is_left_alone(void)
{
	struct stat st;

	begin("etc/config");
	CU_ASSERT_EQUAL(symlink("/somewhere/else", link_path), 0);
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_FOREIGN);
	uci_view_show(&SETTINGS);
	CU_ASSERT(leads_to("/somewhere/else"));
	CHECK_OK(file_replace(link_path, span_str("config x\n"), 0644));
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_FOREIGN);
	uci_view_show(&SETTINGS);
	CU_ASSERT(lstat(link_path, &st) == 0 && S_ISREG(st.st_mode));
	file_root("");
}

/* Plain Linux: nothing is made there, and nothing fails. */
static void without_uci_there_is_no_link(void)
{
	begin("etc");
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_NO_UCI);
	uci_view_show(&SETTINGS);
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_NO_UCI);
	file_root("");
}

static void a_file_for_a_directory_is_no_failure(void)
{
	begin("etc");
	*strrchr(link_path, '/') = '\0';
	CHECK_OK(file_replace(link_path, span_str("x"), 0644));
	CU_ASSERT_EQUAL(uci_view_look(&SETTINGS), VIEW_UNREADABLE);
	uci_view_show(&SETTINGS);
	file_root("");
}

const struct test_suite suite_agent_uci_view = {
	"agent/uci_view",
	{
		{ "a missing link is made", a_missing_link_is_made },
		{ "a link to another state is mended", a_link_to_another_state_is_mended },
		{ "what others put there is left alone", what_others_put_there_is_left_alone },
		{ "without UCI there is no link", without_uci_there_is_no_link },
		{ "a file for a directory is no failure", a_file_for_a_directory_is_no_failure },
	},
};
