/* SPDX-License-Identifier: MIT */
#include "account_task.h"

#include "json.h"
#include "key_rollover.h"
#include "mem.h"
#include "text.h"

#define VAULT_DEADLINE 30.0

struct account_task {
	struct account_task_wish wish;
	json_t *facts; /* owned, or NULL */
	struct ca_wait *slot;
	const struct directory *directory; /* borrowed from the exchange */
	struct exchange_call *call;
	struct helper_call *vault_call;
	struct key_rollover *rollover;
	struct account *machine;
};

static void release(struct account_task *task)
{
	struct exchange *exchange = ca_exchange(task->wish.ca);

	if (task->call)
		exchange_cancel(task->call);
	if (task->vault_call)
		helper_cancel(task->vault_call);
	key_rollover_cancel(task->rollover);
	account_free(task->machine);
	if (task->directory)
		exchange_directory_release(exchange, task->directory);
}

void account_task_cancel(struct account_task *task)
{
	if (!task)
		return;
	release(task);
	if (task->slot)
		ca_leave(task->slot);
	ca_unref(task->wish.ca);
	json_decref(task->facts);
	free(task);
}

/* The one exit. */
static void end(struct account_task *task, const struct error *err)
{
	struct error failure = err ? *err : (struct error){0};

	if (err)
		error_prefix(&failure, "CA '%s'", ca_name(task->wish.ca));
	if (task->facts)
		json_object_set_new(task->facts, "issuers",
			ca_settings_issuers(ca_settings(task->wish.ca),
				exchange_known_directory(
					ca_exchange(task->wish.ca))));
	task->wish.on_end(task->wish.data, task->facts, err ? &failure : NULL);
	account_task_cancel(task);
}

static void end_with_status(struct account_task *task, const char *status)
{
	json_object_set_new(task->facts, "status", json_string(status));
	end(task, NULL);
}

static void tell(
	const struct account_task *task, int priority, const char *text)
{
	const struct event event = {
		.name = "account",
		.priority = priority,
		.ca = ca_name(task->wish.ca),
	};

	events_emit(task->wish.events, &event, "CA '%s': %s: %s",
		ca_name(task->wish.ca), text,
		member_string_or(task->facts, "url", ""));
}

/* Another key. */

static void on_rolled(void *data, const struct error *err)
{
	struct account_task *task = data;

	task->rollover = NULL;
	ca_refresh_account(task->wish.ca);
	if (!err)
		tell(task, LOG_NOTICE, "the account has a new key");
	end(task, err);
}

static void roll(struct account_task *task)
{
	struct key_rollover_wish wish = {
		.vault = task->wish.vault,
		.exchange = ca_exchange(task->wish.ca),
		.settings = ca_settings(task->wish.ca),
		.directory = task->directory,
		.url = member_string_or(task->facts, "url", ""),
		.on_end = on_rolled,
		.data = task,
	};

	task->rollover = key_rollover_start(&wish);
}

/* Its end: the vault remembers it, so that no other one is made. */

static void on_closed(void *data, const json_t *reply, const struct error *err)
{
	struct account_task *task = data;

	(void)reply;
	task->vault_call = NULL;
	ca_refresh_account(task->wish.ca);
	tell(task, LOG_NOTICE, "the account is deactivated");
	if (err)
		end(task, err);
	else
		end_with_status(task, "deactivated");
}

/* It has another URL there (A3): the vault signs by it from now on. */

static void on_moved(void *data, const json_t *reply, const struct error *err)
{
	struct account_task *task = data;

	(void)reply;
	task->vault_call = NULL;
	ca_refresh_account(task->wish.ca);
	if (err) {
		end(task, err);
		return;
	}
	json_object_set_new(
		task->facts, "url", json_string(account_url(task->machine)));
	tell(task, LOG_WARNING,
		"our account has another URL there, which CAA records have "
		"to name");
	end_with_status(task, "valid");
}

static bool has_moved(const struct account_task *task)
{
	return !streq(account_url(task->machine),
		member_string_or(task->facts, "url", ""));
}

/* That it is closed, or its new URL, where it may lack our contacts. */
static void save(struct account_task *task, bool is_closed)
{
	const struct ca_settings *settings = ca_settings(task->wish.ca);
	const char *url = is_closed ? member_string_or(task->facts, "url", "")
				    : account_url(task->machine);
	json_t *request = json_pack("{s:s, s:s, s:b, s:s, s:s, s:b}", "verb",
		"account-save", "ca", settings->name, "staging",
		settings->staging, "url", url, "directory", settings->directory,
		is_closed ? "closed" : "has_contacts", is_closed);

	task->vault_call = helper_call(task->wish.vault, request,
		VAULT_DEADLINE, is_closed ? on_closed : on_moved, task);
}

