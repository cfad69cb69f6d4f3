/* SPDX-License-Identifier: MIT */

/*
 * What a stranger sends to the port of tls-alpn-01 (RFC 8737): the first
 * records of TLS, of which we read server name and ALPN ourselves.
 */

#include "alpn_responder.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ALERT 21 /* the type of a record (RFC 8446 section 5.1) */

static struct ev_loop *loop;
static struct alpn_responder *responder;
static struct alpn_answer *answer;
static struct sockaddr_un door;
static socklen_t door_size;
static bool is_greeted; /* with something else than an alert */

static const struct alpn_answer *on_find(void *data, const char *name)
{
	(void)data;
	fuzz_check(strlen(name) < 256);
	return streq(name, "a.example") ? answer : NULL;
}

static void on_fetch(void *data, const char *name)
{
	(void)data;
	fuzz_check(streq(name, "a.example"));
}

static void prepare(void)
{
	static const struct alpn_source SOURCE = {
		.find = on_find, .on_fetch = on_fetch, .deadline = 10};
	struct challenge challenge = {.type = CHALLENGE_TLS_ALPN_01,
		.answer = (char[]){"token.thumb"}};

	identifier_parse("a.example", &challenge.identifier, NULL);
	answer = alpn_answer_new(&challenge, NULL);
	fuzz_check(answer != NULL);
	loop = ev_default_loop(0);
	responder = alpn_responder_new(loop, &SOURCE);
}

/* A socket that listens where nobody else comes (unix(7), autobind). */
static void open_door(void)
{
	struct sockaddr_un any = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(door);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	fuzz_check(!bind(fd, (struct sockaddr *)&any, sizeof(sa_family_t)));
	fuzz_check(!getsockname(fd, (struct sockaddr *)&door, &size));
	door_size = size;
	fuzz_check(!listen(fd, 8));
	reception_listen(alpn_responder_reception(responder), fd);
}

void fuzz_client_hello(const uint8_t *bytes, size_t length)
{
	char reply[65536];
	int client = socket(AF_UNIX, SOCK_STREAM, 0);

	if (!loop) {
		prepare();
		open_door();
	}
	fuzz_check(!connect(client, (struct sockaddr *)&door, door_size));
	if (length)
		fuzz_check(send(client, bytes, length, MSG_NOSIGNAL) > 0);
	shutdown(client, SHUT_WR);
	is_greeted = false;
	for (ssize_t got = 1; got != 0;) {
		ev_run(loop, EVRUN_ONCE);
		got = recv(client, reply, sizeof(reply), MSG_DONTWAIT);
		is_greeted |= got > 0 && *reply != ALERT;
	}
	close(client);
}

const char *fuzz_hello_end(void)
{
	return is_greeted ? "greeted" : "dropped";
}
