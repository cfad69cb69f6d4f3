/* SPDX-License-Identifier: MIT */
#include "revoker.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#define VAULT_DEADLINE 30.0

struct revoker {
	struct revoker_wish wish;
	bool has_account;
	const struct directory *directory; /* borrowed from the exchange */
	struct revocation *machine; /* while the CA is asked */
	struct exchange_call *call;
	struct helper_call *vault_call;
};

void revoker_cancel(struct revoker *revoker)
{
	if (!revoker)
		return;
	if (revoker->call)
		exchange_cancel(revoker->call);
	if (revoker->vault_call)
		helper_cancel(revoker->vault_call);
	revocation_free(revoker->machine);
	if (revoker->directory)
		exchange_directory_release(
			ca_exchange(revoker->wish.ca), revoker->directory);
	ca_unref(revoker->wish.ca);
	free(revoker);
}

static bool is_revoked(const struct revoker *revoker)
{
	return revoker->machine &&
		revocation_state(revoker->machine) == REVOCATION_DONE;
}

/* The one exit. */
static void end(struct revoker *revoker, const struct error *err)
{
	struct error failure = err ? *err : (struct error){0};

	if (err && is_revoked(revoker))
		error_prefix(&failure,
			"CA '%s' has revoked it, but that could not be noted, "
			"so repeat this",
			ca_name(revoker->wish.ca));
	else if (err)
		error_prefix(&failure, "CA '%s'", ca_name(revoker->wish.ca));
	revoker->wish.on_end(
		revoker->wish.data, is_revoked(revoker), err ? &failure : NULL);
	revoker_cancel(revoker);
}

/* Last: the vault marks it. */

static void on_marked(void *data, const json_t *reply, const struct error *err)
{
	struct revoker *revoker = data;

	(void)reply;
	revoker->vault_call = NULL;
	end(revoker, err);
}

static void mark(struct revoker *revoker)
{
	const struct revoker_wish *wish = &revoker->wish;

	revoker->vault_call = helper_call(wish->vault,
		json_pack("{s:s, s:s, s:i, s:i}", "verb", "revoked", "name",
			wish->name, "version", (int)wish->version, "reason",
			(int)wish->reason),
		VAULT_DEADLINE, on_marked, revoker);
}

/* Third: the CA. Without a reply and an error it is the first step. */
static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct revoker *revoker = data;

	revoker->call = NULL;
	if (reply || err)
		revocation_done(revoker->machine, reply, err);
	const struct request *request = revocation_next(revoker->machine);
	if (request)
		revoker->call = exchange_post(ca_exchange(revoker->wish.ca),
			request, on_reply, revoker);
	else if (is_revoked(revoker))
		mark(revoker);
	else
		end(revoker, revocation_error(revoker->machine));
}

/* Second: its directory. */
static void on_directory(
	void *data, const struct directory *directory, const struct error *err)
{
	struct revoker *revoker = data;
	struct revocation_wish wish = {
		.reason = revoker->wish.reason,
		.has_account = revoker->has_account,
		.has_key = true,
		.name = revoker->wish.name,
		.version = revoker->wish.version,
	};
	struct error failure;

	revoker->call = NULL;
	revoker->directory = directory;
	if (err) {
		end(revoker, err);
		return;
	}
	revoker->machine = revocation_new(directory, &wish, &failure);
	if (revoker->machine)
		on_reply(revoker, NULL, NULL);
	else
		end(revoker, &failure);
}

/* First: is the account still there that issued it? */

static bool is_issuer(const struct revoker *revoker, const json_t *account)
{
	const char *url = member_string_or(account, "url", NULL);
	const char *issuer = revoker->wish.account;

	return url && (!issuer || streq(url, issuer)) &&
		!member_bool_or(account, "closed", false) &&
		streq(member_string_or(account, "directory", ""),
			ca_settings(revoker->wish.ca)->directory);
}

static void on_account(void *data, const json_t *reply, const struct error *err)
{
	struct revoker *revoker = data;

	revoker->vault_call = NULL;
	if (err) {
		end(revoker, err);
		return;
	}
	revoker->has_account = is_issuer(revoker, reply);
	revoker->call = exchange_directory(
		ca_exchange(revoker->wish.ca), on_directory, revoker);
}

struct revoker *revoker_start(const struct revoker_wish *wish)
{
	struct revoker *revoker = mem_new(sizeof(*revoker));
	const struct ca_settings *settings = ca_settings(wish->ca);

	revoker->wish = *wish;
	ca_ref(wish->ca);
	revoker->vault_call = helper_call(wish->vault,
		json_pack("{s:s, s:s, s:b, s:b}", "verb", "account", "ca",
			settings->name, "staging", settings->staging, "look",
			true),
		VAULT_DEADLINE, on_account, revoker);
	return revoker;
}
