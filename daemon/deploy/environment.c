/* SPDX-License-Identifier: MIT */
#include "environment.h"

#include "text.h"

#define PATHS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char *join_names(const struct certificate_facts *facts)
{
	struct text names = {0};

	for (size_t i = 0; i < facts->identifier_count; i++)
		text_addf(&names, "%s%s", i ? " " : "",
			facts->identifiers[i].value);
	return text_take(&names);
}

void environment_fill(struct environment *environment, const char *name,
	const struct material *material)
{
	cleanup(string) char *names = join_names(&material->facts);
	char **items = environment->items;

	*items++ = text_format("PATH=" PATHS);
	*items++ = text_format("RENEWED_LINEAGE=%s", material->live);
	*items++ = text_format("RENEWED_DOMAINS=%s", names ? names : "");
	*items++ = text_format("ACMED_CERTIFICATE=%s", name);
	*items++ = text_format("ACMED_VERSION=%u", material->version);
	*items++ = text_format("ACMED_SERIAL=%s", material->facts.serial);
	*items++ = text_format("ACMED_NAMES=%s", names ? names : "");
	*items++ = text_format("ACMED_LIVE=%s", material->live);
	*items = NULL;
}

void environment_clear(struct environment *environment)
{
	for (size_t i = 0; i < ENVIRONMENT_MAX; i++)
		free(environment->items[i]);
	*environment = (struct environment){0};
}
