/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What each CA's limits still allow: counted from what the lineages keep of
 * their attempts over restarts, and corrected by what a CA says. An attempt
 * waits here before the CA has to refuse it.
 */

#include "fleet.h"
#include "limit.h"

struct budgets;

struct budgets *budgets_new(void);
void budgets_free(struct budgets *budgets);

/* Which limit it is that has to be waited for. */
struct budget_wait {
	enum limit_kind kind;
	char key[LIMIT_KEY_MAX];
	int64_t until; /* 0: none */
};

/* When an attempt for this lineage may begin; true for now. */
bool budget_allows(const struct fleet *fleet, const struct lineage *lineage,
	int64_t now, struct budget_wait *wait);
/* The same at that CA, whichever is asked next. */
bool budget_allows_at(const struct fleet *fleet, const struct lineage *lineage,
	const struct config_ca *ca, int64_t now, struct budget_wait *wait);

/* "limit 'domain' of CA 'x' for example.com" */
#define BUDGET_TEXT_SIZE 512
void budget_describe(const struct lineage *lineage,
	const struct budget_wait *wait, char out[static BUDGET_TEXT_SIZE]);

/* How many of that kind are left at the CA for who has fewest; -1: there is
 * no limit. */
int64_t budget_left(const struct fleet *fleet, const struct config_ca *ca,
	enum limit_kind kind, int64_t now);

/* An attempt begins: it is counted, in the lineage too, which is to be saved
 * after this. */
void budget_begin(struct fleet *fleet, struct lineage *lineage, int64_t now);

/* It has ended, err NULL for well: what the CA did not hear of, or did not
 * issue, is given back; a limit that the CA told of is kept. */
void budget_end(struct fleet *fleet, struct lineage *lineage, bool is_ordered,
	const struct error *err, int64_t now);
