/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * CSR=: the request that a user brings is a part of the configuration, as if
 * it stood in the certificate's file. This reads no files: who reads that one
 * reads the request too and puts it behind the text, where it is accepted,
 * kept and handed on with it.
 */

#include "config_setting.h"

/* What CSR= of a certificate's text names: owned, or NULL. */
char *config_csr_path(const struct config_text *text);

/* The text with the bytes of the request behind it, or with the reason why
 * there are none: owned, of *length bytes. NULL when it has a request
 * already, which only we may put there. */
char *config_csr_join(const struct config_text *text, const void *bytes,
	size_t count, size_t *length);
char *config_csr_join_error(const struct config_text *text,
	const struct error *reason, size_t *length);

/* Length of the text without what is behind it. */
size_t config_csr_cut(const struct config_text *text);

/* Gives a certificate with CSR= its names and its key, and tells what cannot
 * be beside it, or what a CA would refuse. */
void config_csr_take(struct config_certificate *certificate,
	const struct config_text *text, const struct settings *settings,
	struct mistakes *mistakes);
