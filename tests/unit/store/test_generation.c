/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store: old or new, never a mixture; leftovers go; one at a time. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/store/file.h"
#include "platform/store/generation.h"
#include "platform/store/service_lock.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena arena = ARENA_ON(room);

static const char *at(const char *dir, const char *name)
{
	static char paths[4][600];
	static unsigned turn;
	char *p = paths[turn++ % 4];

	snprintf(p, sizeof paths[0], "%s/%s", dir, name);
	return p;
}

/* A path below a fresh directory; stands until the next one. */
static const char *fresh(const char *name)
{
	static char path[600];

	snprintf(path, sizeof path, "%s/%s", test_tmpdir(), name);
	return path;
}

static void put(struct generation *g, const char *name, const char *text)
{
	CHECK_OK(generation_put(g, name, FILE_PUBLIC, span_str(text)));
}

static void adopt_one(struct store *s, const char *text)
{
	struct generation g;

	CHECK_OK(generation_begin(s, &g));
	put(&g, "cert.pem", text);
	CHECK_OK(generation_put(&g, "key.pem", FILE_SECRET, span_str(text)));
	CHECK_OK(generation_adopt(&g));
	generation_close(&g);
}

static bool live_says(const struct store *s, const char *text)
{
	struct span got;

	arena_reset(&arena);
	return store_get(s, &arena, "cert.pem", &got) == OK && span_is(got, text);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 07777u : 0;
}

static volatile sig_atomic_t woken;

static void on_wake(int signal_number)
{
	(void)signal_number;
	woken = 1;
}

/* The service of a state, in another process: its status is 0 when it was woken. */
static pid_t another_service(const char *dir, int *ready)
{
	struct sigaction act = { .sa_handler = on_wake };
	int ends[2], fd;
	pid_t child;

	CU_ASSERT(pipe(ends) == 0);
	if ((child = fork()) == 0) {
		sigaction(SIGHUP, &act, NULL);
		if (service_lock(dir, &fd) != OK || write(ends[1], "x", 1) != 1)
			_exit(2);
		for (int i = 0; i < 1000 && !woken; i++)
			poll(NULL, 0, 10);
		_exit(woken ? 0 : 1);
	}
	close(ends[1]);
	*ready = ends[0];
	return child;
}

static void one_service_that_can_be_woken(void)
{
	const char *dir = fresh("state");
	int ready, fd = -1, status = -1;
	pid_t child;
	char c;

	CU_ASSERT(!service_wake(dir));
	child = another_service(dir, &ready);
	CU_ASSERT(child > 0 && read(ready, &c, 1) == 1);
	close(ready);
	CHECK_ERR(service_lock(dir, &fd), E_BUSY);
	CU_ASSERT(fd == -1);
	CU_ASSERT(service_wake(dir));
	CU_ASSERT(waitpid(child, &status, 0) == child && status == 0);
	CU_ASSERT(!service_wake(dir)); /* the file is there, and nobody behind it */
	CHECK_OK(service_lock(dir, &fd));
	close(fd);
}

static void a_generation_becomes_live_whole(void)
{
	const char *dir = fresh("state");
	struct store s;

	CHECK_OK(store_open(&s, dir));
	CU_ASSERT_EQUAL(s.live, 0);
	adopt_one(&s, "first");
	CU_ASSERT(live_says(&s, "first"));
	CU_ASSERT_EQUAL(mode_of(dir), 0700);
	CU_ASSERT_EQUAL(mode_of(at(dir, "live/key.pem")), 0600);
	CU_ASSERT_EQUAL(mode_of(at(dir, "live/cert.pem")), 0644);
	CU_ASSERT_EQUAL(mode_of(at(dir, "gen/0001")), 0700);
	adopt_one(&s, "second");
	CU_ASSERT(live_says(&s, "second"));
	store_close(&s);
	CHECK_OK(store_open(&s, dir));
	CU_ASSERT_EQUAL(s.live, 2);
	CU_ASSERT(live_says(&s, "second"));
	store_close(&s);
}

