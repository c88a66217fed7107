/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator's path leads to, and writing and reading there. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/store/file.h"
#include "platform/store/internal.h"
#include "platform/store/target.h"

/* FIFO_LOOK_MS: how soon a reader that opens a fifo is noticed. */
enum { LINKS_MAX = 32, FIFO_LOOK_MS = 100, TMP_TRIES = 100 };

struct target {
	enum { ABSENT, REGULAR, STREAM, STANDARD } kind;
	struct stat st;           /* but of ABSENT */
	char path[PATH_NAME_MAX]; /* ABSENT, REGULAR: links are followed */
};

static enum err failed(const char *path)
{
	return err_because(E_STORE, "%s: %s", path, strerror(errno));
}

static enum err too_long(const char *path)
{
	return err_because(E_STORE, "%s: the path has more than %d octets", path,
	                   PATH_NAME_MAX - 1);
}

/* One link further: what it says is relative to where it lies. */
static enum err follow(char path[PATH_NAME_MAX])
{
	char to[PATH_NAME_MAX], next[PATH_NAME_MAX];
	ssize_t n = readlink(path, to, sizeof to);
	const char *slash = strrchr(path, '/');
	int dir = slash == NULL ? 0 : (int)(slash - path) + 1;

	if (n < 0)
		return failed(path);
	if ((size_t)n == sizeof to)
		return too_long(path);
	to[n] = '\0';
	if ((size_t)snprintf(next, sizeof next, "%.*s%s", to[0] == '/' ? 0 : dir, path, to) >=
	    sizeof next)
		return too_long(path);
	memcpy(path, next, sizeof next);
	return OK;
}

/* Behind all links; links that lead nowhere name a file that is to be made. */
static enum err follow_all(struct target *t, const char *path)
{
	struct stat st;
	enum err e = OK;

	for (int hops = 0; hops < LINKS_MAX && e == OK; hops++) {
		bool there = lstat(t->path, &st) == 0;

		if (!there && errno != ENOENT)
			return failed(path);
		if (!there || !S_ISLNK(st.st_mode)) {
			/* a link of the kernel's (/proc/self/fd) to what has no name any more */
			if (t->kind == REGULAR &&
			    (!there || st.st_dev != t->st.st_dev || st.st_ino != t->st.st_ino))
				t->kind = STREAM;
			return OK;
		}
		e = follow(t->path);
	}
	errno = ELOOP;
	return e != OK ? e : failed(path);
}

/* A terminal or /dev/null can be opened once more, and is many files at once. */
static bool is_standard_output(const struct stat *st)
{
	struct stat out;

	return !S_ISCHR(st->st_mode) && fstat(STDOUT_FILENO, &out) == 0 &&
	       out.st_dev == st->st_dev && out.st_ino == st->st_ino;
}

static enum err find(const char *path, struct target *t)
{
	size_t n = strlen(path);
	enum err e;

	*t = (struct target){ .kind = STANDARD };
	if (strcmp(path, TARGET_STANDARD) == 0)
		return OK;
	if (n == 0 || n >= sizeof t->path)
		return n == 0 ? err_because(E_STORE, "an empty path") : too_long(path);
	memcpy(t->path, path, n + 1);
	t->kind = ABSENT;
	if (stat(path, &t->st) != 0)
		return errno == ENOENT ? follow_all(t, path) : failed(path);
	/* also where that is a file: the shell has opened it, and it is not to be another */
	if (is_standard_output(&t->st)) {
		t->kind = STANDARD;
		return OK;
	}
	t->kind = STREAM;
	if (!S_ISREG(t->st.st_mode))
		return OK;
	t->kind = REGULAR;
	e = follow_all(t, path);
	if (t->kind == STREAM)
		memcpy(t->path, path, n + 1);
	return e;
}

/* ---- two names, one file */

/* An open directory and the name in it. */
static enum err open_parent(const char *path, int *dir, const char **name)
{
	char parent[PATH_NAME_MAX];
	const char *slash = strrchr(path, '/');

