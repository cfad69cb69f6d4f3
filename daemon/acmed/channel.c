/* SPDX-License-Identifier: MIT */
#include "channel.h"

#include "backoff.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "random.h"
#include "text.h"

#include <time.h>

struct channel {
	struct channel_setup setup;
	char *target; /* owned: shown; NULL: it leads nowhere */
	char *mark; /* owned, or NULL */
	char *url_file; /* owned, or NULL */
	char *proxy; /* owned, or NULL */

	char *known; /* owned: the mark that the next four speak of */
	int64_t worked; /* 0: never */
	int64_t failing; /* since; 0: not */
	unsigned failures;
	struct error err;

	struct telling_message queue[CHANNEL_QUEUE]; /* owned, oldest first */
	size_t count;
	struct sending *sending; /* of the first in the queue, or NULL */
	ev_timer timer; /* until the next try */

	struct sending *test; /* or NULL */
	void (*on_tested)(
		void *data, struct channel *channel, const struct error *err);
	void *test_data;
};

/* What is known of it. */

static void note(struct channel *channel, const struct error *err)
{
	int64_t now = time(NULL);

	free(channel->known);
	channel->known = mem_string(channel->mark);
	if (!err) {
		channel->worked = now;
		channel->failing = 0;
		channel->failures = 0;
		channel->err = (struct error){0};
		return;
	}
	if (!channel->failures++)
		channel->failing = now;
	channel->err = *err;
}

static void tell_owner(struct channel *channel, bool is_sent)
{
	channel->setup.on_change(channel->setup.data, channel, is_sent);
}

/* The queue. */

static void drop_first(struct channel *channel)
{
	telling_message_clear(&channel->queue[0]);
	channel->count--;
	memmove(channel->queue, channel->queue + 1,
		channel->count * sizeof(*channel->queue));
}

static struct sending *start(struct channel *channel,
	const struct telling_message *message,
	void (*on_end)(void *data, const struct error *err))
{
	return sending_start(&(struct sending_wish){
		.loop = channel->setup.loop,
		.http = channel->setup.http,
		.url_file = channel->url_file,
		.proxy = channel->proxy,
		.host = channel->setup.host,
		.message = message,
		.on_end = on_end,
		.data = channel,
	});
}

static void wait_for(struct channel *channel, double seconds)
{
	ev_timer_stop(channel->setup.loop, &channel->timer);
	ev_timer_set(&channel->timer, seconds, 0.);
	ev_timer_start(channel->setup.loop, &channel->timer);
}

static void on_sent(void *data, const struct error *err)
{
	struct channel *channel = data;

	channel->sending = NULL;
	note(channel, err);
	if (!err)
		drop_first(channel);
	if (err)
		wait_for(channel,
			(double)backoff_delay(BACKOFF_Q1, channel->failures, 0,
				err->retry_after, random_real()));
	else if (channel->count)
		wait_for(channel, 0.);
	tell_owner(channel, !err);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct channel *channel = timer->data;

	(void)loop;
	(void)events;
	if (channel->count && !channel->sending)
		channel->sending = start(channel, &channel->queue[0], on_sent);
}

static void copy_message(
	struct telling_message *to, const struct telling_message *from)
{
	*to = (struct telling_message){
		.kind = from->kind,
		.level = from->level,
		.subject = mem_string(from->subject),
		.text = mem_string(from->text),
		.causes = json_deep_copy(from->causes),
	};
}

/* The first may be under way, and stays. */
static void make_room(struct channel *channel)
{
	size_t at = channel->sending ? 1 : 0;

	if (channel->count < CHANNEL_QUEUE)
		return;
	telling_message_clear(&channel->queue[at]);
	channel->count--;
	memmove(channel->queue + at, channel->queue + at + 1,
		(channel->count - at) * sizeof(*channel->queue));
}

/* While it fails the next try is due when it is due. */
void channel_send(
	struct channel *channel, const struct telling_message *message)
{
	if (!channel->target)
		return;
	make_room(channel);
	copy_message(&channel->queue[channel->count++], message);
	if (!channel->sending && !ev_is_active(&channel->timer))
		wait_for(channel, 0.);
}

/* Tests. */

