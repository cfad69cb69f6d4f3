/* SPDX-License-Identifier: MIT */
#include "dns_delegation.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LABEL_MAX 63

/* Lower case, and without the final dot; false when it is no name. */
static bool normalise(const char *name, char out[static DNS_NAME_SIZE])
{
	size_t length = strlen(name);
	size_t label = 0;

	if (length > 0 && name[length - 1] == '.')
		length--;
	if (length == 0 || length >= DNS_NAME_SIZE - 2)
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)name[i];
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_MAX || c <= ' ' || c > '~' ||
			(c == '.' && (i == 0 || name[i - 1] == '.')))
			return false;
		out[i] = (char)tolower(c);
	}
	out[length] = '\0';
	return true;
}

bool dns_delegation_start(
	struct dns_delegation *delegation, const char *name, struct error *err)
{
	*delegation = (struct dns_delegation){0};
	return normalise(name, delegation->names[0]) ||
		fail(err, ERROR_REFUSED, "'%.253s' is no name", name);
}

const char *dns_delegation_name(const struct dns_delegation *delegation)
{
	return delegation->names[delegation->hops];
}

bool dns_delegation_follow(struct dns_delegation *delegation,
	const char *target, struct error *err)
{
	char name[DNS_NAME_SIZE];

	if (!normalise(target, name))
		return fail_cause(err, ERROR_VALIDATION, "D5",
			"'%s' is an alias of '%.200s', which is no name",
			dns_delegation_name(delegation), target);
	for (unsigned i = 0; i <= delegation->hops; i++)
		if (strcmp(delegation->names[i], name) == 0)
			return fail_cause(err, ERROR_VALIDATION, "D5",
				"'%s' is an alias of itself",
				delegation->names[0]);
	if (delegation->hops == DNS_DELEGATION_MAX)
		return fail_cause(err, ERROR_VALIDATION, "D5",
			"'%s' is an alias of an alias, more than %d times",
			delegation->names[0], DNS_DELEGATION_MAX);
	memcpy(delegation->names[++delegation->hops], name, sizeof(name));
	return true;
}
