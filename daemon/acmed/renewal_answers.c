/* SPDX-License-Identifier: MIT */
#include "renewal_answers.h"

#include "mem.h"
#include "text.h"

#include <string.h>

struct renewal_answer {
	struct renewal_answer *next;
	struct renewal_answers *answers;
	char *url; /* owned, of the challenge */
	char *token; /* owned */
	unsigned id; /* of the PRESENT that is not reported yet, else 0 */
	bool was_fetched;
	struct publication *publication;
};

static struct renewal_answer *find(
	const struct renewal_answers *answers, const char *token)
{
	for (struct renewal_answer *a = answers->first; a; a = a->next)
		if (streq(a->token, token))
			return a;
	return NULL;
}

static void drop(struct renewal_answer *answer)
{
	struct renewal_answer **link = &answer->answers->first;

	while (*link != answer)
		link = &(*link)->next;
	*link = answer->next;
	if (answer->publication)
		solver_withdraw(answer->publication);
	free(answer->url);
	free(answer->token);
	free(answer);
}

static void on_published(void *data, const struct error *err, bool sees_fetches)
{
	struct renewal_answer *answer = data;
	struct renewal_answers *answers = answer->answers;
	unsigned id = answer->id;

	answer->id = 0;
	if (err) {
		answer->publication = NULL;
		drop(answer);
	}
	answers->on_done(answers->data, id,
		&(struct result){.err = err, .sees_fetches = sees_fetches});
}

static void on_fetch(void *data)
{
	struct renewal_answer *answer = data;
	struct renewal_answers *answers = answer->answers;

	answer->was_fetched = true;
	answers->on_fetch(answers->data, answer->token);
}

void renewal_answers_present(
	struct renewal_answers *answers, const struct order_task *task)
{
	const struct challenge *challenge = task->challenge;
	const struct result refused = {.err = &answers->forbidden};

	if (answers->forbidden.kind != ERROR_NONE) {
		answers->on_done(answers->data, task->id, &refused);
		return;
	}
	struct renewal_answer *answer = mem_new(sizeof(*answer));
	answer->answers = answers;
	answer->url = mem_string(challenge->url);
	answer->token = mem_string(challenge->token);
	answer->id = task->id;
	answer->next = answers->first;
	answers->first = answer;
	answer->publication = solver_present(answers->solvers,
		&(struct publication_wish){
			.certificate = answers->certificate->name,
			.challenge = config_challenge_for(
				answers->certificate, &challenge->identifier),
			.answer = challenge,
			.on_published = on_published,
			.on_fetch = on_fetch,
			.data = answer,
		});
}

void renewal_answers_withdraw(
	struct renewal_answers *answers, const struct challenge *challenge)
{
	struct renewal_answer *answer = answers->first;

	/* Those of dns-persist-01 all have the same token: none. */
	while (answer && !streq(answer->url, challenge->url))
		answer = answer->next;
	if (!answer)
		return;
	if (answer->publication && answers->cause.kind == ERROR_NONE)
		solver_explain(answer->publication, &answers->cause);
	drop(answer);
}

/* The CA has met nobody, or somebody else. */
static bool applies(const struct error *cause, const struct error *err)
{
	bool is_missed = streq(err->code, "H1") || streq(err->code, "H7") ||
		streq(err->code, "H12");
	bool is_wrong = streq(err->code, "T1") || streq(err->code, "T2") ||
		streq(err->code, "T4");

	if (streq(cause->code, "T1"))
		return is_wrong;
	return is_missed || (is_wrong && streq(cause->code, "T3"));
}

void renewal_answers_explain(
	const struct renewal_answers *answers, struct error *err)
{
	const struct error *cause = &answers->cause;

	if (cause->kind == ERROR_NONE || !applies(cause, err))
		return;
	memcpy(err->code, cause->code, sizeof(err->code));
	error_prefix(err, "%s", cause->text);
}

void renewal_answers_clear(struct renewal_answers *answers)
{
	while (answers->first)
		drop(answers->first);
}

bool renewal_answers_was_fetched(
	const struct renewal_answers *answers, const char *token)
{
	const struct renewal_answer *answer = find(answers, token);

	return answer && answer->was_fetched;
}
