/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The TXT records that were signed into zones and not yet out of them again,
 * in records/NAME.json: written before the update leaves the vault, so that a
 * crash leaves nothing behind that nobody knows of.
 */

#include "dns_update.h"
#include "vault.h"

/* One record of a certificate. Borrowed. */
struct dns_journal_entry {
	const char *name; /* of the certificate */
	const char *identifier;
	const struct config_challenge *challenge; /* has the server */
	const struct dns_update *update;
};

/* Lasts when it returns. */
bool dns_journal_add(struct vault *vault, const struct dns_journal_entry *entry,
	struct error *err);
bool dns_journal_remove(struct vault *vault,
	const struct dns_journal_entry *entry, struct error *err);

/* Was this value signed to that name, and is it not known to be gone? */
bool dns_journal_has(
	struct vault *vault, const struct dns_journal_entry *entry);

/* With the certificate; false when one is there that could not be moved. */
bool dns_journal_drop(struct vault *vault, const char *name, struct error *err);
bool dns_journal_move(struct vault *vault, const char *from, const char *to);

/* The verb `dns-leftovers`. */
json_t *dns_journal_list(
	struct vault *vault, const json_t *request, struct error *err);
