/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Looks at what a server would read of one certificate: the link below live/,
 * key, chain and their modes, how long it is valid. It needs no daemon, and
 * says what only root can see.
 */

#include "certificate.h"
#include "config.h"
#include "finding.h"

/* Tells at once, with the checks that file_look_has() knows; the end is not
 * told. The certificate may be NULL, when nothing is configured. */
enum finding_verdict file_look(const char *name,
	const struct config_certificate *certificate,
	const struct finding_listener *listener);

/* Tells of expiry only, by what is known already. */
enum finding_verdict file_look_expiry(const char *name,
	const struct config_certificate *certificate,
	const struct certificate_facts *facts,
	const struct finding_listener *listener);

/* Is it a check of this header? */
bool file_look_has(const char *check);
