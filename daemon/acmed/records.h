/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * TXT records that answer challenges, written by dynamic updates: where the
 * alias of their name leads, and told as present only when every name server
 * of the zone has them. A persistent one (dns-persist-01) is written once and
 * stays. Of the others the vault keeps a list, so that what a crash or a
 * server that was down left in a zone is removed later: only what we wrote.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "challenge.h"
#include "config.h"
#include "dns_call.h"

struct records;
struct record_run; /* one record, from present to withdraw */

/* What goes on unasked. */
struct records_listener {
	/* A record could not be taken back yet. */
	void (*on_trouble)(
		void *data, const char *certificate, const struct error *err);
	/* A name server does not have a record yet. */
	void (*on_wait)(
		void *data, const char *certificate, const struct error *err);
	/* Others have left records at the name of one (D3). */
	void (*on_others)(
		void *data, const char *certificate, const struct error *err);
	void *data; /* borrowed */
};

/* The tools are copied. Never NULL. */
struct records *records_new(
	const struct dns_tools *tools, const struct records_listener *listener);
/* Forgets all runs; what they wrote is on the vault's list. */
void records_free(struct records *records);

/* Everything is borrowed for the call. on_end comes once, err NULL for well;
 * the run stays until record_run_withdraw(). Never NULL. */
struct record_run *records_present(struct records *records,
	const char *certificate, const struct config_challenge *settings,
	const struct challenge *answer,
	void (*on_end)(void *data, const struct error *err), void *data);

/* Takes the record back, sooner or later, and forgets the run: on_end will not
 * come any more. */
void record_run_withdraw(struct record_run *run);

/* Removes what earlier runs left; again in an hour as long as some cannot be
 * removed. */
void records_sweep(struct records *records);
