/* SPDX-License-Identifier: MIT */
#include "hook.h"

#include "challenge_record.h"
#include "environment_list.h"
#include "hook_call.h"
#include "hook_reply.h"
#include "mem.h"
#include "program.h"
#include "secret.h"

#include <stdio.h>

#define USER "acmed-hand"
#define PATHS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define DEFAULT_TIMEOUT 120

/* The hook. */

static bool make_record(
	struct hook *hook, const struct wish *wish, struct error *err)
{
	enum challenge_type type = hook->settings->type;

	if (type == CHALLENGE_DNS_ACCOUNT_01)
		hook->record_name = mem_string(wish->record_name);
	else
		hook->record_name = challenge_record_name(
			type, &wish->identifier, NULL, err);
	if (!hook->record_name)
		return false;
	hook->record_value = type == CHALLENGE_DNS_PERSIST_01
		? mem_string(wish->record_value)
		: challenge_record_value(wish->answer);
	return hook->record_value || fail_memory(err);
}

struct hook *hook_new(const struct config_certificate *certificate,
	const struct config_challenge *settings, const struct wish *wish,
	struct error *err)
{
	struct hook *hook = mem_new(sizeof(*hook));

	hook->certificate = certificate;
	hook->settings = settings;
	hook->identifier = wish->identifier;
	hook->token = mem_string(wish->token);
	hook->answer = mem_string(wish->answer);
	if (!challenge_type_is_dns(settings->type)) {
		hook->record_name = mem_string("");
		hook->record_value = mem_string("");
		return hook;
	}
	if (make_record(hook, wish, err))
		return hook;
	hook_free(hook);
	return NULL;
}

void hook_free(struct hook *hook)
{
	if (!hook)
		return;
	free(hook->token);
	free(hook->answer);
	free(hook->record_name);
	free(hook->record_value);
	free(hook->said);
	free(hook);
}

/* What it runs with. */

static bool add_file(
	struct strings *environment, const char *file, struct error *err)
{
	if (!file)
		return true;
	char *text = secret_read(file, USER, err);
	if (!text)
		return false;
	bool is_fine = environment_list_read(environment, text, err);
	secret_free(text);
	if (!is_fine)
		error_prefix(err, "'%.150s'", file);
	return is_fine;
}

static bool make_call(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	const char *home = getenv("HOME");

	environment_list_set(&call->environment, "PATH", PATHS);
	environment_list_set(&call->environment, "HOME", home ? home : "/");
	environment_list_set(&call->environment, "LANG", "C.UTF-8");
	return add_file(&call->environment, hook->settings->environment_file,
		       err) &&
		hook_call_make(call, hook, is_present, err);
}

/* The run. */

/* An array as execve() wants it, of borrowed strings. */
static char **array_of(const struct strings *strings)
{
	char **array = mem_new((strings->count + 1) * sizeof(*array));

	for (size_t i = 0; i < strings->count; i++)
		array[i] = strings->items[i];
	return array;
}

static bool run(const struct hook *hook, const struct hook_call *call,
	const int *leash, struct text *reply, struct error *err)
{
	int64_t timeout = hook->settings->timeout;
	char **words = array_of(&call->words);
	char **environment = array_of(&call->environment);
	bool is_well = program_run(
		&(struct program_wish){
			.words = words,
			.environment = environment,
			.deadline =
				(double)(timeout ? timeout : DEFAULT_TIMEOUT),
			.input = call->input,
			.reply = reply,
			.leash = leash,
		},
		err);

	free(words);
	free(environment);
	return is_well;
}

static void keep_words(struct hook *hook, const struct text *reply)
{
	char *words = hook_reply_words(reply);

	if (!words)
		return;
	free(hook->said);
	hook->said = words;
}

static bool run_call(struct hook *hook, const struct hook_call *call,
	bool is_present, struct error *err)
{
	struct text reply cleanup_text_value = {.limit = HOOK_REPLY_MAX};

	if (!run(hook, call, is_present ? hook->leash : NULL, &reply, err))
		return false;
	if (call->has_reply)
		return hook_reply_read(
			hook->settings->command.items[0], &reply, err);
	if (is_present && hook->settings->protocol == PROTOCOL_CERTBOT)
		keep_words(hook, &reply);
	return true;
}

static bool do_it(
	struct hook *hook, bool is_present, bool *has_run, struct error *err)
{
	struct hook_call call = {0};
	bool is_well = make_call(&call, hook, is_present, err);

	if (is_well && call.words.count) {
		*has_run = program_check(call.words.items[0], err);
		is_well = *has_run && run_call(hook, &call, is_present, err);
	}
	hook_call_clear(&call);
	return is_well;
}

bool hook_present(struct hook *hook, bool *has_run, struct error *err)
{
	*has_run = false;
	return do_it(hook, true, has_run, err);
}

/* A persistent record stays: that is what it is for. */
bool hook_withdraw(struct hook *hook, struct error *err)
{
	bool has_run;

	return hook->settings->type == CHALLENGE_DNS_PERSIST_01 ||
		do_it(hook, false, &has_run, err);
}
