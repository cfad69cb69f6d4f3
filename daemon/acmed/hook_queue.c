/* SPDX-License-Identifier: MIT */
#include "hook_queue.h"

#include "helper.h"
#include "mem.h"
#include "text.h"

#include <sys/queue.h>

#define DEFAULT_TIMEOUT 120
#define SLACK 20. /* seconds for the hand itself, with the kill of a hook */

enum run_state {
	RUN_WAITS, /* for its turn to present */
	RUN_PRESENTS,
	RUN_IS_PRESENT, /* or failed to be: it has had its on_end */
	RUN_IS_DUE, /* waits for its turn to withdraw */
	RUN_WITHDRAWS,
};

/* What Concurrency= is counted for. */
struct command {
	struct command *next;
	char *words; /* owned */
	unsigned running;
	unsigned users;
};

struct hook_run {
	TAILQ_ENTRY(hook_run) entry;
	struct hook_queue *queue;
	struct command *command;
	char *certificate; /* owned */
	json_t *request; /* owned, without its verb */
	unsigned most; /* Concurrency= */
	double deadline; /* seconds */
	enum run_state state;
	bool is_unwanted; /* to be withdrawn as soon as it is present */
	struct conversation *conversation; /* owned reference, or NULL */
	struct helper_call *call; /* out, or NULL */
	void (*on_end)(void *data, const struct error *err);
	void *data; /* borrowed */
};

struct hook_queue {
	struct ev_loop *loop; /* borrowed */
	struct conversations *conversations; /* borrowed */
	ev_idle turns; /* somebody may have his turn */
	TAILQ_HEAD(, hook_run) runs; /* in the order of their turns */
	struct command *commands;
	void (*on_trouble)(
		void *data, const char *certificate, const struct error *err);
	void *data; /* borrowed */
};

/* Commands. */

static char *join(const struct strings *words)
{
	struct text text = {0};

	for (size_t i = 0; i < words->count; i++)
		text_addf(&text, "%s\n", words->items[i]);
	char *joined = text_take(&text);
	if (!joined)
		abort();
	return joined;
}

static struct command *use_command(
	struct hook_queue *queue, const struct strings *words)
{
	cleanup(string) char *joined = join(words);
	struct command *command = queue->commands;

	while (command && !streq(command->words, joined))
		command = command->next;
	if (!command) {
		command = mem_new(sizeof(*command));
		command->words = take(joined);
		command->next = queue->commands;
		queue->commands = command;
	}
	command->users++;
	return command;
}

static void leave_command(struct hook_queue *queue, struct command *command)
{
	struct command **link = &queue->commands;

	if (--command->users)
		return;
	while (*link != command)
		link = &(*link)->next;
	*link = command->next;
	free(command->words);
	free(command);
}

/* Runs. */

static void free_run(struct hook_run *run)
{
	if (run->call)
		helper_cancel(run->call);
	conversation_close(run->conversation);
	leave_command(run->queue, run->command);
	TAILQ_REMOVE(&run->queue->runs, run, entry);
	json_decref(run->request);
	free(run->certificate);
	free(run);
}

static void tell_trouble(struct hook_run *run, const struct error *err)
{
	run->queue->on_trouble(run->queue->data, run->certificate, err);
}

static void queue_withdraw(struct hook_run *run)
{
	struct hook_queue *queue = run->queue;

	conversation_retire(run->conversation);
	run->state = RUN_IS_DUE;
	TAILQ_REMOVE(&queue->runs, run, entry);
	TAILQ_INSERT_TAIL(&queue->runs, run, entry);
	ev_idle_start(queue->loop, &queue->turns);
}

static void end_present(struct hook_run *run, const struct error *err)
{
	run->state = RUN_IS_PRESENT;
	if (run->is_unwanted)
		queue_withdraw(run);
	else
		run->on_end(run->data, err);
}

static void end_withdraw(struct hook_run *run, const struct error *err)
{
	if (err)
		tell_trouble(run, err);
	free_run(run);
}

static void on_reply(void *data, const json_t *reply, const struct error *err)
{
	struct hook_run *run = data;
	struct hook_queue *queue = run->queue;

	(void)reply;
	ev_idle_start(queue->loop, &queue->turns);
	run->call = NULL;
	run->command->running--;
	conversation_set_busy(run->conversation, false);
	if (run->state == RUN_PRESENTS)
		end_present(run, err);
	else
		end_withdraw(run, err);
}

