/* SPDX-License-Identifier: MIT */
#include "http_transfer.h"

#include "http_easy.h"
#include "mem.h"
#include "memory.h"

#include <arpa/inet.h>
#include <stdio.h>

static const struct http_deadlines DEADLINES = {
	.tcp = 10,
	.tls = 10,
	.reply = 30,
	.stall = 20,
	.all = 90,
};

/* Hands the request to curl. */
static void begin(struct http_transfer *transfer)
{
	transfer->is_added =
		http_multi_add(transfer->http->multi, transfer->easy);
	if (transfer->is_added) {
		transfer->http->counts.requests++;
		http_transfer_go(transfer, HTTP_WAITING);
		return;
	}
	fail_memory(&transfer->err);
	http_transfer_fail_later(transfer);
}

/* With these addresses curl never asks its own resolver, which is a thread. */
static void begin_with(struct http_transfer *transfer,
	const struct dns_address *addresses, size_t count)
{
	cleanup(string) char *entry = http_addresses_to_curl(transfer->peer,
		transfer->port, addresses, count, transfer->source_address);

	if (entry)
		transfer->resolve = curl_slist_append(NULL, entry);
	if (transfer->resolve) {
		curl_easy_setopt(
			transfer->easy, CURLOPT_RESOLVE, transfer->resolve);
		begin(transfer);
		return;
	}
	fail_cause(&transfer->err, ERROR_LOCAL, "N10",
		"'%s' has no address that can be reached from '%s'",
		transfer->peer,
		transfer->source_address ? transfer->source_address : "here");
	http_transfer_fail_later(transfer);
}

static void on_addresses(void *data, const struct dns_address *addresses,
	size_t count, const struct error *err)
{
	struct http_transfer *transfer = data;
	struct http_failure failure = http_transfer_facts(transfer);
	struct http *http = transfer->http;

	transfer->query = NULL;
	if (!err) {
		http_addresses_keep(&http->addresses, transfer->peer,
			ev_now(http->loop), addresses, count);
		begin_with(transfer, addresses, count);
		return;
	}
	transfer->err = *err;
	/* H14 speaks of a name to be validated, this is the CA's. */
	snprintf(transfer->err.code, sizeof(transfer->err.code), "N3");
	http_failure_name_host(&failure, &transfer->err);
	http_transfer_end(transfer, NULL);
}

static bool is_literal(const char *host)
{
	unsigned char bytes[16];

	return *host == '[' || inet_pton(AF_INET, host, bytes) == 1;
}

static void find_addresses(struct http_transfer *transfer)
{
	struct http *http = transfer->http;
	size_t count;
	const struct dns_address *addresses = http_addresses_find(
		&http->addresses, transfer->peer, ev_now(http->loop), &count);

	if (is_literal(transfer->peer)) {
		begin(transfer);
	} else if (addresses) {
		begin_with(transfer, addresses, count);
	} else {
		http_transfer_go(transfer, HTTP_NAME);
		transfer->query = dns_resolve(
			http->dns, transfer->peer, on_addresses, transfer);
	}
}

/* Part of a URL, to be freed with curl_free(), or NULL. */
static char *url_part(const char *url, CURLUPart what)
{
	CURLU *parts = curl_url();
	char *part = NULL;

	if (parts &&
		curl_url_set(parts, CURLUPART_URL, url, CURLU_GUESS_SCHEME) ==
			CURLUE_OK)
		curl_url_get(parts, what, &part, CURLU_DEFAULT_PORT);
	curl_url_cleanup(parts);
	return part;
}

/* A SOCKS proxy would have curl look names up by itself. */
static bool is_proxy(const char *proxy)
{
	char *scheme = url_part(proxy, CURLUPART_SCHEME);
	bool is = scheme && (streq(scheme, "http") || streq(scheme, "https"));

	curl_free(scheme);
	return is;
}

/* Where to connect to. */
static bool find_peer(struct http_transfer *transfer, const char *url)
{
	const char *proxy = transfer->proxy;

	if (text_starts_with(url, "https://"))
		transfer->host = url_part(url, CURLUPART_HOST);
	if (!transfer->host)
		return fail(&transfer->err, ERROR_REFUSED,
			"'%s' is no https URL", url);
	if (proxy && !is_proxy(proxy))
		return fail_cause(&transfer->err, ERROR_REFUSED, "N7",
			"'%s' is no URL of an HTTP proxy", proxy);
	transfer->peer = url_part(proxy ? proxy : url, CURLUPART_HOST);
	transfer->port = url_part(proxy ? proxy : url, CURLUPART_PORT);
	if (!transfer->peer || !transfer->port)
		return fail_memory(&transfer->err);
	/* curl takes 1080 where nothing is said. */
	curl_easy_setopt(transfer->easy, CURLOPT_PROXYPORT,
		strtol(transfer->port, NULL, 10));
	return true;
}

struct http *http_new(struct ev_loop *loop, struct dns *dns, struct error *err)
{
	if (!memory_guard_curl()) {
		fail(err, ERROR_LOCAL, "libcurl does not start");
		return NULL;
	}
	struct http *http = mem_new(sizeof(*http));
	http->loop = loop;
	http->dns = dns;
	http->multi = http_multi_new(loop, http_transfer_on_done, http);
	http->trust = http_trust_new();
	http->deadlines = DEADLINES;
	http_easy_user_agent(http->user_agent, sizeof(http->user_agent));
	LIST_INIT(&http->transfers);
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	while (!LIST_EMPTY(&http->transfers))
		http_transfer_free(LIST_FIRST(&http->transfers));
	http_multi_free(http->multi);
	http_trust_free(http->trust);
	http_addresses_clear(&http->addresses);
	free(http);
	curl_global_cleanup();
}

struct http_transfer *http_send(struct http *http,
	const struct http_request *request,
	void (*on_reply)(void *data, const struct http_reply *reply,
		const struct error *err),
	void *data)
{
	struct http_transfer *transfer = mem_new(sizeof(*transfer));

	transfer->http = http;
	transfer->trust_file = mem_string(request->trust_file);
	transfer->proxy = mem_string(request->proxy);
	transfer->source_address = mem_string(request->source_address);
	transfer->on_reply = on_reply;
	transfer->data = data;
	transfer->easy =
		http_easy_new(request, http->user_agent, &transfer->headers);
	http_transfer_init(transfer);
	if (!transfer->easy)
		fail_memory(&transfer->err);
	else if (find_peer(transfer, request->url))
		find_addresses(transfer);
	if (transfer->err.kind != ERROR_NONE)
		http_transfer_fail_later(transfer);
	return transfer;
}

void http_cancel(struct http_transfer *transfer)
{
	http_transfer_free(transfer);
}

struct http_counts http_count(const struct http *http)
{
	return http->counts;
}

void http_set_deadlines(
	struct http *http, const struct http_deadlines *deadlines)
{
	http->deadlines = *deadlines;
}
