/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An HTTPS server (HTTP/1.1) in a process of its own that answers whatever
 * the test wants. Its CA is made at start. The answering function runs in
 * that process, for one request at a time; what the test is to see of it has
 * to be in `shared`.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum canned_certificate {
	CANNED_GOOD, /* for localhost and 127.0.0.1 */
	CANNED_OTHER_NAME,
	CANNED_EXPIRED,
	CANNED_FUTURE,
	CANNED_STRANGER, /* of a CA that is not in the trust file */
};

enum canned_manner {
	CANNED_TLS,
	CANNED_MUTE, /* takes the connection and says nothing */
	CANNED_RESET, /* resets it at once */
	CANNED_PLAIN, /* speaks HTTP without TLS, as a proxy for CONNECT */
	CANNED_SPEAKS_FIRST, /* HTTP without TLS, without being asked */
};

struct canned_request {
	const char *method;
	const char *path;
	const char *headers; /* all lines, with "\r\n" */
	const char *body;
	unsigned number; /* of the server, from 1 */
	unsigned connection; /* from 1 */
	unsigned on_connection; /* how many it was there, from 1 */
};

struct canned_peer; /* the client's connection */

/* Memory that test and server have in common, zeroed at start. */
struct canned_shared {
	unsigned requests;
	unsigned connections;
	char scratch[16384]; /* the test's own */
};

struct canned_server {
	enum canned_certificate certificate;
	enum canned_manner manner;
	/* Returns false to close the connection. */
	bool (*answer)(struct canned_peer *peer,
		const struct canned_request *request, void *data);
	void *data;

	/* Filled in by canned_start(). */
	uint16_t port;
	char url[48]; /* "https://127.0.0.1:PORT" */
	char trust_file[48];
	struct canned_shared *shared;
	pid_t process;
	int listening;
	void *tls; /* SSL_CTX */
	pthread_mutex_t lock; /* held while a request is answered */
};

void canned_start(struct canned_server *server);
void canned_stop(struct canned_server *server);

/* For answering: raw bytes, formatted, or a whole reply with a length. */
void canned_write(struct canned_peer *peer, const void *bytes, size_t length);
void canned_printf(struct canned_peer *peer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* `headers` are whole lines. */
void canned_reply(struct canned_peer *peer, int status, const char *headers,
	const char *body);
/* Lets the others be answered while this one waits. */
void canned_sleep(struct canned_peer *peer, unsigned milliseconds);

/* A TCP port on 127.0.0.1 that lets nobody connect: SYNs are dropped. */
uint16_t canned_black_hole(void);
