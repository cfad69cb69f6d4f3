/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "account_task.h"
#include "caa.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "status.h"
#include "text.h"

/* One call: the accounts of some CAs, each looked at by a task of its own. */
struct listing {
	struct call *call;
	struct fleet *fleet;
	json_t *accounts; /* owned array */
	struct inquiry *inquiries; /* owned list */
	bool is_single; /* a failure is the call's */
};

struct inquiry {
	struct inquiry *next;
	struct listing *listing;
	char *ca; /* owned */
	bool is_named; /* by the caller: shown whatever there is */
	struct account_task *task;
};

static void drop(struct inquiry *inquiry)
{
	struct inquiry **link = &inquiry->listing->inquiries;

	while (*link != inquiry)
		link = &(*link)->next;
	*link = inquiry->next;
	account_task_cancel(inquiry->task);
	free(inquiry->ca);
	free(inquiry);
}

static void stop(struct call *call)
{
	struct listing *listing = take(call->state);

	while (listing->inquiries)
		drop(listing->inquiries);
	json_decref(listing->accounts);
	free(listing);
}

/* At first, or while another one fails. */
static bool may_issue(
	const struct config_certificate *certificate, const char *ca)
{
	for (size_t i = 0; i < certificate->ca_names.count; i++)
		if (streq(certificate->ca_names.items[i], ca))
			return true;
	return false;
}

static json_t *list_certificates(const struct fleet *fleet, const char *ca)
{
	json_t *names = json_array();

	for (size_t i = 0; i < fleet->count; i++) {
		const struct config_certificate *certificate =
			fleet->lineages[i]->certificate;
		if (certificate && may_issue(certificate, ca))
			json_array_append_new(
				names, json_string(fleet->lineages[i]->name));
	}
	return names;
}

static void note_methods(const struct config_certificate *certificate,
	bool has[static CHALLENGE_TYPES])
{
	for (size_t i = 0; i < certificate->identifier_count; i++)
		has[config_challenge_for(
			certificate, &certificate->identifiers[i])
				->type] = true;
}

/* The challenges of all certificates that depend on it, once each. */
static char *join_methods(const struct fleet *fleet, const char *ca)
{
	struct text methods = {.limit = 256};
	bool has[CHALLENGE_TYPES] = {0};

	for (size_t i = 0; i < fleet->count; i++) {
		const struct config_certificate *certificate =
			fleet->lineages[i]->certificate;
		if (certificate && may_issue(certificate, ca))
			note_methods(certificate, has);
	}
	for (int i = 0; i < CHALLENGE_TYPES; i++)
		if (has[i])
			text_addf(&methods, "%s%s", methods.length ? "," : "",
				challenge_type_name((enum challenge_type)i));
	return text_take(&methods);
}

/* The records that let in this account and these methods only. */
static json_t *list_pins(const struct inquiry *inquiry, const json_t *facts)
{
	const char *url = member_string_or(facts, "url", NULL);
	cleanup(string) char *methods =
		join_methods(inquiry->listing->fleet, inquiry->ca);
	json_t *list = json_array();
	size_t i;
	json_t *issuer;

	json_array_foreach (json_object_get(facts, "issuers"), i, issuer) {
		const char *name = json_string_value(issuer);
		cleanup(string) char *value = name && url && methods && *methods
			? caa_pin(name, url, methods)
			: NULL;
		if (value)
			json_array_append_new(list,
				json_pack("{s:s, s:s}", "issuer", name, "value",
					value));
	}
	return list;
}

static json_t *describe(const struct inquiry *inquiry, const json_t *facts,
	const struct error *err)
{
	json_t *account = json_object();

	member_put_text(account, "ca", inquiry->ca);
	member_put_text(account, "url", member_string_or(facts, "url", NULL));
	member_put_text(
		account, "status", member_string_or(facts, "status", NULL));
	member_put_text(account, "key", member_string_or(facts, "key", NULL));
	member_put_text(
		account, "token", member_string_or(facts, "token", NULL));
	member_put_text(account, "thumbprint",
		member_string_or(facts, "thumbprint", NULL));
	member_put(account, "contacts",
		json_incref(json_object_get(facts, "contacts")));
	json_object_set_new(account, "changing",
		json_boolean(member_bool_or(facts, "changing", false)));
	json_object_set_new(account, "closed",
		json_boolean(member_bool_or(facts, "closed", false)));
	json_object_set_new(account, "certificates",
		list_certificates(inquiry->listing->fleet, inquiry->ca));
	json_object_set_new(account, "caa", list_pins(inquiry, facts));
	if (err)
		member_put(account, "error", status_of_error(err));
	return account;
}

