/* SPDX-License-Identifier: MIT */
#include "door.h"

#include "diagnosis_errno.h"
#include "mem.h"
#include "port_owner.h"
#include "text.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024 /* several looks at each of a hundred names */
#define HTTPS_PORT 443

struct door {
	struct door *next;
	struct doors *doors;
	char *address; /* owned, as Listen= has it */
	unsigned users;
	struct reception_listener *listeners[2]; /* one a family */
};

struct doors {
	struct reception *reception; /* borrowed */
	struct door *first;
	bool has_adopted[2]; /* by kind */
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

/* What Listen= says. */

static bool parse_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || number == 0 || number > 65535)
		return false;
	*port = (uint16_t)number;
	return true;
}

/* Splits "HOST:PORT" and "[HOST]:PORT"; a port alone has the host "". */
static bool split(
	const char *text, char host[static INET6_ADDRSTRLEN], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	const char *start = text;
	size_t length = colon ? (size_t)(colon - text) : 0;

	if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
		start++;
		length -= 2;
	}
	if (length >= INET6_ADDRSTRLEN)
		return false;
	memcpy(host, start, length);
	host[length] = '\0';
	if (streq(host, "*"))
		host[0] = '\0';
	return parse_port(colon ? colon + 1 : text, port);
}

static bool parse_host(const char *host, uint16_t port, union address *out)
{
	*out = (union address){.v4 = {.sin_port = htons(port)}};
	if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
		out->any.sa_family = AF_INET;
		return true;
	}
	*out = (union address){.v6 = {.sin6_port = htons(port)}};
	out->any.sa_family = AF_INET6;
	return inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1;
}

/* Sockets. */

static socklen_t length_of(const union address *address)
{
	switch (address->any.sa_family) {
	case AF_INET:
		return sizeof(address->v4);
	case AF_INET6:
		return sizeof(address->v6);
	default:
		return sizeof(address->local);
	}
}

/* -1 with errno. */
static int listen_at(const union address *address)
{
	const int on = 1;
	int family = address->any.sa_family;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &address->any, length_of(address)) == 0 &&
		listen(fd, BACKLOG) == 0)
		return fd;
	int number = errno;
	close(fd);
	errno = number;
	return -1;
}

static bool fail_port(struct error *err, int number, uint16_t port)
{
	struct port_owner owner;
	char who[192] = "another program";

	const char *code = diagnosis_of_listen(number);

	if (number == EACCES || number == EPERM)
		return fail_cause(err, ERROR_LOCAL, code,
			"may not listen on port %u: %s", port,
			strerror(number));
	if (number != EADDRINUSE)
		return fail_errno(
			err, number, "cannot listen on port %u", port);
	if (port_owner_find(port, &owner))
		port_owner_describe(&owner, who, sizeof(who));
	return fail_cause(err, ERROR_REFUSED, code,
		"port %u is not ours: served by %s: %s, or stop it", port, who,
		port == HTTPS_PORT ? "use Solver=socket or Type=http-01"
				   : "use Solver=webroot or Solver=socket");
}

static bool add_listener(struct door *door, const union address *address)
{
	int fd = listen_at(address);

	if (fd < 0)
		return false;
	door->listeners[door->listeners[0] ? 1 : 0] =
		reception_listen(door->doors->reception, fd);
	return true;
}

static bool is_family_absent(int number)
{
	return number == EAFNOSUPPORT || number == EADDRNOTAVAIL;
}

static bool open_both(struct door *door, uint16_t port, struct error *err)
{
	const char *const hosts[] = {"::", "0.0.0.0"};

	for (int i = 0; i < 2; i++) {
		union address address;
		parse_host(hosts[i], port, &address);
		if (!add_listener(door, &address) && !is_family_absent(errno))
			return fail_port(err, errno, port);
	}
	return door->listeners[0] || fail_port(err, EAFNOSUPPORT, port);
}

