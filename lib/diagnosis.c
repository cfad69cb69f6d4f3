/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

#include "diagnosis_group.h"
#include "text.h"

static const struct diagnosis_group *const GROUPS[] = {
	&diagnosis_network,
	&diagnosis_paths,
	&diagnosis_names,
	&diagnosis_ca,
	&diagnosis_machine,
	&diagnosis_deploy,
};

const struct diagnosis *diagnosis_at(size_t index)
{
	for (size_t i = 0; i < sizeof(GROUPS) / sizeof(*GROUPS); i++) {
		if (index < GROUPS[i]->count)
			return &GROUPS[i]->rows[index];
		index -= GROUPS[i]->count;
	}
	return NULL;
}

const struct diagnosis *diagnosis_find(const char *code)
{
	const struct diagnosis *row;

	for (size_t i = 0; (row = diagnosis_at(i)); i++)
		if (streq(row->code, code))
			return row;
	return NULL;
}

const struct diagnosis_event *diagnosis_event_find(const char *name)
{
	size_t count;
	const struct diagnosis_event *table = diagnosis_events(&count);

	for (size_t i = 0; i < count; i++)
		if (streq(table[i].name, name))
			return &table[i];
	return NULL;
}