static void one_older_generation_is_kept(void)
{
	const char *dir = fresh("state");
	struct store s;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "1");
	adopt_one(&s, "2");
	adopt_one(&s, "3");
	CU_ASSERT(!test_file_exists(at(dir, "gen/0001")));
	CU_ASSERT(test_file_exists(at(dir, "gen/0002")));
	CU_ASSERT(test_file_exists(at(dir, "gen/0003")));
	store_close(&s);
}

static void leftovers_go_but_what_the_journal_names(void)
{
	const char *dir = fresh("state");
	struct generation g, lost;
	struct journal j;
	struct store s;
	bool there;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "1");
	CHECK_OK(generation_begin(&s, &lost));
	put(&lost, "cert.pem", "half");
	CHECK_OK(generation_begin(&s, &g));
	put(&g, "cert.pem", "waiting");
	CHECK_OK(journal_write(&s, &(struct journal){ g.number, span_str("state") }));
	generation_close(&g);
	generation_close(&lost);
	store_close(&s);

	CHECK_OK(store_open(&s, dir));
	CU_ASSERT(!test_file_exists(at(dir, "gen/0002")));
	CU_ASSERT(test_file_exists(at(dir, "gen/0003")));
	arena_reset(&arena);
	CHECK_OK(journal_read(&s, &arena, &there, &j));
	CU_ASSERT(there && j.generation == 3 && span_is(j.content, "state"));
	CHECK_OK(generation_resume(&s, j.generation, &g));
	CHECK_OK(generation_adopt(&g));
	generation_close(&g);
	CHECK_OK(journal_clear(&s));
	CU_ASSERT(live_says(&s, "waiting"));
	store_close(&s);
}

/* The power went between the link and the journal: nothing is under way any more. */
static void a_journal_of_what_is_live_is_done(void)
{
	const char *dir = fresh("state");
	struct journal j;
	struct store s;
	bool there;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "one");
	CHECK_OK(journal_write(&s, &(struct journal){ s.live, span_str("enrolling") }));
	store_close(&s);
	CHECK_OK(store_open(&s, dir));
	CHECK_OK(journal_read(&s, &arena, &there, &j));
	CU_ASSERT_FALSE(there);
	CU_ASSERT_EQUAL(s.journalled, 0);
	CU_ASSERT(live_says(&s, "one"));
	store_close(&s);
}

/* What waits in a generation of its own outlasts another one that becomes live. */
static void what_waits_outlasts_the_others(void)
{
	const char *dir = fresh("state");
	struct generation waits;
	struct journal j;
	struct store s;
	bool there;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "one");
	CHECK_OK(generation_begin(&s, &waits));
	put(&waits, "cert.pem", "waits");
	CHECK_OK(journal_write(&s, &(struct journal){ waits.number, span_str("renewing") }));
	CU_ASSERT_EQUAL(s.journalled, waits.number);
	adopt_one(&s, "two");
	adopt_one(&s, "three");
	CU_ASSERT_EQUAL(access(at(dir, "gen/0002/cert.pem"), F_OK), 0);
	store_close(&s);
	CHECK_OK(store_open(&s, dir));
	CHECK_OK(journal_read(&s, &arena, &there, &j));
	CU_ASSERT(there && j.generation == waits.number);
	CHECK_OK(generation_adopt(&waits));
	CU_ASSERT(live_says(&s, "waits"));
	generation_close(&waits);
	store_close(&s);
}

static void a_second_agent_is_told(void)
{
	const char *dir = fresh("state");
	struct store one, two;

	CHECK_OK(store_open(&one, dir));
	CHECK_ERR(store_open(&two, dir), E_BUSY);
	CHECK_OK(store_look(&two, dir));
	store_close(&two);
	store_close(&one);
	CHECK_OK(store_open(&two, dir));
	store_close(&two);
}

static void looking_makes_nothing(void)
{
	const char *dir = fresh("nothing");
	struct store s;

	CHECK_OK(store_look(&s, dir));
	CU_ASSERT_EQUAL(s.live, 0);
	CU_ASSERT(!test_file_exists(dir));
	store_close(&s);
}