	*name = slash == NULL ? path : slash + 1;
	snprintf(parent, sizeof parent, "%.*s",
	         slash == NULL   ? 1
	         : slash == path ? 1
	                         : (int)(slash - path),
	         slash == NULL ? "." : path);
	*dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir >= 0 ? OK : failed(path);
}

static bool same_place(const char *path, const char *other)
{
	const char *name, *other_name;
	struct stat st, other_st;
	int dir = -1, other_dir = -1;
	bool same = open_parent(path, &dir, &name) == OK &&
	            open_parent(other, &other_dir, &other_name) == OK && fstat(dir, &st) == 0 &&
	            fstat(other_dir, &other_st) == 0 && st.st_dev == other_st.st_dev &&
	            st.st_ino == other_st.st_ino && strcmp(name, other_name) == 0;

	if (dir >= 0)
		close(dir);
	if (other_dir >= 0)
		close(other_dir);
	return same;
}

bool target_same(const char *path, const char *other)
{
	struct target a, b;

	if (find(path, &a) != OK || find(other, &b) != OK || a.kind != b.kind)
		return false;
	switch (a.kind) {
	case STANDARD:
		return true;
	case ABSENT:
		return same_place(a.path, b.path);
	case REGULAR:
		return a.st.st_dev == b.st.st_dev && a.st.st_ino == b.st.st_ino;
	case STREAM:
		break;
	}
	return false;
}

bool target_is_there(const char *path)
{
	struct target t;

	return find(path, &t) == OK && t.kind != ABSENT;
}

enum err target_resolve(const char *path, char out[PATH_NAME_MAX])
{
	struct target t;
	enum err e = find(path, &t);

	if (e == OK && t.kind != ABSENT && t.kind != REGULAR)
		e = err_because(E_STORE, "%s: is not a regular file", path);
	memcpy(out, t.path, sizeof t.path);
	return e;
}

/* ---- writing */

/* The directory takes a new file. */
static enum err check_parent(const char *path)
{
	const char *name;
	int dir;
	enum err e = open_parent(path, &dir, &name);

	if (e != OK)
		return e;
	if (faccessat(dir, ".", W_OK | X_OK, 0) != 0)
		e = failed(path);
	close(dir);
	return e;
}

enum err target_check(const char *path)
{
	struct target t;
	enum err e = find(path, &t);

	if (e != OK || t.kind == STANDARD)
		return e;
	if (t.kind == ABSENT)
		return check_parent(t.path);
	if (S_ISDIR(t.st.st_mode)) {
		errno = EISDIR;
		return failed(path);
	}
	if (access(t.path, W_OK) != 0)
		return failed(path);
	return t.kind == REGULAR ? check_parent(t.path) : OK;
}

/* poll(2) until fd is ready. */
static enum err wait_for(int fd, short events, const char *path, int64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = events },
		{ .fd = clock_stop_fd(), .events = POLLIN },
	};
	int64_t left = deadline - clock_ticks();
	enum err e = clock_check();

	if (e != OK)
		return err_within(E_STORE, e, path);
	if (left <= 0)
		return err_because(E_STORE, "%s: it takes nothing", path);
	if (poll(fds, 2, left < INT32_MAX ? (int)left : INT32_MAX) < 0 && errno != EINTR)
		return failed(path);
	return OK;
}

enum err target_put(const struct target_out *to, struct span content)
{
	enum err e = OK;

	while (content.n > 0 && e == OK) {
		ssize_t n = write(to->fd, content.p, content.n);

		if (n >= 0) {
			content.p += n;
			content.n -= (size_t)n;
		} else if (errno == EAGAIN) {
			e = wait_for(to->fd, POLLOUT, to->path, to->deadline);
		} else if (errno != EINTR) {
			return failed(to->path);
		}
	}
	return e;
}

static enum err fill(const struct target_filler *f, int fd, const char *path, int64_t deadline)
{
	return f->fill(f->context, &(struct target_out){ fd, path, deadline });
}