/* A CA that is known to acmed, but not used. */
static bool is_idle(const json_t *account)
{
	return !json_object_get(account, "url") &&
		!json_array_size(json_object_get(account, "certificates"));
}

static void finish(struct listing *listing)
{
	struct call *call = listing->call;
	json_t *accounts = json_incref(listing->accounts);

	stop(call);
	call_end(call, json_pack("{s:o}", "accounts", accounts));
}

static void on_end(void *data, const json_t *facts, const struct error *err)
{
	struct inquiry *inquiry = data;
	struct listing *listing = inquiry->listing;
	struct call *call = listing->call;
	struct error failure = err ? *err : (struct error){0};

	inquiry->task = NULL;
	if (err && listing->is_single) {
		stop(call);
		method_fail(call, &failure);
		return;
	}
	cleanup(json) json_t *account = describe(inquiry, facts, err);
	if (inquiry->is_named || !is_idle(account))
		json_array_append(listing->accounts, account);
	drop(inquiry);
	if (!listing->inquiries)
		finish(listing);
}

static struct listing *begin(struct methods *methods, struct call *call)
{
	struct listing *listing = mem_new(sizeof(*listing));

	listing->call = call;
	listing->fleet = schedule_fleet(methods->schedule);
	listing->accounts = json_array();
	call->state = listing;
	call->on_cancel = stop;
	return listing;
}

static void inquire(struct listing *listing, const struct config_ca *config,
	enum account_action action, bool is_named)
{
	struct fleet *fleet = listing->fleet;
	struct ca *ca = fleet_take_ca(fleet, config, false);

	if (!ca)
		return;
	struct inquiry *inquiry = mem_new(sizeof(*inquiry));
	struct account_task_wish wish = {
		.action = action,
		.ca = ca,
		.vault = fleet->vault,
		.events = fleet->events,
		.on_end = on_end,
		.data = inquiry,
	};
	inquiry->listing = listing;
	inquiry->ca = mem_string(config->name);
	inquiry->is_named = is_named;
	inquiry->next = listing->inquiries;
	listing->inquiries = inquiry;
	inquiry->task = account_task_start(&wish);
	ca_unref(ca);
}

/* The CA of the parameter `ca`; NULL: the call is answered already. */
static const struct config_ca *find_ca(
	struct methods *methods, struct call *call)
{
	const struct fleet *fleet = schedule_fleet(methods->schedule);
	const char *name = method_parameter(call, "ca");
	const struct config_ca *ca = name && fleet->snapshot
		? config_find_ca(fleet->snapshot->config, name)
		: NULL;
	struct error why;

	if (!name) {
		method_fail_parameter(call, "ca");
	} else if (!ca) {
		fail(&why, ERROR_REFUSED, "no CA '%.100s' is configured", name);
		method_refuse(call, &why);
	}
	return ca;
}

/* Who may change nothing sees what the vault knows: the CA is not asked. */
void method_account(struct methods *methods, struct call *call)
{
	const struct fleet *fleet = schedule_fleet(methods->schedule);
	const struct config *config =
		fleet->snapshot ? fleet->snapshot->config : NULL;
	bool is_named = method_parameter(call, "ca") != NULL;
	enum account_action action = is_named && method_may_change(call)
		? ACCOUNT_CHECK
		: ACCOUNT_SHOW;
	const struct config_ca *named =
		is_named ? find_ca(methods, call) : NULL;

	if (is_named && !named)
		return;
	struct listing *listing = begin(methods, call);
	for (size_t i = 0; config && i < config->ca_count; i++)
		if (!named || config->cas[i] == named)
			inquire(listing, config->cas[i], action, is_named);
	if (!listing->inquiries)
		finish(listing);
}

static void change(
	struct methods *methods, struct call *call, enum account_action action)
{
	const struct config_ca *ca = find_ca(methods, call);

	if (!ca)
		return;
	struct listing *listing = begin(methods, call);
	listing->is_single = true;
	inquire(listing, ca, action, true);
	if (!listing->inquiries)
		finish(listing);
}

void method_account_rollover(struct methods *methods, struct call *call)
{
	change(methods, call, ACCOUNT_ROLL);
}

void method_account_deactivate(struct methods *methods, struct call *call)
{
	change(methods, call, ACCOUNT_DEACTIVATE);
}
