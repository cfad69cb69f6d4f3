/* SPDX-License-Identifier: MIT */
#include "exchange_call.h"

#include "acme_reply.h"
#include "directory_cache.h"
#include "exchange_sign.h"
#include "mem.h"
#include "nonce_source.h"
#include "problem.h"

#include <time.h>

#define REJECTIONS_MAX 10
/* A nonce is hoped for from the replies under way, but not for long. */
#define PATIENCE 0.25
#define SIGN_DEADLINE 30.0

struct exchange {
	struct exchange_setup setup;
	struct directory_cache directories;
	struct nonce_source nonces;
	ev_timer turn; /* hands out nonces */
	bool is_impatient; /* at that turn: replies have not brought any */
	struct exchange_calls calls;
	struct ca_health health;
};

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

/* Nonces are handed out from the loop, soon. */
static void wake(struct exchange *exchange, double after)
{
	ev_timer_stop(exchange->setup.loop, &exchange->turn);
	ev_timer_set(&exchange->turn, after, 0.);
	ev_timer_start(exchange->setup.loop, &exchange->turn);
	exchange->is_impatient = false;
}

static void on_directory_fetched(
	void *data, const struct http_reply *reply, const struct error *err)
{
	struct exchange *exchange = data;
	struct exchange_call *call = TAILQ_FIRST(&exchange->calls.list);

	ca_health_note(&exchange->health, 0, err, time(NULL));
	if (reply)
		nonce_source_offer(&exchange->nonces, reply);
	if (err) {
		exchange_calls_fail(&exchange->calls, CALL_DIRECTORY, err);
		return;
	}
	for (; call; call = TAILQ_NEXT(call, entry)) {
		if (call->step != CALL_DIRECTORY)
			continue;
		call->directory =
			directory_cache_borrow(&exchange->directories);
		exchange_call_tell(call);
	}
}

static void note_status(
	struct exchange *exchange, long status, const struct error *err)
{
	ca_health_note(&exchange->health, status, err, time(NULL));
	if (status == 404 || status == 405)
		exchange->directories.is_stale = true;
}

static void on_nonce_fetched(void *data, long status, const struct error *err)
{
	struct exchange *exchange = data;

	note_status(exchange, status, err);
	if (err)
		exchange_calls_fail(&exchange->calls, CALL_NONCE, err);
	wake(exchange, 0.);
}

/* Some calls wait. Replies under way will bring nonces for some of them. */
static void seek_nonces(struct exchange *exchange, size_t waiting, bool hopes)
{
	const struct directory *directory =
		directory_cache_newest(&exchange->directories);
	size_t hoped = hopes
		? exchange_calls_count(&exchange->calls, CALL_SIGN) +
			exchange_calls_count(&exchange->calls, CALL_SEND)
		: 0;
	size_t wanted = waiting > hoped ? waiting - hoped : 0;
	struct error err;

	if (!directory) {
		fail(&err, ERROR_LOCAL, "the directory of CA '%s' is not known",
			exchange->setup.ca);
		exchange_calls_fail(&exchange->calls, CALL_NONCE, &err);
		return;
	}
	if (nonce_source_fetch(
		    &exchange->nonces, directory->new_nonce, wanted) > 0)
		return;
	wake(exchange, PATIENCE);
	exchange->is_impatient = true;
}

static void on_post_reply(
	void *data, const struct http_reply *source, const struct error *err)
{
	struct exchange_call *call = data;
	struct exchange *exchange = call->exchange;
	struct acme_reply reply;

	call->transfer = NULL;
	wake(exchange, 0.);
	if (err) {
		note_status(exchange, 0, err);
		nonce_source_distrust(&exchange->nonces);
		exchange_call_finish(call, NULL, err);
		return;
	}
	acme_reply_read(&reply, source, time(NULL));
	bool again = problem_is(&reply.reply, "badNonce") &&
		call->rejections++ < REJECTIONS_MAX;
	note_status(exchange, source->status, NULL);
	if (again) {
		/* The nonce of the error is the one for the retry. */
		call->nonce = nonce_source_take_from(&exchange->nonces, source);
		call->step = CALL_NONCE;
	} else {
		nonce_source_offer(&exchange->nonces, source);
		exchange_call_finish(call, &reply.reply, NULL);
	}
	acme_reply_clear(&reply);
}

