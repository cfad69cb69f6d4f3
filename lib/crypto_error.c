/* SPDX-License-Identifier: MIT */
#include "crypto_error.h"

#include <openssl/err.h>

bool fail_crypto(struct error *err, enum error_kind kind, const char *what)
{
	unsigned long last = ERR_peek_last_error();
	const char *reason = last ? ERR_reason_error_string(last) : NULL;

	if (reason)
		fail(err, kind, "%s: %s", what, reason);
	else
		fail(err, kind, "%s", what);
	ERR_clear_error();
	return false;
}
