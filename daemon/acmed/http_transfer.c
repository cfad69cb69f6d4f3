/* SPDX-License-Identifier: MIT */
#include "http_transfer.h"

#include "mem.h"

#include <sys/socket.h>

#define STALL_BYTES_PER_SECOND 100

struct http_failure http_transfer_facts(const struct http_transfer *transfer)
{
	return (struct http_failure){
		.stage = transfer->stage,
		.host = transfer->host ? transfer->host : "",
		.port = transfer->port ? transfer->port : "443",
		.proxy = transfer->proxy,
		.source_address = transfer->source_address,
		.received = transfer->message.received,
	};
}

static void set_step(struct http_transfer *transfer, double seconds)
{
	ev_timer_stop(transfer->http->loop, &transfer->step);
	ev_timer_set(&transfer->step, seconds, 0.);
	ev_timer_start(transfer->http->loop, &transfer->step);
}

static double deadline(const struct http_transfer *transfer)
{
	const struct http_deadlines *deadlines = &transfer->http->deadlines;

	switch (transfer->stage) {
	case HTTP_NAME: /* dns has its own */
		return deadlines->all;
	case HTTP_TCP:
		return deadlines->tcp;
	case HTTP_TLS:
		return deadlines->tls;
	case HTTP_WAITING:
	case HTTP_REPLY:
		return deadlines->reply;
	case HTTP_BODY:
		return deadlines->stall;
	}
	abort();
}

void http_transfer_go(struct http_transfer *transfer, enum http_stage stage)
{
	transfer->stage = stage;
	set_step(transfer, deadline(transfer));
}

/* Stops everything: no callback will come, and curl knows it no more. */
static void detach(struct http_transfer *transfer)
{
	struct http *http = transfer->http;

	LIST_REMOVE(transfer, entry);
	ev_timer_stop(http->loop, &transfer->step);
	ev_timer_stop(http->loop, &transfer->all);
	if (transfer->query)
		dns_cancel(transfer->query);
	if (transfer->is_added)
		http_multi_remove(http->multi, transfer->easy);
}

static void release(struct http_transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->resolve);
	curl_free(transfer->peer);
	curl_free(transfer->port);
	curl_free(transfer->host);
	free(transfer->trust_file);
	free(transfer->proxy);
	free(transfer->source_address);
	http_message_clear(&transfer->message);
	free(transfer);
}

void http_transfer_end(
	struct http_transfer *transfer, const struct http_reply *reply)
{
	struct error err = transfer->err;

	detach(transfer);
	transfer->on_reply(transfer->data, reply, reply ? NULL : &err);
	release(transfer);
}

void http_transfer_fail_later(struct http_transfer *transfer)
{
	set_step(transfer, 0.);
}

/* Whoever knew best has spoken already, else curl's code must do. */
static void explain(struct http_transfer *transfer, CURLcode code)
{
	struct http_failure failure = http_transfer_facts(transfer);

	if (transfer->err.kind != ERROR_NONE)
		http_failure_name_host(&failure, &transfer->err);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		http_failure_of_time(
			&failure, deadline(transfer), &transfer->err);
	else
		http_failure_of_curl(&failure, transfer->easy, code,
			transfer->words, &transfer->err);
}

/* curl takes a head that breaks off for a reply without a body. */
static CURLcode look_at_head(struct http_transfer *transfer, CURLcode code)
{
	if (code != CURLE_OK || transfer->message.has_whole_head)
		return code;
	snprintf(transfer->words, sizeof(transfer->words), "%s",
		"the header has no end");
	return CURLE_PARTIAL_FILE;
}

void http_transfer_on_done(void *data, CURL *easy, CURLcode code)
{
	struct http *http = data;
	struct http_transfer *transfer;
	long number = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
	transfer->is_added = false;
	code = look_at_head(transfer, code);
	curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &number);
	http->counts.connections += (unsigned long)number;
	if (code == CURLE_OK) {
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &number);
		struct http_reply reply =
			http_message_reply(&transfer->message, number);
		http_transfer_end(transfer, &reply);
		return;
	}
	explain(transfer, code);
	if (transfer->stage <= HTTP_TCP)
		http_addresses_forget(&http->addresses, transfer->peer);
	http_transfer_end(transfer, NULL);
}