static void on_signed(void *data, const json_t *answer, const struct error *err)
{
	struct exchange_call *call = data;
	struct exchange *exchange = call->exchange;
	const char *jws = NULL;
	struct http_request request =
		request_to(exchange, HTTP_POST, call->request.url);
	struct error failure;

	call->signing = NULL;
	if (!err && !exchange_sign_read(answer, &jws, &failure))
		err = &failure;
	if (err) {
		wake(exchange, 0.);
		exchange_call_finish(call, NULL, err);
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

	call->step = CALL_SIGN;
	call->signing = helper_call(setup->vault,
		exchange_sign_request(setup, &call->request, nonce),
		SIGN_DEADLINE, on_signed, call);
}

/* Hands out nonces in the order of the calls. */
static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct exchange *exchange = timer->data;
	struct exchange_call *call = TAILQ_FIRST(&exchange->calls.list);
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

struct exchange *exchange_new(const struct exchange_setup *setup)
{
	struct exchange *exchange = mem_new(sizeof(*exchange));

	exchange->setup = *setup;
	exchange->directories = (struct directory_cache){
		.http = setup->http,
		.get = request_to(exchange, HTTP_GET, setup->directory),
		.on_fetched = on_directory_fetched,
		.data = exchange,
	};
	exchange->directories.get.accept = "application/json";
	exchange->nonces = (struct nonce_source){
		.http = setup->http,
		.head = request_to(exchange, HTTP_HEAD, NULL),
		.on_fetched = on_nonce_fetched,
		.data = exchange,
	};
	exchange_calls_init(&exchange->calls, setup->loop);
	ev_timer_init(&exchange->turn, on_turn, 0., 0.);
	exchange->turn.data = exchange;
	return exchange;
}

void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	while (!TAILQ_EMPTY(&exchange->calls.list))
		exchange_call_free(TAILQ_FIRST(&exchange->calls.list));
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
	struct exchange_call *call =
		exchange_call_new(&exchange->calls, exchange, data);

	call->on_directory = on_directory;
	if (directory_cache_is_fresh(&exchange->directories)) {
		call->directory =
			directory_cache_borrow(&exchange->directories);
		exchange_call_tell(call);
		return call;
	}
	call->step = CALL_DIRECTORY;
	directory_cache_fetch(&exchange->directories);
	return call;
}

const struct directory *exchange_known_directory(
	const struct exchange *exchange)
{
	return directory_cache_newest(&exchange->directories);
}

void exchange_directory_release(
	struct exchange *exchange, const struct directory *directory)
{
	directory_cache_release(&exchange->directories, directory);
}

bool exchange_clock_agrees(const struct exchange *exchange, struct error *err)
{
	return directory_cache_agrees(&exchange->directories, err);
}

struct exchange_call *exchange_post(struct exchange *exchange,
	const struct request *request,
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err),
	void *data)
{
	struct exchange_call *call =
		exchange_call_new(&exchange->calls, exchange, data);

	call->on_reply = on_reply;
	if (!request_set(&call->request, request->signer, request->url,
		    request->payload))
		abort();
	call->request.subject = json_incref(request->subject);
	call->step = CALL_NONCE;
	wake(exchange, 0.);
	return call;
}

static void on_get_reply(
	void *data, const struct http_reply *source, const struct error *err)
{
	struct exchange_call *call = data;
	struct acme_reply reply;

	call->transfer = NULL;
	if (err) {
		ca_health_note(&call->exchange->health, 0, err, time(NULL));
		exchange_call_finish(call, NULL, err);
		return;
	}
	ca_health_note(
		&call->exchange->health, source->status, NULL, time(NULL));
	acme_reply_read(&reply, source, time(NULL));
	exchange_call_finish(call, &reply.reply, NULL);
	acme_reply_clear(&reply);
}

struct exchange_call *exchange_get(struct exchange *exchange, const char *url,
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err),
	void *data)
{
	struct exchange_call *call =
		exchange_call_new(&exchange->calls, exchange, data);
	struct http_request request = request_to(exchange, HTTP_GET, url);

	request.accept = "application/json";
	call->on_reply = on_reply;
	call->step = CALL_GET;
	call->transfer =
		http_send(exchange->setup.http, &request, on_get_reply, call);
	return call;
}

const struct ca_health *exchange_health(const struct exchange *exchange)
{
	return &exchange->health;
}

void exchange_cancel(struct exchange_call *call)
{
	if (call->directory)
		directory_cache_release(
			&call->exchange->directories, call->directory);
	wake(call->exchange, 0.);
	exchange_call_free(call);
}
