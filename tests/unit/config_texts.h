/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A configuration of two texts for the tests: "acmed.conf" with one CA, and
 * the certificate "site" in "site.conf".
 */

#include "config.h"

#define CONFIG_GLOBAL \
	"[CA test]\n" \
	"Directory=https://ca.example/directory\n" \
	"[Certificate]\n" \
	"CA=test\n"

/* Both texts; mistakes are kept for config_mistakes(). NULL with any in the
 * global one. Owned. */
struct config *config_of(const char *global, const char *certificate);

/* The certificate "site" of config_of(CONFIG_GLOBAL, ...), which is kept until
 * the next call; fails the test when there are mistakes. */
const struct config_certificate *config_site(const char *certificate);

/* The mistakes of the last call, one a line. */
const char *config_mistakes(void);

/* Fails the test unless these are the mistakes. */
void config_check_mistakes(
	const char *global, const char *certificate, const char *wanted);

/* Frees what is kept. */
void config_forget(void);
