/* SPDX-License-Identifier: MIT */
#include "telling_trouble.h"

#include "mem.h"

#include <search.h>

static int by_name(const void *a, const void *b)
{
	const struct trouble *one = a;
	const struct trouble *other = b;
	int order = strcmp(one->subject, other->subject);

	return order ? order : strcmp(one->source, other->source);
}

struct trouble *troubles_find(const struct troubles *troubles,
	const char *source, const char *subject)
{
	const struct trouble wanted = {
		.source = (char *)source,
		.subject = (char *)subject,
	};
	struct trouble *const *found =
		tfind(&wanted, (void *const *)&troubles->tree, by_name);

	return found ? *found : NULL;
}

struct trouble *troubles_add(
	struct troubles *troubles, const char *source, const char *subject)
{
	struct trouble *trouble = mem_new(sizeof(*trouble));

	trouble->source = mem_string(source);
	trouble->subject = mem_string(subject);
	trouble->next = troubles->first;
	trouble->link = &troubles->first;
	if (trouble->next)
		trouble->next->link = &trouble->next;
	troubles->first = trouble;
	if (!tsearch(trouble, &troubles->tree, by_name))
		abort();
	return trouble;
}

void troubles_remove(struct troubles *troubles, struct trouble *trouble)
{
	tdelete(trouble, &troubles->tree, by_name);
	*trouble->link = trouble->next;
	if (trouble->next)
		trouble->next->link = trouble->link;
	free(trouble->source);
	free(trouble->subject);
	free(trouble->code);
	free(trouble->text);
	free(trouble);
}

void troubles_clear(struct troubles *troubles)
{
	while (troubles->first)
		troubles_remove(troubles, troubles->first);
}

static int by_level(const void *a, const void *b)
{
	const struct trouble *one = *(const struct trouble *const *)a;
	const struct trouble *other = *(const struct trouble *const *)b;

	if (one->level != other->level)
		return one->level < other->level ? 1 : -1;
	return by_name(one, other);
}

const struct trouble **troubles_of(const struct troubles *troubles,
	const struct cause *cause, enum alert_level least, size_t *count)
{
	const struct trouble **list = NULL;

	*count = 0;
	for (const struct trouble *t = troubles->first; t; t = t->next) {
		if (t->cause != cause || t->level < least)
			continue;
		list = mem_resize(list, *count + 1, sizeof(*list));
		list[(*count)++] = t;
	}
	if (*count)
		qsort(list, *count, sizeof(*list), by_level);
	return list;
}
