/* SPDX-License-Identifier: MIT */
#include "account_look.h"

#include "account_task.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#define CHECK "account"
#define VAULT_DEADLINE 30.0

struct account_look {
	struct account_look_wish wish;
	struct ca *ca; /* one user */
	const struct directory *directory; /* borrowed from the exchange */
	struct exchange_call *call; /* of it, or NULL */
	struct account_task *task; /* under way, or NULL */
	struct helper_call *vault_call; /* likewise */
};

void account_look_cancel(struct account_look *look)
{
	if (!look)
		return;
	if (look->call)
		exchange_cancel(look->call);
	if (look->vault_call)
		helper_cancel(look->vault_call);
	account_task_cancel(look->task);
	if (look->directory)
		exchange_directory_release(
			ca_exchange(look->ca), look->directory);
	ca_unref(look->ca);
	free(look);
}

/* The one exit. */
static void end(struct account_look *look, int64_t retry_after)
{
	struct account_look_wish wish = look->wish;

	account_look_cancel(look);
	wish.on_end(wish.data, retry_after);
}

/* Judging. */

/* No account is there yet: would one be made? */
static enum finding_verdict judge_none(const struct ca_settings *settings,
	const struct directory *directory, struct error *err)
{
	if (!directory)
		return FINDING_UNKNOWN;
	if (!directory->eab_required || settings->eab_key_id)
		return FINDING_GOOD;
	fail_cause(err, ERROR_REFUSED, "A4",
		"it wants an external account binding, there is no account "
		"yet, and none is configured");
	return FINDING_BAD;
}

enum finding_verdict account_look_judge(const struct ca_settings *settings,
	const struct directory *directory, const json_t *facts,
	struct error *err)
{
	const char *status = member_string_or(facts, "status", "");
	const char *url = member_string_or(facts, "url", "");

	fail(err, ERROR_LOCAL, "the CA says nothing of it");
	if (streq(status, "valid"))
		return FINDING_GOOD;
	if (streq(status, "none"))
		return judge_none(settings, directory, err);
	if (streq(status, "unknown"))
		fail_cause(err, ERROR_REFUSED, "A3",
			"it does not know our account '%.200s' any more, nor "
			"its key: the next order makes another one",
			url);
	else if (*status)
		fail_cause(err, ERROR_REFUSED, "A2",
			"our account '%.200s' is %.40s at it", url, status);
	return *status ? FINDING_BAD : FINDING_UNKNOWN;
}

static void tell(const struct account_look *look, enum finding_verdict verdict,
	const struct error *err)
{
	const struct finding_listener listener = {
		.on_finding = look->wish.on_finding,
		.data = look->wish.data,
	};
	const char *ca = ca_name(look->ca);

	if (verdict == FINDING_GOOD)
		finding_good(&listener, CHECK, ca, "it is as it should be");
	else
		finding_error(&listener, CHECK, ca, verdict, err);
}

/* An account that cannot be used is a fault of its own; that the CA does not
 * answer is told by who looks at CAs. */
static bool is_of_account(const json_t *facts, const struct error *err)
{
	return !facts || *err->code == 'A';
}

/* Terms. Another address alone asks for no consent (A1): the CA says so when
 * it does. */

static void on_kept(void *data, const json_t *reply, const struct error *err)
{
	struct account_look *look = data;

	(void)reply;
	(void)err;
	look->vault_call = NULL;
	end(look, 0);
}

static void tell_terms(const struct account_look *look, const char *terms)
{
	const struct event event = {
		.name = "account",
		.priority = LOG_NOTICE,
		.ca = ca_name(look->ca),
	};

	events_emit(look->wish.fleet->events, &event,
		"CA '%s': its terms have another address now; as long as it "
		"asks for no consent nothing is to be done: %s",
		ca_name(look->ca), terms);
}

/* Those of when the account was made, or seen first. */
static void keep_terms(struct account_look *look, const char *terms)
{
	look->vault_call = helper_call(look->wish.fleet->vault,
		json_pack("{s:s, s:s, s:s}", "verb", "account-terms", "ca",
			ca_name(look->ca), "terms", terms),
		VAULT_DEADLINE, on_kept, look);
}

static void look_at_terms(struct account_look *look, const json_t *facts)
{
	const char *known = member_string_or(facts, "terms", NULL);
	const char *terms = look->directory->terms;

	if (!terms || (known && streq(known, terms))) {
		end(look, 0);
		return;
	}
	if (known)
		tell_terms(look, terms);
	keep_terms(look, terms);
}

/* Steps. */

static void on_task(void *data, const json_t *facts, const struct error *err)
{
	struct account_look *look = data;
	struct error found;

	look->task = NULL;
	if (err) {
		tell(look,
			is_of_account(facts, err) ? FINDING_BAD
						  : FINDING_UNKNOWN,
			err);
		end(look, (int64_t)err->retry_after);
		return;
	}
	enum finding_verdict verdict = account_look_judge(
		ca_settings(look->ca), look->directory, facts, &found);
	error_prefix(&found, "CA '%s'", ca_name(look->ca));
	tell(look, verdict, &found);
	if (verdict == FINDING_GOOD && member_string_or(facts, "url", NULL))
		look_at_terms(look, facts);
	else
		end(look, 0);
}

static void on_directory(
	void *data, const struct directory *directory, const struct error *err)
{
	struct account_look *look = data;
	struct error wrong_clock;

	look->call = NULL;
	look->directory = directory;
	if (!err && !exchange_clock_agrees(ca_exchange(look->ca), &wrong_clock))
		err = &wrong_clock;
	if (err) {
		tell(look, FINDING_UNKNOWN, err);
		end(look, (int64_t)err->retry_after);
		return;
	}
	look->task = account_task_start(&(struct account_task_wish){
		.action = ACCOUNT_CHECK,
		.ca = look->ca,
		.vault = look->wish.fleet->vault,
		.events = look->wish.fleet->events,
		.on_end = on_task,
		.data = look,
	});
}

struct account_look *account_look_start(const struct account_look_wish *wish)
{
	struct account_look *look = mem_new(sizeof(*look));

	look->wish = *wish;
	look->ca = fleet_take_ca(wish->fleet, wish->ca, false);
	look->wish.ca = NULL;
	look->call =
		exchange_directory(ca_exchange(look->ca), on_directory, look);
	return look;
}
