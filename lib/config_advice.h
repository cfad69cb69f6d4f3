/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is no mistake, but will hardly work: told by `acmed -t` with a remedy.
 */

#include "config_setting.h"

/* A certificate that is about to be added, to the advice of `mistakes`; what
 * concerns a CA is told once, with the first certificate that uses it. */
void config_advise(const struct config *config,
	const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes);
