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
