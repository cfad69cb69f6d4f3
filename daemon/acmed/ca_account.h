/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The account at one CA is looked up in the vault, else found or made at the
 * CA and saved.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "account.h"
#include "ca_settings.h"
#include "event.h"
#include "exchange.h"

struct ca_account;

struct ca_account_wish {
	struct helper *vault; /* borrowed, as all until the end */
	struct events *events; /* what is to be told of the account */
	struct exchange *exchange;
	const struct ca_settings *settings;
	const struct directory *directory;
	bool is_lost; /* asked for at the CA, whatever the vault says */
	/* Once: both strings, borrowed, or err. */
	void (*on_end)(void *data, const char *url, const char *thumbprint,
		const struct error *err);
	void *data;
};

/* Never NULL; gone after on_end. */
struct ca_account *ca_account_start(const struct ca_account_wish *wish);
void ca_account_cancel(struct ca_account *account);