/* A reply that goes on arriving has not stalled. A curl before 7.80 does not
 * say when the handshake is over, so that is looked up. */
static bool goes_on(struct http_transfer *transfer)
{
	size_t received = transfer->message.received;
	double wanted =
		transfer->http->deadlines.stall * STALL_BYTES_PER_SECOND;
	curl_off_t connected = 0;

	if (transfer->stage == HTTP_TLS) {
		curl_easy_getinfo(
			transfer->easy, CURLINFO_APPCONNECT_TIME_T, &connected);
		if (connected > 0)
			http_transfer_go(transfer, HTTP_REPLY);
		return connected > 0;
	}
	if (transfer->stage != HTTP_BODY ||
		(double)(received - transfer->mark) < wanted)
		return false;
	transfer->mark = received;
	http_transfer_go(transfer, HTTP_BODY);
	return true;
}

static void on_step(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct http_transfer *transfer = timer->data;
	struct http_failure failure = http_transfer_facts(transfer);

	(void)loop;
	(void)events;
	if (transfer->err.kind == ERROR_NONE) {
		if (goes_on(transfer))
			return;
		http_failure_of_time(
			&failure, deadline(transfer), &transfer->err);
	}
	http_transfer_end(transfer, NULL);
}

static void on_all(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct http_transfer *transfer = timer->data;
	struct http_failure failure = http_transfer_facts(transfer);

	(void)loop;
	(void)events;
	fail_cause(&transfer->err, ERROR_TRANSIENT,
		transfer->stage == HTTP_BODY ? "N5" : "N1",
		"not finished within %g s, %zu bytes arrived",
		transfer->http->deadlines.all, transfer->message.received);
	http_failure_name_host(&failure, &transfer->err);
	http_transfer_end(transfer, NULL);
}

/* curl's callbacks: they only take notes. */

static curl_socket_t on_open_socket(
	void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct http_transfer *transfer = data;

	(void)purpose;
	if (transfer->stage < HTTP_TCP)
		http_transfer_go(transfer, HTTP_TCP);
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		address->protocol);
}

static CURLcode on_tls(CURL *easy, void *context, void *data)
{
	struct http_transfer *transfer = data;

	http_transfer_go(transfer, HTTP_TLS);
	/* The handshake has a deadline of its own. */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 0L);
	if (http_trust_apply(transfer->http->trust, transfer->trust_file,
		    context, &transfer->err))
		return CURLE_OK;
	return CURLE_SSL_CACERT_BADFILE;
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* The connection is there, the request goes out. */
static int on_request(void *data, char *peer, char *us, int peer_port, int port)
{
	(void)peer;
	(void)us;
	(void)peer_port;
	(void)port;
	http_transfer_go(data, HTTP_REPLY);
	return CURL_PREREQFUNC_OK;
}
#endif

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
	struct http_transfer *transfer = data;

	(void)size;
	if (transfer->stage < HTTP_BODY)
		http_transfer_go(transfer, HTTP_BODY);
	return http_message_add_header(
		       &transfer->message, line, count, &transfer->err)
		? count
		: 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
	struct http_transfer *transfer = data;

	(void)size;
	return http_message_add_body(
		       &transfer->message, bytes, count, &transfer->err)
		? count
		: 0;
}

static void set_callbacks(struct http_transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer);
#if LIBCURL_VERSION_NUM >= 0x075000
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
#endif
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	/* Divided by curl among the addresses of a family. */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(transfer->http->deadlines.tcp * 1000));
}

void http_transfer_free(struct http_transfer *transfer)
{
	detach(transfer);
	release(transfer);
}

void http_transfer_init(struct http_transfer *transfer)
{
	struct http *http = transfer->http;

	LIST_INSERT_HEAD(&http->transfers, transfer, entry);
	http_message_init(&transfer->message);
	ev_timer_init(&transfer->step, on_step, 0., 0.);
	ev_timer_init(&transfer->all, on_all, http->deadlines.all, 0.);
	transfer->step.data = transfer;
	transfer->all.data = transfer;
	ev_timer_start(http->loop, &transfer->all);
	if (transfer->easy)
		set_callbacks(transfer);
}
