/* SPDX-License-Identifier: MIT */
#include "account_care.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#define VAULT_DEADLINE 30.0

/* One CA that is looked at. */
struct charge {
	struct charge *next;
	struct account_care *care;
	struct ca *ca; /* one user */
	struct helper_call *call;
	struct ca_wait *slot;
};

struct account_care {
	struct fleet *fleet;
	struct charge *charges; /* owned list */
};

static void drop(struct charge *charge)
{
	struct charge **link = &charge->care->charges;

	while (*link != charge)
		link = &(*link)->next;
	*link = charge->next;
	if (charge->call)
		helper_cancel(charge->call);
	if (charge->slot)
		ca_leave(charge->slot);
	ca_unref(charge->ca);
	free(charge);
}

static void tell(const struct charge *charge, const struct error *err)
{
	const struct event event = {
		.name = "account",
		.priority = LOG_WARNING,
		.ca = ca_name(charge->ca),
		.err = err,
	};

	events_emit(charge->care->fleet->events, &event,
		"the account is not as configured: %s", err->text);
}

/* What is to be done was done on the way here (ca_account). */
static void on_ready(
	void *data, const struct ca_ready *ready, const struct error *err)
{
	(void)ready;
	if (err)
		tell(data, err);
	drop(data);
}

static bool needs_care(const struct charge *charge, const json_t *account)
{
	return member_string_or(account, "url", NULL) &&
		streq(member_string_or(account, "directory", ""),
			ca_settings(charge->ca)->directory) &&
		!member_bool_or(account, "closed", false) &&
		(member_bool_or(account, "updates_contacts", false) ||
			member_bool_or(account, "changing", false));
}

static void on_account(void *data, const json_t *reply, const struct error *err)
{
	struct charge *charge = data;

	charge->call = NULL;
	if (err)
		tell(charge, err);
	if (err || !needs_care(charge, reply))
		drop(charge);
	else
		charge->slot =
			ca_enter(charge->ca, CA_FOR_ORDER, on_ready, charge);
}

static bool is_looked_at(const struct account_care *care, const struct ca *ca)
{
	for (const struct charge *c = care->charges; c; c = c->next)
		if (c->ca == ca)
			return true;
	return false;
}

/* Its folder may have been put back or moved away besides. */
static void look(struct account_care *care, const struct config_ca *config)
{
	struct fleet *fleet = care->fleet;
	struct ca *ca = fleet_take_ca(fleet, config, false);

	if (!ca)
		return;
	ca_refresh_account(ca);
	if (is_looked_at(care, ca)) {
		ca_unref(ca);
		return;
	}
	struct charge *charge = mem_new(sizeof(*charge));
	charge->care = care;
	charge->ca = ca;
	charge->next = care->charges;
	care->charges = charge;
	charge->call = helper_call(fleet->vault,
		json_pack("{s:s, s:s, s:b}", "verb", "account", "ca",
			config->name, "look", true),
		VAULT_DEADLINE, on_account, charge);
}

static bool is_used(const struct config *config, const struct config_ca *ca)
{
	for (size_t i = 0; i < config->certificate_count; i++)
		if (config_has_ca(config->certificates[i], ca))
			return true;
	return false;
}

void account_care_look(struct account_care *care)
{
	const struct snapshot *snapshot = care->fleet->snapshot;
	const struct config *config = snapshot ? snapshot->config : NULL;

	for (size_t i = 0; config && i < config->ca_count; i++)
		if (is_used(config, config->cas[i]))
			look(care, config->cas[i]);
}

struct account_care *account_care_new(struct fleet *fleet)
{
	struct account_care *care = mem_new(sizeof(*care));

	care->fleet = fleet;
	return care;
}

void account_care_free(struct account_care *care)
{
	if (!care)
		return;
	while (care->charges)
		drop(care->charges);
	free(care);
}