static void a_damaged_journal_is_dropped(void)
{
	static const char *const bad[] = { "", "onramp-journal 1 ", "onramp-journal 2 0001\nx",
		                           "onramp-journal 1 00x1\n", "rubbish\n" };
	const char *dir = fresh("state");
	struct journal j;
	struct store s;
	bool there;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_OK(store_open(&s, dir));
		CHECK_OK(file_replace(at(dir, "journal"), span_str(bad[i]), 0600));
		arena_reset(&arena);
		CHECK_ERR(journal_read(&s, &arena, &there, &j), E_STORE);
		store_close(&s);
		CHECK_OK(store_open(&s, dir));
		CU_ASSERT(!test_file_exists(at(dir, "journal")));
		store_close(&s);
	}
}

/* Two generations, and what is done to the link. */
static void enrolled_but_for_live(const char *dir)
{
	struct store s;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "1");
	adopt_one(&s, "2");
	store_close(&s);
	CHECK_OK(file_remove(at(dir, "live")));
}

/* Neither opening nor looking takes it for a new device, and no key is removed. */
static void is_refused_and_kept(const char *dir)
{
	struct store s;

	CHECK_ERR(store_look(&s, dir), E_STORE);
	CU_ASSERT_EQUAL(s.dir, -1);
	for (int i = 0; i < 2; i++)
		CHECK_ERR(store_open(&s, dir), E_STORE);
	CU_ASSERT(test_file_exists(at(dir, "gen/0001/key.pem")));
	CU_ASSERT(test_file_exists(at(dir, "gen/0002/key.pem")));
}

static void a_live_link_elsewhere_is_refused(void)
{
	static const char *const elsewhere[] = {
		"/etc",
		"/etc/onramp/gen/0002",
		"gen/0003",
		"gen/2",
		"gen/0",
		"gen/0000",
		"gen/0002/../../",
		"gen/00000000000000002",
	};
	const char *dir = fresh("state");
	struct store s;

	enrolled_but_for_live(dir);
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
		CU_ASSERT_EQUAL(symlink(elsewhere[i], at(dir, "live")), 0);
		is_refused_and_kept(dir);
		CHECK_OK(file_remove(at(dir, "live")));
	}
	CU_ASSERT_EQUAL(symlink("gen/0002", at(dir, "live")), 0);
	CHECK_OK(store_open(&s, dir));
	CU_ASSERT(live_says(&s, "2"));
	store_close(&s);
}

/* As a backup leaves it that follows links. */
static void a_live_that_is_no_link_is_refused(void)
{
	const char *dir = fresh("state");

	enrolled_but_for_live(dir);
	CHECK_OK(file_make_directory(at(dir, "live")));
	is_refused_and_kept(dir);
	CU_ASSERT_EQUAL(rmdir(at(dir, "live")), 0);
	CHECK_OK(file_replace(at(dir, "live"), span_str("gen/0002"), 0600));
	is_refused_and_kept(dir);
}

static void a_lost_live_link_is_no_new_device(void)
{
	const char *dir = fresh("state");

	enrolled_but_for_live(dir);
	is_refused_and_kept(dir);
}

/* Cut between the first link and the mark; or enrolled before there was a mark. */
static void what_is_live_is_marked_at_the_next_start(void)
{
	const char *dir = fresh("state");
	struct store s;

	CHECK_OK(store_open(&s, dir));
	CU_ASSERT(!test_file_exists(at(dir, "owned")));
	adopt_one(&s, "1");
	CU_ASSERT(test_file_exists(at(dir, "owned")));
	store_close(&s);
	CHECK_OK(file_remove(at(dir, "owned")));
	CHECK_OK(store_open(&s, dir));
	CU_ASSERT(test_file_exists(at(dir, "owned")));
	CU_ASSERT(live_says(&s, "1"));
	store_close(&s);
}

/* The power went before the first link: there was no owner, and what is left goes. */
static void a_first_one_that_was_cut_is_swept(void)
{
	const char *dir = fresh("state");
	struct generation g;
	struct store s;

	CHECK_OK(store_open(&s, dir));
	CHECK_OK(generation_begin(&s, &g));
	put(&g, "cert.pem", "half");
	generation_close(&g);
	store_close(&s);
	CHECK_OK(store_open(&s, dir));
	CU_ASSERT_EQUAL(s.live, 0);
	CU_ASSERT(!test_file_exists(at(dir, "gen/0001")));
	store_close(&s);
}

