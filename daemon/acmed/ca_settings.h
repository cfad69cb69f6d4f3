/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the configuration says of one CA, or of its staging directory, as a
 * copy that outlives the configuration.
 */

#include "config.h"
#include "directory.h"

struct ca_settings {
	char *name; /* owned, as all strings here */
	char *directory;
	char *trust_file; /* or NULL, as the next two */
	char *proxy;
	char *source_address;
	struct strings contacts;
	struct strings caa; /* names in CAA records */
	char *eab_key_id; /* or NULL: no external account binding */
	char *eab_key_file;
	bool agree_to_terms;
	bool staging;
	int64_t max_orders;
};

/* False when there is no staging directory; nothing is to be cleared then. */
bool ca_settings_copy(struct ca_settings *settings,
	const struct config_ca *config, const struct config_daemon *daemon,
	bool staging);
void ca_settings_clear(struct ca_settings *settings);

/* The names that the CA goes by in CAA records: those of its directory, else
 * those of the configuration. A new reference to an array. */
json_t *ca_settings_issuers(
	const struct ca_settings *settings, const struct directory *directory);

bool ca_settings_are_same(
	const struct ca_settings *a, const struct ca_settings *b);