static bool open_tcp(struct door *door, struct error *err)
{
	char host[INET6_ADDRSTRLEN];
	union address address;
	uint16_t port;

	if (!split(door->address, host, &port))
		return fail(err, ERROR_REFUSED, "Listen='%s' is no address",
			door->address);
	if (!*host)
		return open_both(door, port, err);
	if (!parse_host(host, port, &address))
		return fail(err, ERROR_REFUSED, "Listen='%s' is no address",
			door->address);
	return add_listener(door, &address) || fail_port(err, errno, port);
}

static void remove_socket(const char *path)
{
	struct stat status;

	if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		unlink(path);
}

static bool open_unix(struct door *door, struct error *err)
{
	union address address = {.local = {.sun_family = AF_UNIX}};

	if (strlen(door->address) >= sizeof(address.local.sun_path))
		return fail(err, ERROR_REFUSED,
			"the path of the socket '%s' is too long",
			door->address);
	strcpy(address.local.sun_path, door->address);
	remove_socket(door->address); /* of one that was killed */
	mode_t before = umask(0111);
	bool is_open = add_listener(door, &address);
	int number = errno;
	umask(before);
	return is_open ||
		fail_errno(err, number, "cannot listen on '%s'", door->address);
}

/* Doors. */

static bool is_path(const char *address)
{
	return address[0] == '/';
}

static void free_door(struct door *door)
{
	struct door **link = &door->doors->first;

	while (*link != door)
		link = &(*link)->next;
	*link = door->next;
	for (int i = 0; i < 2; i++)
		if (door->listeners[i])
			reception_unlisten(door->listeners[i]);
	if (is_path(door->address) && door->listeners[0])
		remove_socket(door->address);
	free(door->address);
	free(door);
}

static struct door *new_door(struct doors *doors, const char *address)
{
	struct door *door = mem_new(sizeof(*door));

	door->doors = doors;
	door->address = mem_string(address);
	door->next = doors->first;
	doors->first = door;
	return door;
}

static struct door *open_door(
	struct doors *doors, const char *address, struct error *err)
{
	for (struct door *d = doors->first; d; d = d->next)
		if (streq(d->address, address))
			return d;
	struct door *door = new_door(doors, address);
	if (is_path(address) ? open_unix(door, err) : open_tcp(door, err))
		return door;
	free_door(door);
	return NULL;
}

bool door_set_open(struct door_set *set, struct doors *doors,
	const struct strings *listen, const char *otherwise, struct error *err)
{
	size_t count = listen->count ? listen->count : 1;

	assert(!set->count);
	set->items = mem_new(count * sizeof(*set->items));
	for (size_t i = 0; i < count; i++) {
		struct door *door = open_door(doors,
			listen->count ? listen->items[i] : otherwise, err);
		if (!door) {
			door_set_close(set);
			return false;
		}
		door->users++;
		set->items[set->count++] = door;
	}
	return true;
}

void door_set_close(struct door_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (--set->items[i]->users == 0)
			free_door(set->items[i]);
	free(set->items);
	*set = (struct door_set){0};
}

void doors_adopt(struct doors *doors, int fd)
{
	union address address = {0};
	socklen_t length = sizeof(address);

	getsockname(fd, &address.any, &length);
	bool is_unix = address.any.sa_family == AF_UNIX;
	doors->has_adopted[is_unix ? DOOR_UNIX : DOOR_TCP] = true;
	reception_listen(doors->reception, fd);
}

bool doors_have_adopted(const struct doors *doors, enum door_kind kind)
{
	return doors->has_adopted[kind];
}

struct doors *doors_new(struct reception *reception)
{
	struct doors *doors = mem_new(sizeof(*doors));

	doors->reception = reception;
	return doors;
}

void doors_free(struct doors *doors)
{
	if (!doors)
		return;
	while (doors->first)
		free_door(doors->first);
	free(doors);
}
