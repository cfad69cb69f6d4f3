/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include "archive.h"
#include "clock.h"
#include "json.h"
#include "kept_names.h"
#include "live.h"
#include "mem.h"
#include "next.h"
#include "next_key.h"
#include "roots.h"
#include "text.h"
#include "timestamp.h"

#include <time.h>

#define LEAST_LEFT 300 /* seconds */

static STACK_OF(X509) * read_chain(const json_t *request, struct error *err)
{
	const json_t *chain = json_object_get(request, "chain");

	if (!json_is_string(chain)) {
		fail(err, ERROR_REFUSED, "there is no chain to stage");
		return NULL;
	}
	return certificate_chain_parse(
		json_string_value(chain), json_string_length(chain), err);
}

/* The CA of the order in flight: of those that may issue it, another one than
 * the first may have been asked. */
static const struct config_ca *issuer_of(
	struct vault *vault, const struct config_certificate *certificate)
{
	cleanup(json) json_t *order = next_order(vault, certificate->name);
	const char *name = member_string_or(order, "ca", "");

	for (size_t i = 0; i < certificate->other_count; i++)
		if (streq(certificate->others[i]->name, name))
			return certificate->others[i];
	return certificate->ca;
}

/* A staging CA has roots of its own. */
static bool check(struct vault *vault,
	const struct config_certificate *certificate, EVP_PKEY *key,
	STACK_OF(X509) * chain, const json_t *request, struct error *err)
{
	bool is_dry = member_bool_or(request, "dry", false);
	struct kept_names cleanup_kept_names kept = {0};
	struct certificate_wish wish = {.key = key, .now = time(NULL)};

	if (!kept_names_read(certificate, request, &kept, err))
		return false;
	wish.identifiers = kept.list;
	wish.identifier_count = kept.count;
	return clock_check(vault, wish.now, err) &&
		(is_dry ||
			roots_of(vault, issuer_of(vault, certificate),
				&wish.roots, err)) &&
		certificate_check(chain, &wish, err);
}

/* The same chain staged a second time (a crash came between) is found. */
static unsigned find_staged(
	struct vault *vault, const char *name, const char *fingerprint)
{
	unsigned number = next_staged(vault, name);
	struct version cleanup_version version = {0};
	struct error err = {0};

	if (!number || !version_read(vault, name, number, &version, &err) ||
		!streq(version.facts.fingerprint, fingerprint))
		return 0;
	return number;
}

/* The one that servers have; false: none, or a placeholder. */
static bool read_live(
	struct vault *vault, const char *name, struct version *out)
{
	struct error err;
	unsigned number = live_read(vault, name, &err);

	return number && version_read(vault, name, number, out, &err) &&
		!certificate_is_placeholder(&out->facts);
}

/* A certificate that is nearly used up takes the place of none that lasts
 * longer. One of a shorter kind that is fresh may: a profile was chosen. */
static bool check_worth(struct vault *vault, const char *name,
	const struct certificate_facts *facts, struct error *err)
{
	struct version cleanup_version live = {0};
	int64_t left = facts->not_after - time(NULL);
	char end[TIMESTAMP_SIZE];
	char wanted[TIMESTAMP_SIZE];

	if (left >= LEAST_LEFT && left >= certificate_lifetime(facts) / 3)
		return true;
	if (!read_live(vault, name, &live) ||
		live.facts.not_after <= facts->not_after)
		return true;
	timestamp_format(facts->not_after, end);
	timestamp_format(live.facts.not_after, wanted);
	return fail_cause(err, ERROR_TRANSIENT, "K6",
		"certificate ends at %s already, and the one that is live at "
		"%s",
		end, wanted);
}

static bool write_version(struct vault *vault, const char *name,
	struct version *version, struct version_wish *wish, struct error *err)
{
	const struct certificate_facts *facts = &version->facts;

	version->number = find_staged(vault, name, facts->fingerprint);
	if (version->number)
		return next_mark_staged(vault, name, version->number, err);
	archive_make_room(vault, name);
	wish->number = archive_next_number(vault, name, err);
	if (!wish->number ||
		!next_mark_staged(vault, name, wish->number, err) ||
		!version_write(vault, name, wish, err))
		return false;
	version->number = wish->number;
	return true;
}

/* A dry run keeps nothing. */
static json_t *keep(struct vault *vault, const char *name, bool is_dry,
	struct version_wish *wish, struct error *err)
{
	cleanup(string) char *request =
		is_dry ? NULL : next_request(vault, name);
	struct version cleanup_version version = {0};

	wish->request = request;
	if (request)
		csr_hash(request, version.request);
	if (!certificate_read_chain(wish->chain, &version.facts, err))
		return NULL;
	bool is_kept = is_dry ||
		(check_worth(vault, name, &version.facts, err) &&
			write_version(vault, name, &version, wish, err));
	return is_kept ? version_to_json(&version) : NULL;
}

json_t *stage_chain(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	bool is_dry = member_bool_or(request, "dry", false);
	const struct config_certificate *certificate =
		name ? vault_certificate(vault, name, err) : NULL;
	cleanup(chain) STACK_OF(X509) *chain =
		certificate ? read_chain(request, err) : NULL;
	cleanup(pkey) EVP_PKEY *key =
		chain ? next_key(vault, name, is_dry, err) : NULL;
	struct version_wish wish = {.key = key, .chain = chain};
	if (!key || !check(vault, certificate, key, chain, request, err))
		return NULL;
	return keep(vault, name, is_dry, &wish, err);
}
