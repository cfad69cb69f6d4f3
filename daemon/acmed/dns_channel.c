/* SPDX-License-Identifier: MIT */
#include "dns_channel.h"

#include "mem.h"
#include "memory.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRY_MILLISECONDS 2000
#define TRIES 3

/* Which file it was. */
struct identity {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct dns_channel {
	struct ev_loop *loop; /* borrowed */
	char *resolv_conf; /* owned */
	uint16_t port;
	struct identity identity;
	int unreadable; /* errno, or 0 */
	bool is_open;
	ares_channel ares; /* owned, when it is open */
	struct sockets sockets;
	ev_timer timer;
};

/* c-ares says when it wants to be called next. */
static void arm(struct dns_channel *channel)
{
	struct timeval wait;

	ev_timer_stop(channel->loop, &channel->timer);
	if (!channel->is_open || !ares_timeout(channel->ares, NULL, &wait))
		return;
	ev_timer_set(&channel->timer,
		(double)wait.tv_sec + (double)wait.tv_usec / 1e6, 0.);
	ev_timer_start(channel->loop, &channel->timer);
}

static void on_event(void *data, int socket, int events)
{
	struct dns_channel *channel = data;

	ares_process_fd(channel->ares,
		events & EV_READ ? socket : ARES_SOCKET_BAD,
		events & EV_WRITE ? socket : ARES_SOCKET_BAD);
	arm(channel);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_channel *channel = timer->data;

	(void)loop;
	(void)events;
	ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(channel);
}

static void on_socket_state(void *data, int socket, int readable, int writable)
{
	struct dns_channel *channel = data;

	sockets_watch(&channel->sockets, socket,
		(readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
}

/* 0, or the errno with which the file cannot be read. */
static int identify(const char *path, struct identity *identity)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*identity = (struct identity){0};
	if (file < 0)
		return errno;
	int number = fstat(file, &status) < 0 ? errno : 0;
	close(file);
	if (number != 0)
		return number;
	*identity = (struct identity){
		.device = status.st_dev,
		.inode = status.st_ino,
		.size = status.st_size,
		.changed = status.st_mtim,
	};
	return 0;
}

static bool same_file(const struct identity *a, const struct identity *b)
{
	return a->device == b->device && a->inode == b->inode &&
		a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
		a->changed.tv_nsec == b->changed.tv_nsec;
}

static void open_channel(struct dns_channel *channel)
{
	char from_both[] = "fb";
	char from_hosts[] = "f";
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH,
		.timeout = TRY_MILLISECONDS,
		.tries = TRIES,
		.udp_port = channel->port,
		.tcp_port = channel->port,
		.lookups = channel->unreadable ? from_hosts : from_both,
		.resolvconf_path = channel->resolv_conf,
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = channel,
	};

	channel->is_open =
		ares_init_options(&channel->ares, &options,
			ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
				ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS |
				ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT |
				ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB) ==
		ARES_SUCCESS;
}

static void close_channel(struct dns_channel *channel)
{
	if (!channel->is_open)
		return;
	channel->is_open = false;
	ares_destroy(channel->ares);
	sockets_clear(&channel->sockets);
	ev_timer_stop(channel->loop, &channel->timer);
}

struct dns_channel *dns_channel_new(
	struct ev_loop *loop, const char *resolv_conf, uint16_t port)
{
	struct dns_channel *channel = mem_new(sizeof(*channel));

	memory_guard_ares();
	channel->loop = loop;
	channel->resolv_conf = mem_string(resolv_conf);
	channel->port = port ? port : DNS_PORT;
	channel->sockets = (struct sockets){
		.loop = loop,
		.on_event = on_event,
		.data = channel,
	};
	ev_timer_init(&channel->timer, on_timer, 0., 0.);
	channel->timer.data = channel;
	return channel;
}

void dns_channel_free(struct dns_channel *channel)
{
	if (!channel)
		return;
	close_channel(channel);
	free(channel->resolv_conf);
	free(channel);
	ares_library_cleanup();
}

bool dns_channel_refresh(struct dns_channel *channel)
{
	struct identity now;
	int unreadable = identify(channel->resolv_conf, &now);

	if (channel->is_open && unreadable == channel->unreadable &&
		same_file(&now, &channel->identity))
		return false;
	close_channel(channel);
	channel->identity = now;
	channel->unreadable = unreadable;
	open_channel(channel);
	return true;
}

int dns_channel_unreadable(const struct dns_channel *channel)
{
	return channel->unreadable;
}

void dns_channel_ask(struct dns_channel *channel, const char *name, int family,
	ares_addrinfo_callback on_answer, void *data)
{
	const struct ares_addrinfo_hints hints = {
		.ai_flags = ARES_AI_NOSORT,
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
	};

	if (!channel->is_open) {
		on_answer(data, ARES_ENOTINITIALIZED, 0, NULL);
		return;
	}
	ares_getaddrinfo(channel->ares, name, NULL, &hints, on_answer, data);
	arm(channel);
}

static bool read_server(const struct dns_channel *channel,
	const struct ares_addr_port_node *node, struct dns_server *server)
{
	uint16_t port =
		node->udp_port ? (uint16_t)node->udp_port : channel->port;

	server->address.family = node->family;
	server->port = port ? port : DNS_PORT;
	return inet_ntop(node->family, &node->addr, server->address.text,
		sizeof(server->address.text));
}

size_t dns_channel_servers(const struct dns_channel *channel,
	struct dns_server servers[DNS_SERVERS])
{
	struct ares_addr_port_node *nodes = NULL;
	size_t count = 0;

	if (!channel->is_open ||
		ares_get_servers_ports(channel->ares, &nodes) != ARES_SUCCESS)
		return 0;
	for (struct ares_addr_port_node *node = nodes;
		node && count < DNS_SERVERS; node = node->next)
		if (read_server(channel, node, &servers[count]))
			count++;
	ares_free_data(nodes);
	return count;
}
