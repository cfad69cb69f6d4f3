/* SPDX-License-Identifier: MIT */
#include "sending.h"

#include "errand.h"
#include "mailer.h"
#include "mem.h"
#include "notify_url.h"
#include "secret.h"
#include "text.h"

#include <stdio.h>
#include <time.h>

#define USER "acmed" /* who reads the file of the URL */
#define CHANNEL_FAILS "M7"
#define SHOWN 80 /* bytes of what an angry server says */

struct sending {
	struct ev_loop *loop;
	struct errand *errand; /* mail; or NULL */
	struct http_transfer *transfer; /* a URL; or NULL */
	ev_timer timer; /* delivers err then */
	struct error err;
	char *host; /* owned: of the URL */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

/* The one exit. */
static void end(struct sending *sending, const struct error *err)
{
	void (*on_end)(void *, const struct error *) = sending->on_end;
	void *data = sending->data;

	sending_cancel(sending);
	on_end(data, err);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct sending *sending = timer->data;
	struct error err = sending->err;

	(void)loop;
	(void)events;
	end(sending, &err);
}

/* Mail. */

static void on_mailed(void *data, const json_t *reply, const struct error *err)
{
	struct sending *sending = data;

	(void)reply;
	sending->errand = NULL;
	end(sending, err);
}

static void send_mail(
	struct sending *sending, const struct telling_message *message)
{
	sending->errand = errand_ask(sending->loop, "notify",
		mailer_request(message->subject, message->text),
		MAILER_DEADLINE, on_mailed, sending);
}

/* A URL. Only its host may be shown. */

static void judge(struct sending *sending, const struct http_reply *reply)
{
	char words[SHOWN];
	struct error err;

	if (reply->status / 100 == 2) {
		end(sending, NULL);
		return;
	}
	text_clean(words, sizeof(words), reply->body, reply->length);
	fail_cause(&err, ERROR_TRANSIENT, CHANNEL_FAILS,
		"'%.100s' answered %ld%s%s", sending->host, reply->status,
		*words ? ": " : "", words);
	end(sending, &err);
}

static void on_reply(
	void *data, const struct http_reply *reply, const struct error *err)
{
	struct sending *sending = data;

	sending->transfer = NULL;
	if (reply)
		judge(sending, reply);
	else
		end(sending, err);
}

static void post(struct sending *sending, const struct sending_wish *wish,
	const struct notify_url *url)
{
	cleanup(string) char *body =
		notify_url_body(url, wish->message, wish->host, time(NULL));

	if (!body)
		abort();
	sending->host = mem_string(url->host);
	sending->transfer = http_send(wish->http,
		&(struct http_request){
			.method = HTTP_POST,
			.url = url->url,
			.body = body,
			.content_type = "application/json",
			.authorization = url->authorization,
			.trust_file = url->trust_file,
			.proxy = wish->proxy,
		},
		on_reply, sending);
}

static bool send_to_url(
	struct sending *sending, const struct sending_wish *wish)
{
	struct notify_url url = {0};
	char *text = secret_read(wish->url_file, USER, &sending->err);
	bool is_read = text && notify_url_read(&url, text, &sending->err);

	if (text && !is_read)
		error_prefix(&sending->err, "'%.200s'", wish->url_file);
	secret_free(text);
	if (!is_read)
		return false;
	post(sending, wish, &url);
	notify_url_clear(&url);
	return true;
}

struct sending *sending_start(const struct sending_wish *wish)
{
	struct sending *sending = mem_new(sizeof(*sending));

	sending->loop = wish->loop;
	sending->on_end = wish->on_end;
	sending->data = wish->data;
	ev_timer_init(&sending->timer, on_timer, 0., 0.);
	sending->timer.data = sending;
	if (!wish->url_file)
		send_mail(sending, wish->message);
	else if (!send_to_url(sending, wish))
		ev_timer_start(sending->loop, &sending->timer);
	return sending;
}

void sending_cancel(struct sending *sending)
{
	if (!sending)
		return;
	ev_timer_stop(sending->loop, &sending->timer);
	errand_cancel(sending->errand);
	if (sending->transfer)
		http_cancel(sending->transfer);
	free(sending->host);
	free(sending);
}