static void on_tested(void *data, const struct error *err)
{
	struct channel *channel = data;

	channel->test = NULL;
	note(channel, err);
	if (!err && channel->count && !channel->sending)
		wait_for(channel, 0.);
	channel->on_tested(channel->test_data, channel, err);
	tell_owner(channel, false);
}

bool channel_test(struct channel *channel,
	const struct telling_message *message,
	void (*on_end)(
		void *data, struct channel *channel, const struct error *err),
	void *data)
{
	if (!channel->target)
		return false;
	sending_cancel(channel->test);
	channel->on_tested = on_end;
	channel->test_data = data;
	channel->test = start(channel, message, on_tested);
	return true;
}

void channel_forget_test(struct channel *channel)
{
	sending_cancel(take(channel->test));
}

/* Settings. */

static void forget(struct channel *channel)
{
	free(take(channel->known));
	channel->worked = 0;
	channel->failing = 0;
	channel->failures = 0;
	channel->err = (struct error){0};
}

static void stop(struct channel *channel)
{
	ev_timer_stop(channel->setup.loop, &channel->timer);
	sending_cancel(take(channel->sending));
	while (channel->count)
		drop_first(channel);
}

static void clear_target(struct channel *channel)
{
	free(take(channel->target));
	free(take(channel->mark));
	free(take(channel->url_file));
	free(take(channel->proxy));
}

/* What waits by the failures of another target need not. */
void channel_set(struct channel *channel, const struct channel_target *target)
{
	clear_target(channel);
	if (!target->shown)
		stop(channel);
	channel->target = mem_string(target->shown);
	channel->mark = mem_string(target->mark);
	channel->url_file = mem_string(target->url_file);
	channel->proxy = mem_string(target->proxy);
	if (text_same(channel->mark, channel->known))
		return;
	forget(channel);
	if (channel->count && !channel->sending)
		wait_for(channel, 0.);
}

void channel_break(struct channel *channel, const struct error *err)
{
	note(channel, err);
	tell_owner(channel, false);
}

/* Looking at it. */

const char *channel_name(const struct channel *channel)
{
	return channel->setup.name;
}

bool channel_is_set(const struct channel *channel)
{
	return channel->target != NULL;
}

bool channel_is_proved(const struct channel *channel)
{
	return channel->target && channel->worked && !channel->failures;
}

unsigned channel_failures(const struct channel *channel)
{
	return channel->failures;
}

const struct error *channel_error(const struct channel *channel)
{
	return &channel->err;
}

bool channel_is_idle(const struct channel *channel)
{
	return !channel->count && !channel->test;
}

json_t *channel_describe(const struct channel *channel)
{
	json_t *object = json_pack("{s:s, s:b}", "name", channel->setup.name,
		"proved", channel_is_proved(channel));

	member_put_text(object, "target", channel->target);
	member_put_time(object, "worked", channel->worked);
	member_put_time(object, "failing_since", channel->failing);
	if (channel->failures)
		member_put_text(object, "error", channel->err.text);
	return object;
}

/* State. */

json_t *channel_to_json(const struct channel *channel)
{
	return json_pack("{s:s*, s:I, s:I, s:i, s:s}", "mark", channel->known,
		"worked", (json_int_t)channel->worked, "failing",
		(json_int_t)channel->failing, "failures",
		(int)channel->failures, "error", channel->err.text);
}

void channel_from_json(struct channel *channel, const json_t *state)
{
	forget(channel);
	channel->known = mem_string(member_string_or(state, "mark", NULL));
	channel->worked = member_integer_or(state, "worked", 0);
	channel->failing = member_integer_or(state, "failing", 0);
	channel->failures = member_count(state, "failures");
	if (channel->failures)
		fail_cause(&channel->err, ERROR_TRANSIENT, "M7", "%s",
			member_string_or(state, "error", ""));
	if (channel->mark && !text_same(channel->mark, channel->known))
		forget(channel);
}

/* Life. */

struct channel *channel_new(const struct channel_setup *setup)
{
	struct channel *channel = mem_new(sizeof(*channel));

	channel->setup = *setup;
	ev_timer_init(&channel->timer, on_timer, 0., 0.);
	channel->timer.data = channel;
	return channel;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	stop(channel);
	channel_forget_test(channel);
	clear_target(channel);
	free(channel->known);
	free(channel);
}
