/* SPDX-License-Identifier: MIT */
#include "config_names.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct config_name *one = a;
	const struct config_name *other = b;
	int order = strcmp(one->value, other->value);

	return order ? order
		     : strcmp(one->certificate->name, other->certificate->name);
}

static size_t count_all(const struct config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->certificate_count; i++)
		count += config->certificates[i]->identifier_count;
	return count;
}

static void add_all(struct config_names *names,
	const struct config_certificate *certificate)
{
	for (size_t i = 0; i < certificate->identifier_count; i++)
		names->items[names->count++] = (struct config_name){
			.value = certificate->identifiers[i].value,
			.certificate = certificate,
		};
}

struct config_names *config_names_new(const struct config *config)
{
	struct config_names *names = mem_new(sizeof(*names));

	names->items =
		mem_resize(NULL, count_all(config) + 1, sizeof(*names->items));
	for (size_t i = 0; i < config->certificate_count; i++)
		add_all(names, config->certificates[i]);
	qsort(names->items, names->count, sizeof(*names->items), compare);
	return names;
}

void config_names_free(struct config_names *names)
{
	if (!names)
		return;
	free(names->items);
	free(names);
}

/* The place of the first that is not before it. */
static size_t place_of(const struct config_names *names, const char *value)
{
	size_t low = 0;
	size_t high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(names->items[middle].value, value) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t config_names_find(const struct config_names *names, const char *value,
	const struct config_name **first)
{
	size_t place = place_of(names, value);
	size_t end = place;

	while (end < names->count && streq(names->items[end].value, value))
		end++;
	*first = names->items + place;
	return end - place;
}