/* A fifo that nobody reads cannot be opened yet (ENXIO). */
static enum err open_stream(const char *path, int64_t deadline, int *fd)
{
	while ((*fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) < 0) {
		if (errno != ENXIO && errno != EINTR)
			return failed(path);
		if (clock_check() == E_STOPPED)
			return err_within(E_STORE, E_STOPPED, path);
		if (clock_ticks() >= deadline || !clock_sleep(FIFO_LOOK_MS))
			return err_because(E_STORE, "%s: nobody reads it", path);
	}
	return OK;
}

static enum err write_stream(const struct target *t, const struct target_filler *f,
                             int64_t deadline)
{
	int fd;
	enum err e = open_stream(t->path, deadline, &fd);

	if (e != OK)
		return e;
	e = fill(f, fd, t->path, deadline);
	if (close(fd) != 0 && e == OK)
		e = failed(t->path);
	return e;
}

static enum err write_standard(const struct target_filler *f, int64_t deadline)
{
	if (fflush(stdout) != 0)
		return failed("standard output");
	return fill(f, STDOUT_FILENO, "standard output", deadline);
}

/* A name that nobody has: what lies beside the file is somebody's. */
static enum err make_tmp(int dir, const struct target *t, const char *name, char *tmp, size_t cap,
                         int *fd)
{
	for (int tries = 0; tries < TMP_TRIES; tries++) {
		if ((size_t)snprintf(tmp, cap, ".%s.%ld-%d.tmp", name, (long)getpid(), tries) >=
		    cap)
			return too_long(t->path);
		*fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (*fd >= 0 || errno != EEXIST)
			break;
	}
	return *fd >= 0 ? OK : failed(t->path);
}

/* Owner and mode stay; chown(2) takes set-user-ID bits away, so the mode comes behind it. */
static enum err take_over(int fd, const struct target *t, unsigned mode)
{
	struct stat own;

	if (t->kind == REGULAR)
		mode = (unsigned)t->st.st_mode & (mode == 0600 ? 0700 : 07777);
	if (t->kind == REGULAR && fstat(fd, &own) == 0 &&
	    (own.st_uid != t->st.st_uid || own.st_gid != t->st.st_gid) &&
	    fchown(fd, t->st.st_uid, t->st.st_gid) != 0)
		return err_because(E_STORE, "%s: its owner cannot be kept: %s", t->path,
		                   strerror(errno));
	return fchmod(fd, (mode_t)mode) == 0 ? OK : failed(t->path);
}

static enum err fill_tmp(int fd, const struct target *t, const struct target_filler *f,
                         unsigned mode)
{
	enum err e = fill(f, fd, t->path, INT64_MAX);

	if (e == OK)
		e = take_over(fd, t, mode);
	if (e == OK && fsync(fd) != 0)
		e = failed(t->path);
	if (close(fd) != 0 && e == OK)
		e = failed(t->path);
	return e;
}

static enum err replace(const struct target *t, const struct target_filler *f, unsigned mode)
{
	char tmp[PATH_NAME_MAX];
	const char *name;
	int dir, fd = -1;
	enum err e = open_parent(t->path, &dir, &name);

	if (e != OK)
		return e;
	e = make_tmp(dir, t, name, tmp, sizeof tmp, &fd);
	if (e == OK) {
		e = fill_tmp(fd, t, f, mode);
		if (e == OK && renameat(dir, tmp, dir, name) != 0)
			e = failed(t->path);
		if (e != OK)
			unlinkat(dir, tmp, 0);
	}
	if (e == OK)
		e = sync_directory(dir, t->path);
	close(dir);
	return e;
}

enum err target_fill(const char *path, const struct target_filler *f, unsigned mode,
                     int64_t deadline)
{
	struct target t;
	enum err e = find(path, &t);

	if (e != OK)
		return e;
	switch (t.kind) {
	case STANDARD:
		return write_standard(f, deadline);
	case STREAM:
		return write_stream(&t, f, deadline);
	case ABSENT:
	case REGULAR:
		break;
	}
	return replace(&t, f, mode);
}

static enum err put_all(void *context, const struct target_out *to)
{
	const struct span *content = context;

	return target_put(to, *content);
}

enum err target_write(const char *path, struct span content, unsigned mode, int64_t deadline)
{
	const struct target_filler f = { put_all, &content };

	return target_fill(path, &f, mode, deadline);
}

