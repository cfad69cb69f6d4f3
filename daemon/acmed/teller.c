/* SPDX-License-Identifier: MIT */
#include "teller.h"

#include "mailer.h"
#include "mem.h"
#include "notify_url.h"
#include "secret.h"
#include "text.h"

#include <openssl/evp.h>
#include <stdio.h>

enum {
	MAIL,
	URL,
};

#define USER "acmed"
#define MARK_BYTES 8

struct teller_test {
	struct teller_test *next;
	struct teller *teller;
	void (*on_end)(void *data, const json_t *channels);
	void *data;
};

struct teller {
	struct teller_setup setup;
	struct channel *channels[TELLER_CHANNELS];
	struct teller_test *tests; /* owned: who waits */
	unsigned testing; /* channels that are out */
	ev_timer timer; /* ends a test of no channel */
};

/* Settings. */

static void set_mail(
	struct teller *teller, const struct config_daemon *settings)
{
	const char *address = mailer_address(settings);

	channel_set(teller->channels[MAIL],
		&(struct channel_target){.shown = address, .mark = address});
}

/* Tells one content of a secret file from another. */
static void mark_of(const char *text, char out[static 2 * MARK_BYTES + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL))
		abort();
	for (int i = 0; i < MARK_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void set_url(struct teller *teller, const struct config_daemon *settings)
{
	const char *file = settings->notify_url_file;
	struct channel *channel = teller->channels[URL];
	struct channel_target target = {
		.shown = file,
		.mark = "",
		.url_file = file,
		.proxy = settings->proxy,
	};
	struct notify_url url = {0};
	struct error err = {0};
	char mark[2 * MARK_BYTES + 1];
	char *text = file ? secret_read(file, USER, &err) : NULL;

	if (text && notify_url_read(&url, text, &err)) {
		mark_of(text, mark);
		target.shown = url.host;
		target.mark = mark;
	}
	channel_set(channel, &target);
	if (file && err.kind != ERROR_NONE)
		channel_break(channel, &err);
	notify_url_clear(&url);
	secret_free(text);
}

void teller_configure(
	struct teller *teller, const struct config_daemon *settings)
{
	set_mail(teller, settings);
	set_url(teller, settings);
}

const char *teller_send(
	struct teller *teller, const struct telling_message *message)
{
	static const char *const NAMES[] = {"", "mail", "url", "mail and url"};
	unsigned set = 0;

	for (int i = 0; i < TELLER_CHANNELS; i++) {
		if (!channel_is_set(teller->channels[i]))
			continue;
		set |= 1u << i;
		channel_send(teller->channels[i], message);
	}
	return NAMES[set];
}

/* Tests. */

static void end_tests(struct teller *teller)
{
	cleanup(json) json_t *channels = teller_describe(teller);

	while (teller->tests) {
		struct teller_test *test = teller->tests;
		teller->tests = test->next;
		test->on_end(test->data, channels);
		free(test);
	}
}

static void on_tested(
	void *data, struct channel *channel, const struct error *err)
{
	struct teller *teller = data;

	(void)channel;
	(void)err;
	if (--teller->testing == 0)
		end_tests(teller);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	end_tests(timer->data);
}

static void begin_tests(struct teller *teller)
{
	char subject[TELLING_SUBJECT_MAX], text[512];

	snprintf(subject, sizeof(subject), "acmed on %.64s: this is a test",
		teller->setup.host);
	snprintf(text, sizeof(text),
		"This is how acmed on %.64s would tell you that something is "
		"wrong with a certificate.\n"
		"Nothing is wrong now: somebody ran 'acmectl notify-test'.\n",
		teller->setup.host);
	const struct telling_message message = {
		.kind = TELLING_TEST, .subject = subject, .text = text};
	for (int i = 0; i < TELLER_CHANNELS; i++)
		teller->testing += channel_test(
			teller->channels[i], &message, on_tested, teller);
	if (!teller->testing)
		ev_timer_start(teller->setup.loop, &teller->timer);
}

struct teller_test *teller_test_start(struct teller *teller,
	void (*on_end)(void *data, const json_t *channels), void *data)
{
	struct teller_test *test = mem_new(sizeof(*test));
	bool is_first = !teller->tests && !teller->testing;

	test->teller = teller;
	test->on_end = on_end;
	test->data = data;
	test->next = teller->tests;
	teller->tests = test;
	if (is_first)
		begin_tests(teller);
	return test;
}

void teller_test_cancel(struct teller_test *test)
{
	struct teller_test **link = &test->teller->tests;

	while (*link != test)
		link = &(*link)->next;
	*link = test->next;
	free(test);
}

/* Looking at it. */

struct channel *teller_channel(const struct teller *teller, int index)
{
	return teller->channels[index];
}

bool teller_tells_nobody(const struct teller *teller)
{
	for (int i = 0; i < TELLER_CHANNELS; i++)
		if (channel_is_proved(teller->channels[i]))
			return false;
	return true;
}

bool teller_is_idle(const struct teller *teller)
{
	for (int i = 0; i < TELLER_CHANNELS; i++)
		if (!channel_is_idle(teller->channels[i]))
			return false;
	return true;
}

json_t *teller_describe(const struct teller *teller)
{
	json_t *list = json_array();

	for (int i = 0; i < TELLER_CHANNELS; i++)
		if (channel_is_set(teller->channels[i]))
			json_array_append_new(
				list, channel_describe(teller->channels[i]));
	return list;
}

json_t *teller_to_json(const struct teller *teller)
{
	json_t *state = json_object();

	for (int i = 0; i < TELLER_CHANNELS; i++)
		json_object_set_new(state, channel_name(teller->channels[i]),
			channel_to_json(teller->channels[i]));
	return state;
}

void teller_from_json(struct teller *teller, const json_t *state)
{
	for (int i = 0; i < TELLER_CHANNELS; i++)
		channel_from_json(teller->channels[i],
			json_object_get(
				state, channel_name(teller->channels[i])));
}

/* Life. */

struct teller *teller_new(const struct teller_setup *setup)
{
	static const char *const NAMES[TELLER_CHANNELS] = {"mail", "url"};
	struct teller *teller = mem_new(sizeof(*teller));

	teller->setup = *setup;
	for (int i = 0; i < TELLER_CHANNELS; i++)
		teller->channels[i] = channel_new(&(struct channel_setup){
			.loop = setup->loop,
			.http = setup->http,
			.host = setup->host,
			.name = NAMES[i],
			.on_change = setup->on_change,
			.data = setup->data,
		});
	ev_timer_init(&teller->timer, on_timer, 0., 0.);
	teller->timer.data = teller;
	return teller;
}

void teller_free(struct teller *teller)
{
	if (!teller)
		return;
	ev_timer_stop(teller->setup.loop, &teller->timer);
	while (teller->tests)
		teller_test_cancel(teller->tests);
	for (int i = 0; i < TELLER_CHANNELS; i++)
		channel_free(teller->channels[i]);
	free(teller);
}