/* It may be whole: neither it nor what it names goes. */
static void a_journal_that_cannot_be_read_stays(void)
{
	const char *dir = fresh("state");
	struct generation g;
	struct store s;

	CHECK_OK(store_open(&s, dir));
	CHECK_OK(generation_begin(&s, &g));
	put(&g, "key.pem", "staged");
	generation_close(&g);
	store_close(&s);
	CHECK_OK(file_make_directory(at(dir, "journal")));
	CHECK_ERR(store_open(&s, dir), E_STORE);
	CU_ASSERT(test_file_exists(at(dir, "gen/0001/key.pem")));
	CU_ASSERT(test_file_exists(at(dir, "journal")));
}

static void what_is_damaged_can_be_wiped(void)
{
	const char *dir = fresh("state");
	struct store s;

	enrolled_but_for_live(dir);
	CHECK_OK(file_make_directory(at(dir, "live")));
	CHECK_OK(file_replace(at(dir, "live/key.pem"), span_str("secret"), 0600));
	CHECK_ERR(store_open(&s, dir), E_STORE);
	CHECK_OK(store_open_to_wipe(&s, dir));
	CHECK_OK(store_wipe(&s));
	store_close(&s);
	CU_ASSERT(!test_file_exists(at(dir, "live")));
	CU_ASSERT(!test_file_exists(at(dir, "gen/0001")));
	CHECK_OK(store_open(&s, dir));
	CU_ASSERT_EQUAL(s.live, 0);
	adopt_one(&s, "again");
	CU_ASSERT(live_says(&s, "again"));
	store_close(&s);
}

static void a_probe_leaves_nothing(void)
{
	const char *dir = fresh("");
	struct store s;

	CHECK_OK(store_probe(at(dir, "state/deep/down")));
	CU_ASSERT(!test_file_exists(at(dir, "state")));
	CU_ASSERT_EQUAL(rmdir(dir), 0);
	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "1");
	CHECK_OK(file_replace(at(dir, "onramp-check.tmp"), span_str("of before"), 0600));
	CHECK_OK(store_probe(dir));
	CU_ASSERT(!test_file_exists(at(dir, "onramp-check.tmp")));
	CU_ASSERT(live_says(&s, "1"));
	store_close(&s);
}

static void a_probe_tells_what_is_in_the_way(void)
{
	const char *dir = fresh("state");
	char path[300] = "/";

	CHECK_OK(file_replace(dir, span_str("x"), 0600));
	CHECK_ERR(store_probe(dir), E_STORE);
	CHECK_ERR(store_probe(at(dir, "below")), E_STORE);
	CHECK_ERR(store_probe("/proc/nothing"), E_STORE);
	CHECK_ERR(store_probe("nothing"), E_STORE);
	memset(path + 1, 'x', sizeof path - 2);
	CHECK_ERR(store_probe(path), E_STORE);
}

static void wiping_waits_for_the_lock(void)
{
	const char *dir = fresh("state");
	struct store one, two;

	CHECK_OK(store_open(&one, dir));
	CHECK_ERR(store_open_to_wipe(&two, dir), E_BUSY);
	store_close(&one);
}

static void wiped_is_as_new(void)
{
	const char *dir = fresh("state");
	struct store s;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "1");
	adopt_one(&s, "2");
	CHECK_OK(journal_write(&s, &(struct journal){ 0, span_str("x") }));
	CHECK_OK(store_wipe(&s));
	CU_ASSERT(!test_file_exists(at(dir, "live")));
	CU_ASSERT(!test_file_exists(at(dir, "owned")));
	CU_ASSERT(!test_file_exists(at(dir, "gen/0002")));
	CU_ASSERT(!test_file_exists(at(dir, "gen/0001")));
	CU_ASSERT(!test_file_exists(at(dir, "journal")));
	adopt_one(&s, "again");
	CU_ASSERT(live_says(&s, "again"));
	store_close(&s);
}

