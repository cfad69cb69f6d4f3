/* SPDX-License-Identifier: MIT */
#include "config_solver.h"

#include <string.h>

static const struct config_solver_facts SOLVERS[] = {
#define SOLVER_FACTS(id, name, types, keys, needs) \
	[SOLVER_##id] = {#name, types, keys, needs},
	SOLVER_LIST(SOLVER_FACTS)
#undef SOLVER_FACTS
};

const struct config_solver_facts *config_solver_facts(enum config_solver solver)
{
	return &SOLVERS[solver];
}

bool config_solver_has_key(const char *words, const char *key)
{
	size_t length = strlen(key);

	while (*words) {
		size_t word = strcspn(words, " ");
		if (word == length && strncmp(words, key, word) == 0)
			return true;
		words += word;
		words += strspn(words, " ");
	}
	return false;
}
