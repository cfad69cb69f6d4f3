/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One CA as the daemon knows it: its exchange, its account, and the slots
 * that bound the orders in flight. A dry run's CA (staging) is another one.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "account.h"
#include "ca_settings.h"
#include "ca_slots.h"
#include "event.h"
#include "exchange.h"

struct ca;

/* Everything is borrowed and outlives the CA; settings are copied. */
struct ca_setup {
	struct ev_loop *loop;
	struct http *http;
	struct helper *vault;
	struct events *events;
	const struct config_ca *config;
	const struct config_daemon *daemon;
	bool staging;
};

/* NULL when there is no staging directory. */
struct ca *ca_new(const struct ca_setup *setup);
/* One more user; ca_unref() by the last one frees it. */
struct ca *ca_ref(struct ca *ca);
void ca_unref(struct ca *ca);

/* Do these settings need another exchange or account? */
bool ca_differs(const struct ca *ca, const struct ca_setup *setup);

/* What an order needs; borrowed, valid while the slot is held. */
struct ca_ready {
	struct exchange *exchange;
	const struct directory *directory;
	const char *account; /* URL; it and the next may be NULL if the use does
				not need them */
	const char *thumbprint; /* of its key */
};

/* Waits for a slot, then sees to directory and account (once for all who
 * wait), then calls on_ready with either. Never NULL. */
struct ca_wait *ca_enter(struct ca *ca, enum ca_use use,
	void (*on_ready)(void *data, const struct ca_ready *ready,
		const struct error *err),
	void *data);

/* Gives the slot back, at any time after ca_enter(); no callback comes. */
void ca_leave(struct ca_wait *wait);

/* The CA does not know the account any more (A3): it is looked up by key
 * when the next one enters. */
void ca_forget_account(struct ca *ca);

const struct ca_settings *ca_settings(const struct ca *ca);

/* The vault is asked for it anew as soon as nobody holds a slot. */
void ca_refresh_account(struct ca *ca);

/* Orders that hold a slot. */
int64_t ca_orders(const struct ca *ca);

const char *ca_name(const struct ca *ca);
/* For what needs no account; borrowed from who holds the CA. */
struct exchange *ca_exchange(const struct ca *ca);
bool ca_is_staging(const struct ca *ca);
