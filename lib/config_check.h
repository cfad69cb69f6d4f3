/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What must hold between the settings of a CA or a certificate, once each of
 * them could be read by itself.
 */

#include "config_setting.h"

void config_check_ca(const struct config_ca *ca,
	const struct settings *settings, struct mistakes *mistakes);

/* What acmed.conf says for all certificates. */
void config_check_defaults(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes);

/* `config` is for the CAs. */
void config_check_certificate(const struct config *config,
	const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes);

/* What each Solver= needs and goes with; and what the names need of the
 * challenges (config_check_solver.c, config_check_challenge.c). */
void config_check_solvers(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes);
void config_check_challenges(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes);

/* Where a name of the certificate stands: in a line of Names=, or in the
 * request of CSR=. False when that is not known. */
struct config_place_of_name {
	const char *key; /* borrowed, as the next */
	const char *file;
	unsigned line;
};
bool config_name_place(const struct config_certificate *certificate,
	const struct settings *settings, size_t index,
	struct config_place_of_name *place);

/* Only what Names= or CSR= say (config_check_names.c). */
void config_check_names(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes);
