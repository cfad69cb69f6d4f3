/* SPDX-License-Identifier: MIT */

/*
 * What the vault tells the loop of a certificate (LINEAGE in verbs.h). The
 * loop does not trust it more than anybody else.
 */

#include "lineage.h"

#include "fuzz.h"
#include "json.h"
#include "mem.h"
#include "status.h"

#include <string.h>

static void check_facts(const struct certificate_facts *facts)
{
	fuzz_check(memchr(facts->serial, '\0', sizeof(facts->serial)));
	fuzz_check(memchr(facts->ari_id, '\0', sizeof(facts->ari_id)));
	fuzz_check(memchr(facts->issuer, '\0', sizeof(facts->issuer)));
	fuzz_check(facts->identifiers || !facts->identifier_count);
	certificate_is_placeholder(facts);
	certificate_lifetime(facts);
}

static void check(const struct lineage *lineage)
{
	if (lineage->is_installed)
		check_facts(&lineage->facts);
	lineage_has_certificate(lineage);
	lineage_is_served(lineage);
	cleanup(json) json_t *status = status_of(lineage, FUZZ_NOW);
	cleanup(string) char *text = json_write(status);
	fuzz_check(text != NULL);
}

/* A second message takes the place of the first: nothing is left of that. */
static void load(struct lineage *lineage, const json_t *object)
{
	struct error err = {0};

	if (!lineage_from_vault(lineage, object, &err))
		fuzz_check_error(&err);
	check(lineage);
}

void fuzz_lineage_load(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct lineage *lineage = lineage_new("example.org");

	do {
		cleanup(string) char *part = fuzz_part(&parts, &length);
		cleanup(json) json_t *object =
			fuzz_object((const uint8_t *)part, length);
		if (object) {
			load(lineage, object);
			lineage_set_version(lineage,
				json_object_get(object, "installed"), NULL);
		}
		check(lineage);
	} while (parts.left);
	lineage_free(lineage);
}
