/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include "acme_reply.h"
#include "directory_cache.h"
#include "mem.h"
#include "nonce_source.h"
#include "problem.h"

#include <sys/queue.h>
#include <time.h>

#define REJECTIONS_MAX 10
/* A nonce is hoped for from the replies under way, but not for long. */
#define PATIENCE 0.25
#define SIGN_DEADLINE 30.0

enum call_step {
	CALL_DIRECTORY, /* waits for the directory */
	CALL_NONCE, /* waits for a nonce */
	CALL_SIGN, /* the vault signs */
	CALL_SEND, /* the CA works */
	CALL_TELL, /* the timer delivers what there is */
};

struct exchange_call {
	TAILQ_ENTRY(exchange_call) entry;
	struct exchange *exchange; /* borrowed */
	enum call_step step;
	struct request request;
	char *nonce; /* owned */
	unsigned rejections; /* badNonce so far */
	struct helper_call *signing;
	struct http_transfer *transfer;
	const struct directory *directory; /* borrowed from the cache */
	ev_timer tell;
	struct error err;
	void (*on_directory)(void *data, const struct directory *directory,
		const struct error *err);
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err);
	void *data; /* borrowed */
};

struct exchange {
	struct exchange_setup setup;
	struct directory_cache directories;
	struct http_transfer *directory_fetch; /* NULL: not under way */
	struct nonce_source nonces;
	ev_timer turn; /* hands out nonces */
	bool is_impatient; /* at that turn: replies have not brought any */
	TAILQ_HEAD(, exchange_call) calls; /* the oldest first */
};

/* Goes on while the machine sleeps, and no clock is set back. */
static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct http_request request_to(const struct exchange *exchange,
	enum http_method method, const char *url)
{
	return (struct http_request){
		.method = method,
		.url = url,
		.trust_file = exchange->setup.trust_file,
		.proxy = exchange->setup.proxy,
		.source_address = exchange->setup.source_address,
	};
}

static void free_call(struct exchange_call *call)
{
	struct exchange *exchange = call->exchange;

	TAILQ_REMOVE(&exchange->calls, call, entry);
	ev_timer_stop(exchange->setup.loop, &call->tell);
	if (call->signing)
		helper_cancel(call->signing);
	if (call->transfer)
		http_cancel(call->transfer);
	request_clear(&call->request);
	free(call->nonce);
	free(call);
}

static void tell_later(struct exchange_call *call)
{
	call->step = CALL_TELL;
	ev_timer_set(&call->tell, 0., 0.);
	ev_timer_start(call->exchange->setup.loop, &call->tell);
}

/* Nonces are handed out from the loop, soon. */
static void wake(struct exchange *exchange, double after)
{
	ev_timer_stop(exchange->setup.loop, &exchange->turn);
	ev_timer_set(&exchange->turn, after, 0.);
	ev_timer_start(exchange->setup.loop, &exchange->turn);
	exchange->is_impatient = false;
}

/* Everyone who waits at this step hears of the failure. */
static void fail_all(
	struct exchange *exchange, enum call_step step, const struct error *err)
{
	struct exchange_call *call = TAILQ_FIRST(&exchange->calls);

	for (; call; call = TAILQ_NEXT(call, entry)) {
		if (call->step != step)
			continue;
		call->err = *err;
		tell_later(call);
	}
}

static size_t count_at(const struct exchange *exchange, enum call_step step)
{
	const struct exchange_call *call = TAILQ_FIRST(&exchange->calls);
	size_t count = 0;

	for (; call; call = TAILQ_NEXT(call, entry))
		count += call->step == step;
	return count;
}

/* The end of a call: the callback may free everything. */
static void finish(struct exchange_call *call, const struct reply *reply,
	const struct error *err)
{
	struct exchange_call copy = *call;
	struct error failure = err ? *err : (struct error){0};

	free_call(call);
	if (copy.on_directory)
		copy.on_directory(
			copy.data, copy.directory, err ? &failure : NULL);
	else
		copy.on_reply(copy.data, reply, err ? &failure : NULL);
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct exchange_call *call = timer->data;

	(void)loop;
	(void)events;
	finish(call, NULL, call->directory ? NULL : &call->err);
}

/* The directory. */

