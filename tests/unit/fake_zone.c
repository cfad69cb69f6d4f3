/* SPDX-License-Identifier: MIT */
#include "fake_zone.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#undef fail

#define PREFIX 2

void fake_zone_head(struct dns_message *reply, const struct fake_query *query,
	unsigned code, unsigned answers)
{
	const struct dns_header header = {
		.id = query->header.id,
		.flags =
			(uint16_t)(DNS_FLAG_REPLY | query->header.flags | code),
		.counts = {1, (uint16_t)answers, 0, 0},
	};

	dns_put_header(reply, &header);
	dns_put_name(reply, query->name);
	dns_put_16(reply, query->type);
	dns_put_16(reply, DNS_CLASS_IN);
}

static void put_record_head(struct dns_message *reply, unsigned type)
{
	dns_put_16(reply, 0xc000U | DNS_HEADER_SIZE);
	dns_put_16(reply, type);
	dns_put_16(reply, DNS_CLASS_IN);
	dns_put_32(reply, 60);
}

void fake_zone_name(struct dns_message *reply, unsigned type, const char *name)
{
	put_record_head(reply, type);
	dns_put_16(reply, (unsigned)strlen(name) + 2);
	dns_put_name(reply, name);
}

void fake_zone_bytes(struct dns_message *reply, unsigned type,
	const void *bytes, size_t length)
{
	put_record_head(reply, type);
	dns_put_16(reply, (unsigned)length);
	dns_put_bytes(reply, bytes, length);
}

void fake_zone_text(struct dns_message *reply, const char *value)
{
	unsigned char length = (unsigned char)strlen(value);

	put_record_head(reply, DNS_TYPE_TXT);
	dns_put_16(reply, length + 1U);
	dns_put_bytes(reply, &length, 1);
	dns_put_bytes(reply, value, length);
}

static bool answer(struct fake_zone *zone, const unsigned char *bytes,
	size_t length, bool is_stream, struct dns_message *reply)
{
	struct fake_query query = {.is_stream = is_stream};
	struct dns_reader reader = {.bytes = bytes, .length = length};

	*(is_stream ? &zone->streams : &zone->datagrams) += 1;
	ck_assert(dns_get_header(&reader, &query.header));
	ck_assert(dns_get_name(&reader, query.name));
	ck_assert(dns_get_16(&reader, &query.type));
	*reply = (struct dns_message){0};
	return zone->on_query(&query, reply);
}

static void on_datagram(struct ev_loop *loop, ev_io *io, int events)
{
	struct fake_zone *zone = io->data;
	unsigned char bytes[4096];
	struct dns_message reply;
	struct sockaddr_in from;
	socklen_t from_length = sizeof(from);
	ssize_t got = recvfrom(zone->udp, bytes, sizeof(bytes), 0,
		(void *)&from, &from_length);

	(void)loop;
	(void)events;
	ck_assert_int_gt(got, 0);
	if (answer(zone, bytes, (size_t)got, false, &reply))
		sendto(zone->udp, reply.bytes, reply.length, 0, (void *)&from,
			from_length);
}

static void drop_connection(struct fake_zone *zone)
{
	ev_io_stop(zone->loop, &zone->readable[2]);
	if (zone->connection >= 0)
		close(zone->connection);
	zone->connection = -1;
}

/* The client sends all of it at once. */
static void on_stream(struct ev_loop *loop, ev_io *io, int events)
{
	struct fake_zone *zone = io->data;
	unsigned char bytes[4096];
	struct dns_message reply;
	ssize_t got = recv(zone->connection, bytes, sizeof(bytes), 0);

	(void)loop;
	(void)events;
	if (got > PREFIX &&
		answer(zone, bytes + PREFIX, (size_t)got - PREFIX, true,
			&reply)) {
		const unsigned char prefix[] = {
			(unsigned char)(reply.length >> 8),
			(unsigned char)reply.length};
		/* In pieces, as a network may. */
		send(zone->connection, prefix, 1, MSG_NOSIGNAL);
		send(zone->connection, prefix + 1, 1, MSG_NOSIGNAL);
		send(zone->connection, reply.bytes, reply.length, MSG_NOSIGNAL);
	}
	drop_connection(zone);
}

static void on_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct fake_zone *zone = io->data;

	(void)events;
	drop_connection(zone);
	zone->connection = accept4(zone->tcp, NULL, NULL, SOCK_CLOEXEC);
	ck_assert_int_ge(zone->connection, 0);
	ev_io_set(&zone->readable[2], zone->connection, EV_READ);
	ev_io_start(loop, &zone->readable[2]);
}

/* A port that is free for both. */
static bool bind_both(struct fake_zone *zone)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);

	zone->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	zone->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(zone->udp, (void *)&address, sizeof(address)), 0);
	ck_assert_int_eq(getsockname(zone->udp, (void *)&address, &length), 0);
	zone->port = ntohs(address.sin_port);
	if (bind(zone->tcp, (void *)&address, sizeof(address)) == 0 &&
		listen(zone->tcp, 8) == 0)
		return true;
	close(zone->udp);
	close(zone->tcp);
	return false;
}

static void watch(struct fake_zone *zone, int i,
	void (*on_event)(struct ev_loop *, ev_io *, int), int socket)
{
	ev_io_init(&zone->readable[i], on_event, socket, EV_READ);
	zone->readable[i].data = zone;
	if (socket >= 0)
		ev_io_start(zone->loop, &zone->readable[i]);
}

void fake_zone_start(struct fake_zone *zone, struct ev_loop *loop)
{
	*zone = (struct fake_zone){.loop = loop, .connection = -1};
	for (int i = 0; !bind_both(zone); i++)
		ck_assert_int_lt(i, 100);
	watch(zone, 0, on_datagram, zone->udp);
	watch(zone, 1, on_connection, zone->tcp);
	ev_init(&zone->readable[2], on_stream);
	zone->readable[2].data = zone;
	strcpy(zone->resolv_conf, "/tmp/acmed-zone-XXXXXX");
	int file = mkstemp(zone->resolv_conf);
	ck_assert_int_ge(file, 0);
	dprintf(file, "nameserver 127.0.0.1\n");
	close(file);
	zone->dns = dns_new(loop);
	dns_set_resolv_conf(zone->dns, zone->resolv_conf, zone->port);
}

void fake_zone_stop(struct fake_zone *zone)
{
	drop_connection(zone);
	ev_io_stop(zone->loop, &zone->readable[0]);
	ev_io_stop(zone->loop, &zone->readable[1]);
	close(zone->udp);
	close(zone->tcp);
	dns_free(zone->dns);
	unlink(zone->resolv_conf);
}

struct dns_tools fake_zone_tools(
	const struct fake_zone *zone, struct helper *vault)
{
	return (struct dns_tools){
		.loop = zone->loop,
		.dns = zone->dns,
		.vault = vault,
		.port = zone->port,
	};
}

static void on_impatience(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
	ck_abort_msg("nothing comes");
}

void fake_zone_turn(
	struct fake_zone *zone, const unsigned *counter, unsigned goal)
{
	ev_timer patience;

	ev_timer_init(&patience, on_impatience, 20., 0.);
	ev_timer_start(zone->loop, &patience);
	while (*counter < goal)
		ev_run(zone->loop, EVRUN_ONCE);
	ev_timer_stop(zone->loop, &patience);
}
