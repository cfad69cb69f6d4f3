/* SPDX-License-Identifier: MIT */
#include "verify_seen.h"

#include "certificate.h"
#include "text.h"

static bool has_our_names(
	const struct verify_wish *wish, const struct certificate_facts *facts)
{
	for (size_t i = 0; i < wish->identifier_count; i++)
		for (size_t j = 0; j < facts->identifier_count; j++)
			if (identifier_equal(&wish->identifiers[i],
				    &facts->identifiers[j]) ||
				identifier_covers(&facts->identifiers[j],
					&wish->identifiers[i]))
				return true;
	return false;
}

static void note_facts(struct verify_seen *seen, const struct verify_wish *wish,
	const struct certificate_facts *facts)
{
	bool is_wanted = streq(facts->fingerprint, wish->fingerprint);
	bool is_placeholder = certificate_is_placeholder(facts);

	if (is_wanted)
		seen->wanted++;
	else
		seen->other++;
	if (has_our_names(wish, facts)) {
		seen->placeholder = seen->placeholder || is_placeholder;
		seen->same_names = seen->same_names || !is_placeholder;
	}
	if (is_wanted && seen->other)
		return;
	memcpy(seen->serial, facts->serial, sizeof(seen->serial));
	seen->not_after = facts->not_after;
}

void verify_seen_note(
	struct verify_seen *seen, const struct verify_wish *wish, X509 *leaf)
{
	struct certificate_facts facts = {0};
	struct error err;

	seen->answered = true;
	if (certificate_read_facts(leaf, &facts, &err))
		note_facts(seen, wish, &facts);
	else
		seen->other++;
	certificate_facts_clear(&facts);
}

static bool is_wanted_leaf(const struct verify_wish *wish, X509 *leaf)
{
	struct certificate_facts facts = {0};
	bool is_wanted = certificate_read_facts(leaf, &facts, NULL) &&
		streq(facts.fingerprint, wish->fingerprint);

	certificate_facts_clear(&facts);
	return is_wanted;
}

/* Somebody else has had the same names certified by the same CA. */
static bool is_twin(const struct verify_wish *wish, STACK_OF(X509) * chain)
{
	struct certificate_facts facts = {0};
	bool is = certificate_read_chain(chain, &facts, NULL) &&
		facts.not_before > wish->issued &&
		streq(facts.anchor, wish->anchor) &&
		identifier_same_set(wish->identifiers, wish->identifier_count,
			facts.identifiers, facts.identifier_count);

	certificate_facts_clear(&facts);
	return is;
}

/* The system's roots cost time, and are needed for an unusual chain only. */
static bool has_gap(const struct verify_wish *wish, STACK_OF(X509) * chain,
	char missing[CERTIFICATE_NAME_SIZE])
{
	if (certificate_chain_ends(chain, wish->anchor, NULL, missing))
		return false;
	cleanup(x509_store) X509_STORE *roots = X509_STORE_new();
	return roots && X509_STORE_set_default_paths(roots) == 1 &&
		!certificate_chain_ends(chain, wish->anchor, roots, missing);
}

void verify_seen_note_chain(struct verify_seen *seen,
	const struct verify_wish *wish, STACK_OF(X509) * chain)
{
	if (seen->is_incomplete || seen->is_twin || !wish->anchor ||
		!*wish->anchor)
		return;
	if (is_wanted_leaf(wish, sk_X509_value(chain, 0)))
		seen->is_incomplete = has_gap(wish, chain, seen->missing);
	else
		seen->is_twin = wish->issued && is_twin(wish, chain);
}