/* ---- reading */

static enum err read_through(int fd, const char *path, struct arena *a, size_t max,
                             struct span *out)
{
	struct span room = arena_rest(a);
	uint8_t *to = a->base + a->used;
	size_t cap = room.n < max ? room.n : max, got = 0;
	uint8_t more;
	enum err e = OK;

	while (e == OK) {
		ssize_t n = got < cap ? read(fd, to + got, cap - got) : read(fd, &more, 1);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return failed(path);
		if (n == 0)
			break;
		if (n < 0)
			e = wait_for(fd, POLLIN, path, INT64_MAX);
		else if (got == cap)
			e = err_because(E_TOO_BIG, "%s: larger than %zu octets", path, cap);
		else
			got += (size_t)n;
	}
	if (e != OK)
		return e;
	*out = (struct span){ to, got };
	arena_keep(a, got);
	return OK;
}

enum err target_read(struct arena *a, const char *path, size_t max, struct span *out, bool *absent)
{
	enum err e;
	int fd;

	*out = NO_BYTES;
	if (absent != NULL)
		*absent = false;
	if (strcmp(path, TARGET_STANDARD) == 0)
		return read_through(STDIN_FILENO, "standard input", a, max, out);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && errno == ENOENT && absent != NULL) {
		*absent = true;
		return OK;
	}
	if (fd < 0)
		return failed(path);
	e = read_through(fd, path, a, max, out);
	close(fd);
	return e;
}

/* ---- what may be large */

/* TMPDIR is the operator's word for where there is room. */
static const char *temporary_directory(void)
{
	const char *named = getenv("TMPDIR");

	return named != NULL && named[0] == '/' ? named : "/tmp";
}

enum err target_spool(const char *path, int *fd)
{
	char file[PATH_NAME_MAX];
	char *slash;

	if (path == NULL || target_resolve(path, file) != OK)
		return file_unnamed(temporary_directory(), fd);
	slash = strrchr(file, '/');
	if (slash == NULL)
		return file_unnamed(".", fd);
	slash[slash == file] = '\0'; /* of "/file" stays "/" */
	return file_unnamed(file, fd);
}

static enum err copy(int from, const char *path, int to, size_t max, size_t *n)
{
	const struct target_out out = { to, path, INT64_MAX };
	uint8_t room[OCTETS_WINDOW];
	enum err e = OK;

	for (*n = 0; e == OK;) {
		ssize_t got = read(from, room, sizeof room);

		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return failed(path);
		if (got == 0)
			break;
		if (got < 0)
			e = wait_for(from, POLLIN, path, INT64_MAX);
		else if ((size_t)got > max - *n)
			e = err_because(E_TOO_BIG, "%s: larger than %zu octets", path, max);
		else
			e = target_put(&out, (struct span){ room, (size_t)got });
		*n += got > 0 ? (size_t)got : 0;
	}
	return e;
}

/* What can be read but once: a copy that can be read again. */
static enum err keep_copy(int from, const char *path, size_t max, struct octets *out)
{
	size_t n = 0;
	int fd;
	enum err e = target_spool(NULL, &fd);

	if (e != OK)
		return e;
	e = copy(from, path, fd, max, &n);
	if (e == OK && n > 0)
		*out = octets_in(fd, 0, n);
	else
		close(fd);
	return e;
}

enum err target_open(const char *path, size_t max, struct octets *out)
{
	bool standard = strcmp(path, TARGET_STANDARD) == 0;
	const char *name = standard ? "standard input" : path;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	enum err e = OK;

	*out = NO_OCTETS;
	if (fd < 0 || fstat(fd, &st) != 0)
		e = failed(name);
	else if (standard || !S_ISREG(st.st_mode))
		e = keep_copy(fd, name, max, out);
	else if ((uintmax_t)st.st_size > max)
		e = err_because(E_TOO_BIG, "%s: larger than %zu octets", name, max);
	else if (st.st_size > 0)
		*out = octets_in(fd, 0, (size_t)st.st_size);
	if (fd >= 0 && !standard && out->fd != fd)
		close(fd);
	return e;
}
