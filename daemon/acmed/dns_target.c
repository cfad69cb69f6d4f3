/* SPDX-License-Identifier: MIT */
#include "dns_target.h"

#include "dns_lookup.h"
#include "mem.h"

#define FIRST_PAUSE 0.2
#define LONGEST_PAUSE 5.
#define GROWTH 1.5

struct dns_target {
	struct dns_target_wish wish;
	char *host; /* owned */
	char *address; /* owned */
	enum dns_target_state state;
	struct error err;
	struct dns_question question;
	struct dns_call *call; /* or NULL */
	double pause;
	double since; /* time of the loop */
	ev_timer turn;
};

void dns_target_free(struct dns_target *target)
{
	if (!target)
		return;
	dns_call_cancel(target->call);
	ev_timer_stop(target->wish.tools->loop, &target->turn);
	free(target->host);
	free(target->address);
	free(target);
}

static bool is_at_end(const struct dns_target *target)
{
	return target->state == DNS_TARGET_HAS ||
		target->state == DNS_TARGET_IS_AWAY;
}

static void ask_later(struct dns_target *target)
{
	ev_timer_set(&target->turn, target->pause, 0.);
	ev_timer_start(target->wish.tools->loop, &target->turn);
	target->pause *= GROWTH;
	if (target->pause > LONGEST_PAUSE)
		target->pause = LONGEST_PAUSE;
}

/* The one writer of the state. The callback comes last. */
static void become(struct dns_target *target, enum dns_target_state state,
	const struct error *err)
{
	bool is_another = target->state != state;

	target->state = state;
	target->err = err ? *err : (struct error){0};
	if (err)
		error_prefix(&target->err, "'%s' (%s)", target->host,
			target->address);
	if (!is_at_end(target))
		ask_later(target);
	if (is_another)
		target->wish.on_change(target->wish.data);
}

/* No answer is often a firewall before us, not before the CA (D6). */
static void note_silence(struct dns_target *target, const struct error *err)
{
	double waited = ev_now(target->wish.tools->loop) - target->since;

	if (err->kind == ERROR_LOCAL || waited >= DNS_TARGET_GRACE)
		become(target, DNS_TARGET_IS_AWAY, err);
	else
		become(target, DNS_TARGET_ASKS, err);
}

static void read_answer(
	struct dns_target *target, const unsigned char *reply, size_t length)
{
	struct dns_answer answer;
	struct error err;

	if (!dns_answer_open(&answer, reply, length, &target->question, &err) ||
		!dns_answer_check(&answer, &target->question, &err)) {
		become(target, DNS_TARGET_FAILS, &err);
		return;
	}
	if (dns_answer_has_text(&answer, target->wish.value)) {
		become(target, DNS_TARGET_HAS, NULL);
		return;
	}
	fail_cause(&err, ERROR_VALIDATION, "D2",
		"the TXT record at '%s' is not there yet", target->wish.record);
	become(target, DNS_TARGET_LACKS, &err);
}

static void on_reply(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	struct dns_target *target = data;

	target->call = NULL;
	if (err)
		note_silence(target, err);
	else
		read_answer(target, reply, length);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_target *target = timer->data;
	struct dns_message message;
	struct error err;

	(void)loop;
	(void)events;
	if (!dns_question_write(&target->question, &message, &err)) {
		become(target, DNS_TARGET_FAILS, &err);
		return;
	}
	target->call = dns_call_start(&(struct dns_call_wish){
		.tools = target->wish.tools,
		.server = target->address,
		.port = target->wish.tools->port,
		.message = message.bytes,
		.length = message.length,
		.on_end = on_reply,
		.data = target,
	});
}

struct dns_target *dns_target_new(const struct dns_target_wish *wish)
{
	struct dns_target *target = mem_new(sizeof(*target));

	target->wish = *wish;
	target->host = mem_string(wish->host);
	target->address = mem_string(wish->address);
	target->question = (struct dns_question){
		.id = dns_lookup_number(),
		.type = DNS_TYPE_TXT,
		.name = wish->record,
	};
	target->pause = FIRST_PAUSE;
	target->since = ev_now(wish->tools->loop);
	ev_timer_init(&target->turn, on_turn, 0., 0.);
	target->turn.data = target;
	ev_timer_start(wish->tools->loop, &target->turn);
	return target;
}

enum dns_target_state dns_target_state(const struct dns_target *target)
{
	return target->state;
}

const struct error *dns_target_error(const struct dns_target *target)
{
	return &target->err;
}