static void ask(struct hook_run *run, const char *verb)
{
	json_t *request = json_copy(run->request);

	json_object_set_new(request, "verb", json_string(verb));
	run->command->running++;
	conversation_set_busy(run->conversation, true);
	run->call = helper_call(conversation_helper(run->conversation), request,
		run->deadline, on_reply, run);
}

static void start_present(struct hook_run *run)
{
	struct error err;

	run->conversation = conversation_open_idle(
		run->queue->conversations, run->certificate, &err);
	run->state = RUN_PRESENTS;
	if (run->conversation)
		ask(run, "present");
	else
		end_present(run, &err);
}

/* One that has gone away has withdrawn what it could. */
static void start_withdraw(struct hook_run *run)
{
	struct error err;

	run->state = RUN_WITHDRAWS;
	if (conversation_helper(run->conversation)) {
		ask(run, "withdraw");
		return;
	}
	fail_cause(&err, ERROR_LOCAL, "M9", "helper 'hand' has gone away");
	end_withdraw(run, &err);
}

static bool has_turn(const struct hook_run *run)
{
	if (run->command->running >= run->most)
		return false;
	return run->state == RUN_WAITS ||
		(run->state == RUN_IS_DUE &&
			!conversation_is_busy(run->conversation));
}

static void on_turns(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct hook_queue *queue = idle->data;
	struct hook_run *next;

	(void)events;
	ev_idle_stop(loop, idle);
	for (struct hook_run *run = TAILQ_FIRST(&queue->runs); run;
		run = next) {
		next = TAILQ_NEXT(run, entry);
		if (!has_turn(run))
			continue;
		if (run->state == RUN_WAITS)
			start_present(run);
		else
			start_withdraw(run);
	}
}

struct hook_run *hook_queue_present(struct hook_queue *queue,
	const char *certificate, const struct config_challenge *settings,
	const struct challenge *answer,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct hook_run *run = mem_new(sizeof(*run));
	int64_t timeout =
		settings->timeout ? settings->timeout : DEFAULT_TIMEOUT;

	run->queue = queue;
	run->command = use_command(queue, &settings->command);
	run->certificate = mem_string(certificate);
	run->request = json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*}", "name",
		certificate, "identifier", answer->identifier.value, "token",
		answer->token, "answer", answer->answer, "record_name",
		answer->record_name, "record_value", answer->record_value);
	run->most = settings->concurrency ? (unsigned)settings->concurrency : 1;
	/* A hook that failed half-way is withdrawn before it is run again. */
	run->deadline = 2 * (double)timeout + SLACK;
	run->on_end = on_end;
	run->data = data;
	TAILQ_INSERT_TAIL(&queue->runs, run, entry);
	ev_idle_start(queue->loop, &queue->turns);
	return run;
}

void hook_run_withdraw(struct hook_run *run)
{
	if (run->state == RUN_PRESENTS)
		run->is_unwanted = true;
	else if (run->state == RUN_WAITS || !run->conversation)
		free_run(run);
	else
		queue_withdraw(run);
}

/* All of them. */

struct hook_queue *hook_queue_new(struct ev_loop *loop,
	struct conversations *conversations,
	void (*on_trouble)(
		void *data, const char *certificate, const struct error *err),
	void *data)
{
	struct hook_queue *queue = mem_new(sizeof(*queue));

	TAILQ_INIT(&queue->runs);
	ev_idle_init(&queue->turns, on_turns);
	/* Idle or not: all else would have to wait for the next turn. */
	ev_set_priority(&queue->turns, EV_MAXPRI);
	queue->turns.data = queue;
	queue->loop = loop;
	queue->conversations = conversations;
	queue->on_trouble = on_trouble;
	queue->data = data;
	return queue;
}

void hook_queue_free(struct hook_queue *queue)
{
	if (!queue)
		return;
	while (!TAILQ_EMPTY(&queue->runs))
		free_run(TAILQ_FIRST(&queue->runs));
	ev_idle_stop(queue->loop, &queue->turns);
	free(queue);
}
