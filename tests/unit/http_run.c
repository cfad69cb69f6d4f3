/* SPDX-License-Identifier: MIT */
#include "http_run.h"

#include "mem.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct http_run *current;

void http_run_on_reply(
	void *left, const struct http_reply *reply, const struct error *err)
{
	unsigned *count = left;

	ck_assert((reply == NULL) != (err == NULL));
	if (reply) {
		const char *value = http_reply_header(reply, "retry-after");
		current->replies++;
		current->status = reply->status;
		current->length = reply->length;
		snprintf(current->body, sizeof(current->body), "%s",
			reply->body);
		snprintf(current->retry_after, sizeof(current->retry_after),
			"%s", value ? value : "");
	} else {
		current->failures++;
		current->err = *err;
	}
	if (count && --*count == 0)
		ev_break(current->loop, EVBREAK_ALL);
}

void http_run_start_client(struct http_run *run)
{
	struct error err;

	current = run;
	run->loop = ev_loop_new(EVFLAG_NOENV);
	run->dns = dns_new(run->loop);
	run->http = http_new(run->loop, run->dns, &err);
	ck_assert_ptr_nonnull(run->http);
}

void http_run_start(struct http_run *run,
	bool (*answer)(
		struct canned_peer *, const struct canned_request *, void *))
{
	run->server.answer = answer;
	canned_start(&run->server);
	http_run_start_client(run);
}

void http_run_stop(struct http_run *run)
{
	http_free(run->http);
	dns_free(run->dns);
	if (run->server.process)
		canned_stop(&run->server);
	ev_loop_destroy(run->loop);
	*run = (struct http_run){0};
}

struct http_transfer *http_run_send(struct http_run *run, const char *url,
	enum http_method method, unsigned *left)
{
	const struct http_request request = {
		.method = method,
		.url = url,
		.body = method == HTTP_POST ? "{\"x\":1}" : NULL,
		.content_type =
			method == HTTP_POST ? "application/jose+json" : NULL,
		.trust_file = run->server.trust_file,
	};

	return http_send(run->http, &request, http_run_on_reply, left);
}

void http_run_ask(
	struct http_run *run, enum http_method method, const char *path)
{
	unsigned left = 1;
	cleanup(string) char *url = text_format("%s%s", run->server.url, path);

	http_run_send(run, url, method, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(run->loop, 0);
	ck_assert_uint_eq(left, 0);
}

bool http_run_echo(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	cleanup(string) char *text =
		text_format("%s %s\n%s\n%s", request->method, request->path,
			request->headers, request->body);

	(void)data;
	if (streq(request->method, "HEAD"))
		canned_printf(peer,
			"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
			"RETRY-AFTER:\t 7 \r\n\r\n");
	else
		canned_reply(peer, 200, "Retry-After: 120\r\n", text);
	return true;
}
