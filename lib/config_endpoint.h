/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One endpoint of Verify=, as text and back: "HOST:PORT",
 * "smtp://HOST[:PORT]", each with or without ",sni=NAME".
 */

#include "config.h"

/* False for what is no endpoint; *out is as before then. */
bool config_endpoint_parse(const char *value, struct config_endpoint *out);

/* As it is shown and kept, always with its port; free it with free(). */
char *config_endpoint_label(const struct config_endpoint *endpoint);

struct config_endpoint config_endpoint_copy(
	const struct config_endpoint *endpoint);

/* Frees what it holds. */
void config_endpoint_clear(struct config_endpoint *endpoint);
