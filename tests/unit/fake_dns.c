/* SPDX-License-Identifier: MIT */
#include "fake_dns.h"

#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER 12
#define TYPE_A 1
#define TYPE_AAAA 28

static const unsigned char ADDRESS[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
static const unsigned char ADDRESS4[4] = {192, 0, 2, 1};

/* How names are answered, by their first label. */
static const struct behaviour {
	const char *label;
	int code; /* of the reply; -1: none */
	int a; /* number of records; -1: no reply */
	int aaaa;
} BEHAVIOURS[] = {
	{"both", 0, 1, 1},
	{"four", 0, 1, 0},
	{"six", 0, 0, 1},
	{"half", 0, 1, -1},
	{"many", 0, 10, 10},
	{"empty", 0, 0, 0},
	{"gone", 3, 0, 0},
	{"broken", 2, 0, 0},
	{"refused", 5, 0, 0},
	{"mute", 0, -1, -1},
};

static const struct behaviour *find(const unsigned char *question)
{
	for (size_t i = 0; i < sizeof(BEHAVIOURS) / sizeof(*BEHAVIOURS); i++) {
		const char *label = BEHAVIOURS[i].label;
		if (question[0] == strlen(label) &&
			memcmp(question + 1, label, strlen(label)) == 0)
			return &BEHAVIOURS[i];
	}
	ck_abort_msg("no behaviour for the first label");
}

static size_t add_records(unsigned char *end, int type, int count)
{
	const unsigned char head[] = {0xc0, HEADER, 0, (unsigned char)type, 0,
		1, 0, 0, 0, 60, 0, type == TYPE_A ? 4 : 16};
	const unsigned char *start = end;

	for (int i = 0; i < count; i++) {
		memcpy(end, head, sizeof(head));
		end += sizeof(head);
		memcpy(end, type == TYPE_A ? ADDRESS4 : ADDRESS, head[11]);
		end += head[11];
		end[-1] = (unsigned char)(i + 1);
	}
	return (size_t)(end - start);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	unsigned char packet[2048];
	struct sockaddr_in from;
	socklen_t from_length = sizeof(from);
	struct fake_dns *server = io->data;
	ssize_t got = recvfrom(
		server->socket, packet, 512, 0, (void *)&from, &from_length);

	(void)loop;
	(void)events;
	ck_assert_int_gt(got, HEADER);
	server->queries++;
	size_t length = HEADER + strlen((const char *)packet + HEADER) + 1 + 4;
	int type = packet[length - 3];
	const struct behaviour *behaviour = find(packet + HEADER);
	int count = type == TYPE_AAAA ? behaviour->aaaa : behaviour->a;
	if (count < 0)
		return;
	packet[2] = 0x81;
	packet[3] = (unsigned char)(0x80 | behaviour->code);
	packet[7] = (unsigned char)count;
	packet[9] = packet[11] = 0;
	length += add_records(packet + length, type, count);
	sendto(server->socket, packet, length, 0, (void *)&from, from_length);
}

void fake_dns_write_resolv_conf(const struct fake_dns *server)
{
	char next[80];

	snprintf(next, sizeof(next), "%s.next", server->resolv_conf);
	FILE *file = fopen(next, "we");
	ck_assert_ptr_nonnull(file);
	fputs("search wrong.example\nnameserver 127.0.0.1\n", file);
	fclose(file);
	ck_assert_int_eq(rename(next, server->resolv_conf), 0);
}

void fake_dns_start(struct fake_dns *server, struct ev_loop *loop)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);

	*server = (struct fake_dns){.loop = loop};
	server->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		bind(server->socket, (void *)&address, sizeof(address)), 0);
	getsockname(server->socket, (void *)&address, &length);
	server->port = ntohs(address.sin_port);
	ev_io_init(&server->readable, on_readable, server->socket, EV_READ);
	server->readable.data = server;
	ev_io_start(loop, &server->readable);
	snprintf(server->resolv_conf, sizeof(server->resolv_conf),
		"/tmp/acmed-unit-resolv-XXXXXX");
	int file = mkstemp(server->resolv_conf);
	ck_assert_int_ge(file, 0);
	close(file);
	fake_dns_write_resolv_conf(server);
}

void fake_dns_stop(struct fake_dns *server)
{
	ev_io_stop(server->loop, &server->readable);
	close(server->socket);
	unlink(server->resolv_conf);
}
