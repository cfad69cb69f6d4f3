/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include "archive.h"
#include "clock.h"
#include "json.h"
#include "mem.h"
#include "next.h"
#include "roots.h"
#include "text.h"

#include <time.h>

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
	STACK_OF(X509) * chain, bool is_dry, struct error *err)
{
	struct certificate_wish wish = {
		.key = key,
		.identifiers = certificate->identifiers,
		.identifier_count = certificate->identifier_count,
		.now = time(NULL),
	};

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
	unsigned number = archive_next_number(vault, name) - 1;
	struct version cleanup_version version = {0};
	struct error err = {0};

	if (!number || !version_read(vault, name, number, &version, &err) ||
		!streq(version.facts.fingerprint, fingerprint))
		return 0;
	return number;
}

static unsigned write_version(struct vault *vault, const char *name,
	const struct certificate_facts *facts, struct version_wish *wish,
	struct error *err)
{
	unsigned number = find_staged(vault, name, facts->fingerprint);

	if (number)
		return next_mark_staged(vault, name, number, err) ? number : 0;
	wish->number = archive_next_number(vault, name);
	if (!next_mark_staged(vault, name, wish->number, err) ||
		!version_write(vault, name, wish, err))
		return 0;
	clock_learn(vault, facts->not_before);
	return wish->number;
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
	struct certificate_facts facts = {0};
	unsigned number = 0;

	if (!key || !check(vault, certificate, key, chain, is_dry, err) ||
		!certificate_read_facts(sk_X509_value(chain, 0), &facts, err))
		return NULL;
	struct version_wish wish = {.key = key, .chain = chain};
	if (!is_dry)
		number = write_version(vault, name, &facts, &wish, err);
	json_t *reply =
		is_dry || number ? version_to_json(number, &facts) : NULL;
	certificate_facts_clear(&facts);
	return reply;
}
