/* SPDX-License-Identifier: MIT */
#include "sockets.h"

#include "mem.h"

struct sockets_entry {
	LIST_ENTRY(sockets_entry) entry;
	struct sockets *sockets; /* borrowed */
	ev_io io;
};

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct sockets_entry *entry = io->data;

	(void)loop;
	entry->sockets->on_event(entry->sockets->data, io->fd, events);
}

static struct sockets_entry *find(struct sockets *sockets, int socket)
{
	struct sockets_entry *entry = LIST_FIRST(&sockets->entries);

	while (entry && entry->io.fd != socket)
		entry = LIST_NEXT(entry, entry);
	return entry;
}

static struct sockets_entry *add(struct sockets *sockets, int socket)
{
	struct sockets_entry *entry = mem_new(sizeof(*entry));

	entry->sockets = sockets;
	ev_io_init(&entry->io, on_io, socket, 0);
	/* What came in time counts, also when the library's timer is late. */
	ev_set_priority(&entry->io, 1);
	entry->io.data = entry;
	LIST_INSERT_HEAD(&sockets->entries, entry, entry);
	return entry;
}

static void drop(struct sockets_entry *entry)
{
	ev_io_stop(entry->sockets->loop, &entry->io);
	LIST_REMOVE(entry, entry);
	free(entry);
}

void sockets_watch(struct sockets *sockets, int socket, int events)
{
	struct sockets_entry *entry = find(sockets, socket);

	if (events == 0) {
		if (entry)
			drop(entry);
		return;
	}
	if (!entry)
		entry = add(sockets, socket);
	ev_io_stop(sockets->loop, &entry->io);
	ev_io_set(&entry->io, socket, events);
	ev_io_start(sockets->loop, &entry->io);
}

void sockets_clear(struct sockets *sockets)
{
	while (!LIST_EMPTY(&sockets->entries))
		drop(LIST_FIRST(&sockets->entries));
}