static void on_directory_reply(
	void *data, const struct http_reply *source, const struct error *err)
{
	struct exchange *exchange = data;
	struct directory *directory = NULL;
	struct error failure;
	struct acme_reply reply = {0};

	exchange->directory_fetch = NULL;
	if (err) {
		fail_all(exchange, CALL_DIRECTORY, err);
		return;
	}
	nonce_source_offer(&exchange->nonces, source);
	acme_reply_read(&reply, source, time(NULL));
	directory = directory_parse(
		exchange->setup.directory, &reply.reply, &failure);
	acme_reply_clear(&reply);
	if (!directory) {
		fail_all(exchange, CALL_DIRECTORY, &failure);
		return;
	}
	directory_cache_put(&exchange->directories, directory, seconds());
	struct exchange_call *call = TAILQ_FIRST(&exchange->calls);
	for (; call; call = TAILQ_NEXT(call, entry)) {
		if (call->step != CALL_DIRECTORY)
			continue;
		call->directory =
			directory_cache_borrow(&exchange->directories);
		tell_later(call);
	}
}

static void fetch_directory(struct exchange *exchange)
{
	struct http_request request =
		request_to(exchange, HTTP_GET, exchange->setup.directory);

	if (exchange->directory_fetch)
		return;
	request.accept = "application/json";
	exchange->directory_fetch = http_send(
		exchange->setup.http, &request, on_directory_reply, exchange);
}

/* Nonces. */

static void note_status(struct exchange *exchange, long status)
{
	if (status == 404 || status == 405)
		exchange->directories.is_stale = true;
}

static void on_nonce_fetched(void *data, long status, const struct error *err)
{
	struct exchange *exchange = data;

	note_status(exchange, status);
	if (err)
		fail_all(exchange, CALL_NONCE, err);
	wake(exchange, 0.);
}

/* Some calls wait. Replies under way will bring nonces for some of them. */
static void seek_nonces(struct exchange *exchange, size_t waiting, bool hopes)
{
	const struct directory *directory =
		directory_cache_newest(&exchange->directories);
	size_t hoped = hopes
		? count_at(exchange, CALL_SIGN) + count_at(exchange, CALL_SEND)
		: 0;
	size_t wanted = waiting > hoped ? waiting - hoped : 0;
	struct error err;

	if (!directory) {
		fail(&err, ERROR_LOCAL, "the directory of CA '%s' is not known",
			exchange->setup.ca);
		fail_all(exchange, CALL_NONCE, &err);
		return;
	}
	if (nonce_source_fetch(
		    &exchange->nonces, directory->new_nonce, wanted) > 0)
		return;
	wake(exchange, PATIENCE);
	exchange->is_impatient = true;
}

/* One signed request. */

static void on_post_reply(
	void *data, const struct http_reply *source, const struct error *err)
{
	struct exchange_call *call = data;
	struct exchange *exchange = call->exchange;
	struct acme_reply reply;

	call->transfer = NULL;
	wake(exchange, 0.);
	if (err) {
		nonce_source_distrust(&exchange->nonces);
		finish(call, NULL, err);
		return;
	}
	acme_reply_read(&reply, source, time(NULL));
	bool again = problem_is(&reply.reply, "badNonce") &&
		call->rejections++ < REJECTIONS_MAX;
	note_status(exchange, source->status);
	if (again) {
		/* The nonce of the error is the one for the retry. */
		call->nonce = nonce_source_take_from(&exchange->nonces, source);
		call->step = CALL_NONCE;
	} else {
		nonce_source_offer(&exchange->nonces, source);
		finish(call, &reply.reply, NULL);
	}
	acme_reply_clear(&reply);
}

static void on_signed(void *data, const json_t *answer, const struct error *err)
{
	struct exchange_call *call = data;
	struct exchange *exchange = call->exchange;
	const char *jws = json_string_value(json_object_get(answer, "jws"));
	struct http_request request =
		request_to(exchange, HTTP_POST, call->request.url);
	struct error failure;

	call->signing = NULL;
	if (!jws && !err) {
		fail_cause(&failure, ERROR_LOCAL, "M9",
			"helper 'vault' answers nonsense: no jws");
		err = &failure;
	}
	if (err) {
		wake(exchange, 0.);
		finish(call, NULL, err);
		return;
	}
	request.body = jws;
	request.content_type = "application/jose+json";
	call->step = CALL_SEND;
	call->transfer =
		http_send(exchange->setup.http, &request, on_post_reply, call);
}

