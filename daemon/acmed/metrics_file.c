/* SPDX-License-Identifier: MIT */
#include "metrics_file.h"

#include "mem.h"
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define SOON 1.0 /* seconds in which changes are gathered */
#define MODE 0644

struct metrics_file {
	struct ev_loop *loop;
	struct metrics_source source;
	struct event_listener *listener;
	ev_timer timer; /* until it is due, then a page a turn */
	struct metrics_cursor cursor;
	char *path; /* owned: the one that is, or is being, written */
	char *draft; /* owned: its name until it is whole */
	int fd; /* of the draft, or -1 */
	bool is_changed; /* since the draft was begun */
	bool is_failing; /* that was told */
};

/* Once, until it works again. */
static void tell(struct metrics_file *file, const struct error *err)
{
	struct events *events = file->source.fleet->events;
	struct event event = {
		.name = "error", .priority = LOG_WARNING, .err = err};

	if (!file->is_failing)
		events_emit(events, &event, "no metrics: 'MetricsFile=': %s",
			err->text);
	file->is_failing = true;
}

static void drop_draft(struct metrics_file *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	unlink(file->draft);
	file->fd = -1;
}

static void fail_draft(struct metrics_file *file, const char *what)
{
	struct error err;

	fail_errno(&err, errno, "%s '%s'", what, file->draft);
	drop_draft(file);
	tell(file, &err);
}

static void set_timer(struct metrics_file *file, double seconds)
{
	ev_timer_stop(file->loop, &file->timer);
	ev_timer_set(&file->timer, seconds, 0.);
	ev_timer_start(file->loop, &file->timer);
}

static const char *wanted_path(const struct metrics_file *file)
{
	const struct snapshot *snapshot = file->source.fleet->snapshot;

	return snapshot ? snapshot->config->daemon.metrics_file : NULL;
}

/* True when there is a file to write. The one before is removed. */
static bool take_path(struct metrics_file *file)
{
	const char *path = wanted_path(file);
	struct error err;

	if (file->path && (!path || !streq(path, file->path))) {
		unlink(file->path);
		free(take(file->path));
		free(take(file->draft));
		file->is_failing = false;
	}
	if (!path)
		return false;
	if (!metrics_file_check(path, &err)) {
		tell(file, &err);
		return false;
	}
	if (file->path)
		return true;
	file->path = mem_string(path);
	file->draft = mem_format("%s.new", path);
	return true;
}

static void begin(struct metrics_file *file)
{
	file->is_changed = false;
	file->cursor = (struct metrics_cursor){0};
	if (!take_path(file))
		return;
	unlink(file->draft);
	file->fd = open(file->draft,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE);
	if (file->fd < 0 || fchmod(file->fd, MODE) < 0)
		fail_draft(file, "cannot make");
	else
		set_timer(file, 0.);
}

static void finish(struct metrics_file *file)
{
	if (rename(file->draft, file->path) < 0) {
		fail_draft(file, "cannot put in place");
		return;
	}
	close(file->fd);
	file->fd = -1;
	file->is_failing = false;
	if (file->is_changed)
		set_timer(file, SOON);
}

static void add_page(struct metrics_file *file)
{
	struct text page cleanup_text_value = {0};
	bool has_more = metrics_page(&file->source, &file->cursor, &page);

	if (page.failed ||
		write(file->fd, page.data, page.length) != (ssize_t)page.length)
		fail_draft(file, "cannot write");
	else if (has_more)
		set_timer(file, 0.);
	else
		finish(file);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct metrics_file *file = timer->data;

	(void)loop;
	(void)events;
	if (file->fd < 0)
		begin(file);
	else
		add_page(file);
}

/* A draft is brought to its end first. */
void metrics_file_touch(struct metrics_file *file)
{
	if (file->is_changed)
		return;
	file->is_changed = true;
	if (file->fd < 0)
		set_timer(file, SOON);
}

static void on_event(void *data, const struct event *event)
{
	if (event->priority < LOG_DEBUG)
		metrics_file_touch(data);
}

bool metrics_file_check(const char *path, struct error *err)
{
	const char *folder = paths_runtime();

	return (text_starts_with(path, folder) &&
		       path[strlen(folder)] == '/') ||
		fail(err, ERROR_REFUSED,
			"'%s' is not below %s: link it to where it is wanted",
			path, folder);
}

struct metrics_file *metrics_file_new(
	struct ev_loop *loop, const struct metrics_source *source)
{
	struct metrics_file *file = mem_new(sizeof(*file));

	file->loop = loop;
	file->source = *source;
	file->fd = -1;
	ev_timer_init(&file->timer, on_timer, 0., 0.);
	file->timer.data = file;
	file->listener = events_listen(source->fleet->events, on_event, file);
	return file;
}

void metrics_file_free(struct metrics_file *file)
{
	if (!file)
		return;
	events_ignore(file->source.fleet->events, file->listener);
	ev_timer_stop(file->loop, &file->timer);
	drop_draft(file);
	free(file->path);
	free(file->draft);
	free(file);
}
