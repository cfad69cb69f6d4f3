/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What only root may do: it is asked of the vault itself, past the daemon,
 * and of the human before that.
 */

#include "error.h"
#include "verbs.h"

#include <jansson.h>

/* Asks `question` on a terminal; elsewhere --yes has to answer it. */
bool permit_is_sure(const struct arguments *arguments, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A request to the vault (daemon/common/verbs.h), whose reference it takes.
 * False with err. */
bool permit_ask_vault(json_t *request, struct error *err);
