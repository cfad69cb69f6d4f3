/* SPDX-License-Identifier: MIT */
#include "nonce_source.h"

#include "acme_reply.h"
#include "clock.h"
#include "mem.h"
#include "problem.h"

#include <time.h>

#define USELESS_MAX 3

static const char *new_nonce(
	struct nonce_source *source, const struct http_reply *reply)
{
	const char *nonce = http_reply_header(reply, "replay-nonce");

	return nonce_pool_is_new(&source->pool, nonce) ? nonce : NULL;
}

/* What a HEAD gave us instead of a nonce. */
static void explain(const struct http_reply *source, struct error *err)
{
	struct acme_reply reply;

	acme_reply_read(&reply, source, time(NULL));
	if (source->status / 100 == 2 && !reply_is_html(&reply.reply)) {
		fail_cause(err, ERROR_TRANSIENT, "K8",
			"the CA gives no new nonce (is it cached?)");
	} else {
		problem_from_reply(&reply.reply, err);
		error_prefix(err, "newNonce");
	}
	acme_reply_clear(&reply);
}

static void on_reply(
	void *data, const struct http_reply *reply, const struct error *err)
{
	struct nonce_fetch *fetch = data;
	struct nonce_source *source = fetch->source;
	struct error failure;

	fetch->transfer = NULL;
	if (err) {
		nonce_source_distrust(source);
		source->on_fetched(source->data, 0, err);
		return;
	}
	const char *nonce = new_nonce(source, reply);
	if (nonce) {
		source->useless = 0;
		nonce_pool_add(&source->pool, nonce, clock_seconds());
	} else if (reply->status / 100 != 2 ||
		++source->useless == USELESS_MAX) {
		source->useless = 0;
		explain(reply, &failure);
		err = &failure;
	}
	source->on_fetched(source->data, reply->status, err);
}

static void start(
	struct nonce_source *source, struct nonce_fetch *fetch, const char *url)
{
	source->head.method = HTTP_HEAD;
	source->head.url = url;
	fetch->source = source;
	fetch->transfer =
		http_send(source->http, &source->head, on_reply, fetch);
}

void nonce_source_clear(struct nonce_source *source)
{
	for (size_t i = 0; i < NONCE_FETCHES; i++)
		if (source->fetches[i].transfer)
			http_cancel(take(source->fetches[i].transfer));
	nonce_pool_clear(&source->pool);
}

char *nonce_source_take(struct nonce_source *source)
{
	return nonce_pool_take(&source->pool, clock_seconds());
}

void nonce_source_offer(
	struct nonce_source *source, const struct http_reply *reply)
{
	const char *nonce = new_nonce(source, reply);

	if (nonce)
		nonce_pool_add(&source->pool, nonce, clock_seconds());
}

char *nonce_source_take_from(
	struct nonce_source *source, const struct http_reply *reply)
{
	return mem_string(new_nonce(source, reply));
}

void nonce_source_distrust(struct nonce_source *source)
{
	nonce_pool_clear(&source->pool);
}

size_t nonce_source_fetch(
	struct nonce_source *source, const char *url, size_t wanted)
{
	size_t count = 0;

	for (size_t i = 0; i < NONCE_FETCHES; i++)
		count += source->fetches[i].transfer != NULL;
	for (size_t i = 0; i < NONCE_FETCHES && count < wanted; i++) {
		if (source->fetches[i].transfer)
			continue;
		start(source, &source->fetches[i], url);
		count++;
	}
	return count;
}