static void a_file_where_the_directory_should_be(void)
{
	const char *path = fresh("state");
	struct store s;

	CHECK_OK(file_replace(path, span_str("x"), 0600));
	CHECK_ERR(store_open(&s, path), E_STORE);
	CHECK_ERR(store_open(&s, at(path, "below")), E_STORE);
}

/* What a new generation does not change it has from the live one, mode and all. */
static void files_are_carried_over(void)
{
	const char *dir = fresh("state");
	struct generation g;
	struct store s;
	struct span got;
	bool absent;

	CHECK_OK(store_open(&s, dir));
	adopt_one(&s, "first");
	CHECK_OK(generation_begin(&s, &g));
	arena_reset(&arena);
	CHECK_OK(generation_carry(&g, &arena, "key.pem", FILE_SECRET));
	CHECK_OK(generation_carry(&g, &arena, "cert.pem", FILE_PUBLIC));
	CHECK_OK(generation_carry(&g, &arena, "crl.pem", FILE_PUBLIC)); /* there is none */
	CU_ASSERT_EQUAL(arena.used, 0);
	CHECK_OK(generation_find(&g, &arena, "crl.pem", &got, &absent));
	CU_ASSERT(absent && got.n == 0);
	CHECK_OK(generation_find(&g, &arena, "cert.pem", &got, &absent));
	CU_ASSERT(!absent && span_is(got, "first"));
	CHECK_OK(generation_adopt(&g));
	generation_close(&g);
	CU_ASSERT_EQUAL(s.live, 2);
	CU_ASSERT(live_says(&s, "first"));
	CU_ASSERT_EQUAL(mode_of(at(dir, "live/key.pem")), 0600);
	CHECK_OK(store_find(&s, &arena, "crl.pem", &got, &absent));
	CU_ASSERT(absent);
	CHECK_OK(store_find(&s, &arena, "key.pem", &got, &absent));
	CU_ASSERT(!absent && span_is(got, "first"));
	store_close(&s);
}

static void nothing_is_carried_from_nothing(void)
{
	struct generation g;
	struct store s;

	CHECK_OK(store_open(&s, fresh("state")));
	CHECK_OK(generation_begin(&s, &g));
	CHECK_ERR(generation_carry(&g, &arena, "key.pem", FILE_SECRET), E_STORE);
	generation_discard(&g);
	store_close(&s);
}

const struct test_suite suite_store_generation = {
	"store/generation",
	{
		{ "a generation becomes live whole", a_generation_becomes_live_whole },
		{ "one older generation is kept", one_older_generation_is_kept },
		{ "leftovers go, but what the journal names",
	          leftovers_go_but_what_the_journal_names },
		{ "a journal of what is live is done", a_journal_of_what_is_live_is_done },
		{ "what waits outlasts what becomes live meanwhile",
	          what_waits_outlasts_the_others },
		{ "a second agent is told", a_second_agent_is_told },
		{ "one service, and it can be woken", one_service_that_can_be_woken },
		{ "looking makes nothing", looking_makes_nothing },
		{ "a damaged journal is dropped", a_damaged_journal_is_dropped },
		{ "a live link that leads elsewhere is refused", a_live_link_elsewhere_is_refused },
		{ "a live that is no link is refused", a_live_that_is_no_link_is_refused },
		{ "a lost live link makes no new device", a_lost_live_link_is_no_new_device },
		{ "what is live is marked at the next start",
	          what_is_live_is_marked_at_the_next_start },
		{ "a first one that was cut is swept", a_first_one_that_was_cut_is_swept },
		{ "a journal that cannot be read stays", a_journal_that_cannot_be_read_stays },
		{ "what is damaged can be wiped", what_is_damaged_can_be_wiped },
		{ "a probe leaves nothing", a_probe_leaves_nothing },
		{ "a probe tells what is in the way", a_probe_tells_what_is_in_the_way },
		{ "wiping waits for the lock", wiping_waits_for_the_lock },
		{ "wiped is as new", wiped_is_as_new },
		{ "a file in the directory's place is refused",
	          a_file_where_the_directory_should_be },
		{ "files are carried over", files_are_carried_over },
		{ "nothing is carried from nothing", nothing_is_carried_from_nothing },
	},
};
