/* SPDX-License-Identifier: MIT */
#include "canned_ca.h"

#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

#define BAD_NONCE "{\"type\":\"urn:ietf:params:acme:error:badNonce\"}"

/* In the process of the server. */
static const struct canned_server *server;
static struct canned_ca *ca;

static void use_nonce(const char *body)
{
	const char *nonce = strstr(body, "\"nonce\":\"n");
	unsigned number =
		nonce ? (unsigned)strtoul(nonce + 10, NULL, 10) % 4096 : 0;

	ca->reused += ca->was_used[number];
	ca->was_used[number] = true;
	ca->disobeyed += ca->owed && number != ca->owed;
	ca->owed = 0;
}

static void answer_with_nonce(
	struct canned_peer *peer, int code, const char *body)
{
	cleanup(string) char *headers = text_format(
		"Replay-Nonce: n%u\r\nContent-Type: application/json\r\n",
		++ca->issued);

	canned_reply(peer, code, ca->keeps_nonces ? "" : headers, body);
}

static void answer_directory(struct canned_peer *peer)
{
	cleanup(string) char *body = text_format(
		"{\"newNonce\":\"%s/nonce\",\"newAccount\":\"%s/account\","
		"\"newOrder\":\"%s/order\"}",
		server->url, server->url, server->url);
	cleanup(string) char *headers = text_format(
		"Content-Type: %s\r\n%s%s%s",
		ca->is_html ? "text/html" : "application/json",
		*ca->date ? "Date: " : "", ca->date, *ca->date ? "\r\n" : "");

	ca->directories++;
	canned_reply(peer, 200, headers,
		ca->is_html ? "<html>Please log in</html>" : body);
}

static void answer_head(struct canned_peer *peer)
{
	unsigned nonce = ca->head_repeats ? 1 : ++ca->issued;

	ca->heads++;
	if (ca->head_status)
		canned_printf(peer,
			"HTTP/1.1 %d No\r\nRetry-After: 77\r\n"
			"Content-Length: 0\r\n\r\n",
			ca->head_status);
	else
		canned_printf(peer,
			"HTTP/1.1 200 OK\r\nReplay-Nonce: n%u\r\n"
			"\r\n",
			nonce);
}

static void answer_post(
	struct canned_peer *peer, const struct canned_request *request)
{
	ca->posts++;
	use_nonce(request->body);
	snprintf(ca->body, sizeof(ca->body), "%s", request->body);
	if (ca->reject > 0) {
		ca->reject--;
		answer_with_nonce(peer, 400, BAD_NONCE);
		ca->owed = ca->keeps_nonces ? 0 : ca->issued;
		return;
	}
	answer_with_nonce(peer, ca->post_status ? ca->post_status : 200, "{}");
}

static void note_headers(int which, const struct canned_request *request)
{
	snprintf(ca->headers[which], sizeof(*ca->headers), "\r\n%s",
		request->headers);
}

struct canned_ca *canned_ca_of(const struct canned_server *from)
{
	return (void *)from->shared->scratch;
}

bool canned_ca_answer(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	server = data;
	ca = canned_ca_of(server);
	note_headers(streq(request->method, "GET")       ? 0
			: streq(request->method, "HEAD") ? 1
							 : 2,
		request);
	if (streq(request->path, "/cut"))
		return false;
	if (streq(request->method, "HEAD"))
		answer_head(peer);
	else if (streq(request->method, "GET"))
		answer_directory(peer);
	else
		answer_post(peer, request);
	return true;
}