/* The CA is asked for it by URL, then by key. */

static void end_machine(struct account_task *task)
{
	const struct error *err = account_error(task->machine);
	bool is_ready = account_state(task->machine) == ACCOUNT_READY;
	bool is_closing = task->wish.action == ACCOUNT_DEACTIVATE;

	if (is_ready && is_closing)
		save(task, true);
	else if (is_ready && has_moved(task))
		save(task, false);
	else if (is_ready)
		end_with_status(task, "valid");
	else if (streq(err->code, "A2") && is_closing)
		save(task, true); /* it was before */
	else if (streq(err->code, "A2"))
		end_with_status(task,
			strstr(err->text, "revoked") ? "revoked"
						     : "deactivated");
	else if (streq(err->code, "A3") && !is_closing)
		end_with_status(task, "unknown");
	else
		end(task, err);
}

static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct account_task *task = data;

	task->call = NULL;
	if (reply || err)
		account_done(task->machine, reply, err);
	const struct request *request = account_next(task->machine);
	if (request)
		task->call = exchange_post(
			ca_exchange(task->wish.ca), request, on_reply, task);
	else
		end_machine(task);
}

static void ask_ca(struct account_task *task)
{
	struct account_wish wish = {
		.goal = task->wish.action == ACCOUNT_DEACTIVATE
			? ACCOUNT_CLOSE
			: ACCOUNT_LOOK_UP,
		.url = member_string_or(task->facts, "url", NULL),
	};
	struct error err;

	task->machine = account_new(task->directory, &wish, &err);
	if (task->machine)
		on_reply(task, NULL, NULL);
	else
		end(task, &err);
}

static void on_directory(
	void *data, const struct directory *directory, const struct error *err)
{
	struct account_task *task = data;

	task->call = NULL;
	task->directory = directory;
	if (err)
		end(task, err);
	else if (task->wish.action == ACCOUNT_ROLL)
		roll(task);
	else
		ask_ca(task);
}

/* What the vault knows. */

static bool has_account(const struct account_task *task)
{
	return member_string_or(task->facts, "url", NULL) &&
		streq(member_string_or(task->facts, "directory", ""),
			ca_settings(task->wish.ca)->directory);
}

static void refuse(struct account_task *task)
{
	struct error err;

	fail(&err, ERROR_REFUSED, "there is no account at it");
	end(task, &err);
}

static void on_facts(void *data, const json_t *reply, const struct error *err)
{
	struct account_task *task = data;
	enum account_action action = task->wish.action;

	task->vault_call = NULL;
	if (err) {
		end(task, err);
		return;
	}
	task->facts = json_deep_copy(reply);
	bool is_looking = action == ACCOUNT_SHOW || action == ACCOUNT_CHECK;
	if (!has_account(task) && is_looking)
		end_with_status(task, "none");
	else if (!has_account(task))
		refuse(task);
	else if (action == ACCOUNT_SHOW)
		end(task, NULL);
	else
		task->call = exchange_directory(
			ca_exchange(task->wish.ca), on_directory, task);
}

static void ask_vault(struct account_task *task)
{
	const struct ca_settings *settings = ca_settings(task->wish.ca);
	json_t *request = json_pack("{s:s, s:s, s:b, s:b}", "verb", "account",
		"ca", settings->name, "staging", settings->staging, "look",
		true);

	task->vault_call = helper_call(
		task->wish.vault, request, VAULT_DEADLINE, on_facts, task);
}

static void on_alone(
	void *data, const struct ca_ready *ready, const struct error *err)
{
	struct account_task *task = data;

	(void)ready;
	if (err)
		end(task, err);
	else
		ask_vault(task);
}

struct account_task *account_task_start(const struct account_task_wish *wish)
{
	struct account_task *task = mem_new(sizeof(*task));

	task->wish = *wish;
	ca_ref(wish->ca);
	if (wish->action == ACCOUNT_SHOW || wish->action == ACCOUNT_CHECK)
		ask_vault(task);
	else
		task->slot = ca_enter(wish->ca, CA_ALONE, on_alone, task);
	return task;
}
