/* SPDX-License-Identifier: MIT */
#include "journal.h"

#include "mem.h"
#include "monotonic.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LAST_WAIT 1. /* seconds, of all that is kept in the end */

static const struct sockaddr_un JOURNAL = {
	.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};

struct kept_entry {
	TAILQ_ENTRY(kept_entry) entry;
	struct text text; /* owned */
	double since; /* by the clock that nobody sets */
};

struct journal {
	struct ev_loop *loop; /* borrowed */
	ev_io room; /* there may be some in the queue of journald */
	TAILQ_HEAD(, kept_entry) kept; /* the oldest first */
	size_t kept_bytes;
	unsigned long kept_count;
	unsigned long lost;
};

static bool reach(int fd)
{
	return connect(fd, (const struct sockaddr *)&JOURNAL,
		       sizeof(JOURNAL)) == 0;
}

static bool send_bytes(int fd, const struct text *text)
{
	return send(fd, text->data, text->length,
		       MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* 0 or an error. One that was started anew has another socket of the same
 * name. */
static int send_text(struct journal *journal, const struct text *text)
{
	int fd = journal->room.fd;

	if (send_bytes(fd, text))
		return 0;
	if (errno == EAGAIN || errno == EMSGSIZE || !reach(fd))
		return errno;
	return send_bytes(fd, text) ? 0 : errno;
}

static void keep(struct journal *journal, struct text *text)
{
	struct kept_entry *kept = mem_new(sizeof(*kept));

	kept->text = *text;
	kept->since = monotonic_now();
	*text = (struct text){0};
	TAILQ_INSERT_TAIL(&journal->kept, kept, entry);
	journal->kept_bytes += kept->text.length;
	journal->kept_count++;
}

static void drop_first(struct journal *journal)
{
	struct kept_entry *kept = TAILQ_FIRST(&journal->kept);

	TAILQ_REMOVE(&journal->kept, kept, entry);
	journal->kept_bytes -= kept->text.length;
	journal->kept_count--;
	text_clear(&kept->text);
	free(kept);
}

/* Nobody says when a socket that is gone has come back. */
bool journal_flush(struct journal *journal)
{
	int error = 0;

	while (!TAILQ_EMPTY(&journal->kept)) {
		error = send_text(journal, &TAILQ_FIRST(&journal->kept)->text);
		if (error && error != EMSGSIZE)
			break;
		journal->lost += error == EMSGSIZE;
		drop_first(journal);
	}
	if (error == EAGAIN)
		ev_io_start(journal->loop, &journal->room);
	else
		ev_io_stop(journal->loop, &journal->room);
	return TAILQ_EMPTY(&journal->kept);
}

static void on_room(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	journal_flush(io->data);
}

void journal_send(struct journal *journal, struct text *entry, bool is_detail)
{
	size_t most = is_detail ? JOURNAL_KEPT / 2 : JOURNAL_KEPT;

	if (entry->failed || journal->kept_bytes + entry->length > most) {
		text_clear(entry);
		journal->lost++;
	} else {
		keep(journal, entry);
	}
	journal_flush(journal);
}

struct journal *journal_open(struct ev_loop *loop)
{
	if (!getenv("JOURNAL_STREAM"))
		return NULL;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	if (!reach(fd)) {
		close(fd);
		return NULL;
	}
	struct journal *journal = mem_new(sizeof(*journal));
	journal->loop = loop;
	TAILQ_INIT(&journal->kept);
	ev_io_init(&journal->room, on_room, fd, EV_WRITE);
	journal->room.data = journal;
	return journal;
}

/* The last words say why we end. */
static void flush_last(struct journal *journal)
{
	double end = monotonic_now() + LAST_WAIT;
	struct pollfd room = {.fd = journal->room.fd, .events = POLLOUT};

	while (!journal_flush(journal) && ev_is_active(&journal->room)) {
		double left = end - monotonic_now();
		if (left <= 0)
			return;
		poll(&room, 1, (int)(left * 1000) + 1);
	}
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	flush_last(journal);
	while (!TAILQ_EMPTY(&journal->kept))
		drop_first(journal);
	ev_io_stop(journal->loop, &journal->room);
	close(journal->room.fd);
	free(journal);
}

unsigned long journal_kept(const struct journal *journal)
{
	return journal->kept_count;
}

double journal_delay(const struct journal *journal)
{
	const struct kept_entry *first = TAILQ_FIRST(&journal->kept);

	return first ? monotonic_now() - first->since : 0;
}

unsigned long journal_lost(const struct journal *journal)
{
	return journal->lost;
}