/* The nonce is used up from here on, whatever happens. */
static void sign(struct exchange_call *call, const char *nonce)
{
	const struct exchange_setup *setup = &call->exchange->setup;
	bool by_key = call->request.signer == REQUEST_BY_KEY;
	json_t *request = json_pack("{s:s,s:s,s:b,s:s,s:s,s:s,s:s}", "verb",
		"sign", "ca", setup->ca, "staging", setup->staging, "by",
		by_key ? "key" : "account", "url", call->request.url, "nonce",
		nonce, "payload", call->request.payload);

	if (!request)
		abort();
	call->step = CALL_SIGN;
	call->signing = helper_call(
		setup->vault, request, SIGN_DEADLINE, on_signed, call);
}

/* Hands out nonces in the order of the calls. */
static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct exchange *exchange = timer->data;
	struct exchange_call *call = TAILQ_FIRST(&exchange->calls);
	bool hopes = !exchange->is_impatient;
	size_t waiting = 0;

	(void)loop;
	(void)events;
	exchange->is_impatient = false;
	for (; call; call = TAILQ_NEXT(call, entry)) {
		if (call->step != CALL_NONCE)
			continue;
		cleanup(string) char *nonce = call->nonce
			? take(call->nonce)
			: nonce_source_take(&exchange->nonces);
		if (nonce)
			sign(call, nonce);
		else
			waiting++;
	}
	if (waiting > 0)
		seek_nonces(exchange, waiting, hopes);
}

static struct exchange_call *new_call(struct exchange *exchange, void *data)
{
	struct exchange_call *call = mem_new(sizeof(*call));

	call->exchange = exchange;
	call->data = data;
	ev_timer_init(&call->tell, on_tell, 0., 0.);
	call->tell.data = call;
	TAILQ_INSERT_TAIL(&exchange->calls, call, entry);
	return call;
}

struct exchange *exchange_new(const struct exchange_setup *setup)
{
	struct exchange *exchange = mem_new(sizeof(*exchange));

	exchange->setup = *setup;
	exchange->nonces = (struct nonce_source){
		.http = setup->http,
		.head = request_to(exchange, HTTP_HEAD, NULL),
		.on_fetched = on_nonce_fetched,
		.data = exchange,
	};
	TAILQ_INIT(&exchange->calls);
	ev_timer_init(&exchange->turn, on_turn, 0., 0.);
	exchange->turn.data = exchange;
	return exchange;
}

void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	while (!TAILQ_EMPTY(&exchange->calls))
		free_call(TAILQ_FIRST(&exchange->calls));
	if (exchange->directory_fetch)
		http_cancel(exchange->directory_fetch);
	ev_timer_stop(exchange->setup.loop, &exchange->turn);
	nonce_source_clear(&exchange->nonces);
	directory_cache_clear(&exchange->directories);
	free(exchange);
}

struct exchange_call *exchange_directory(struct exchange *exchange,
	void (*on_directory)(void *data, const struct directory *directory,
		const struct error *err),
	void *data)
{
	struct exchange_call *call = new_call(exchange, data);

	call->on_directory = on_directory;
	if (directory_cache_is_fresh(&exchange->directories, seconds())) {
		call->directory =
			directory_cache_borrow(&exchange->directories);
		tell_later(call);
		return call;
	}
	call->step = CALL_DIRECTORY;
	fetch_directory(exchange);
	return call;
}

void exchange_directory_release(
	struct exchange *exchange, const struct directory *directory)
{
	directory_cache_release(&exchange->directories, directory);
}

struct exchange_call *exchange_post(struct exchange *exchange,
	const struct request *request,
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err),
	void *data)
{
	struct exchange_call *call = new_call(exchange, data);

	call->on_reply = on_reply;
	if (!request_set(&call->request, request->signer, request->url,
		    request->payload))
		abort();
	call->step = CALL_NONCE;
	wake(exchange, 0.);
	return call;
}

void exchange_cancel(struct exchange_call *call)
{
	if (call->directory)
		directory_cache_release(
			&call->exchange->directories, call->directory);
	wake(call->exchange, 0.);
	free_call(call);
}
