/* SPDX-License-Identifier: MIT */
#include "ca.h"

#include "ca_account.h"
#include "mem.h"

enum ca_state {
	CA_IDLE, /* no slot is taken, or the last try failed */
	CA_DIRECTORY, /* the directory is on its way */
	CA_ACCOUNT, /* the account is looked up, or made */
	CA_READY,
};

struct ca {
	unsigned users;
	struct ev_loop *loop;
	struct helper *vault;
	struct events *events;
	struct exchange *exchange;
	struct ca_settings settings;
	struct ca_slots slots;

	enum ca_state state;
	const struct directory *directory; /* borrowed while a slot is taken */
	struct ca_account *account; /* under way, or NULL */
	char *url; /* of the account, or NULL */
	bool is_account_lost; /* look it up, whatever the vault says */
	bool is_account_stale; /* another may be in the vault */
	char *thumbprint; /* or NULL */
	struct exchange_call *exchange_call;
	struct error err;

	ev_timer tell; /* callbacks and steps come from here */
};

static void wake(struct ca *ca)
{
	if (!ev_is_active(&ca->tell))
		ev_timer_start(ca->loop, &ca->tell);
}

/* The one writer of the state. */
static void go(struct ca *ca, enum ca_state state)
{
	ca->state = state;
	wake(ca);
}

static void drop_calls(struct ca *ca)
{
	if (ca->exchange_call)
		exchange_cancel(take(ca->exchange_call));
	ca_account_cancel(take(ca->account));
}

static void release(struct ca *ca)
{
	if (ca->directory)
		exchange_directory_release(ca->exchange, take(ca->directory));
}

static void give_up(struct ca *ca, const struct error *err)
{
	ca->err = *err;
	error_prefix(&ca->err, "CA '%s'", ca->settings.name);
	drop_calls(ca);
	go(ca, CA_IDLE);
}

/* Directory. */

/* Who works with the one that there was goes on with it. */
static void keep_directory(struct ca *ca, const struct directory *directory)
{
	if (ca->directory && ca_slots_are_used(&ca->slots)) {
		exchange_directory_release(ca->exchange, directory);
		return;
	}
	release(ca);
	ca->directory = directory;
}

static void on_directory(
	void *data, const struct directory *directory, const struct error *err)
{
	struct ca *ca = data;
	struct error wrong_clock;

	ca->exchange_call = NULL;
	if (err) {
		give_up(ca, err);
		return;
	}
	keep_directory(ca, directory);
	if (exchange_clock_agrees(ca->exchange, &wrong_clock))
		go(ca, CA_READY);
	else
		give_up(ca, &wrong_clock);
}

static void start_directory(struct ca *ca)
{
	if (!ca->exchange_call)
		ca->exchange_call =
			exchange_directory(ca->exchange, on_directory, ca);
}

/* Account. */

static void on_account(void *data, const char *url, const char *thumbprint,
	const struct error *err)
{
	struct ca *ca = data;

	ca->account = NULL;
	if (err) {
		give_up(ca, err);
		return;
	}
	free(ca->thumbprint);
	ca->url = mem_string(url);
	ca->thumbprint = mem_string(thumbprint);
	ca->is_account_lost = false;
	go(ca, CA_READY);
}

static void start_account(struct ca *ca)
{
	struct ca_account_wish wish = {
		.vault = ca->vault,
		.events = ca->events,
		.exchange = ca->exchange,
		.settings = &ca->settings,
		.directory = ca->directory,
		.is_lost = ca->is_account_lost,
		.on_end = on_account,
		.data = ca,
	};

	if (!ca->account)
		ca->account = ca_account_start(&wish);
}

/* Slots. */

static void tell(struct ca *ca, const struct error *err)
{
	struct ca_ready ready = {
		.exchange = ca->exchange,
		.directory = ca->directory,
		.account = ca->url,
		.thumbprint = ca->thumbprint,
	};

	ca_slots_tell(&ca->slots, &ready, err);
}

static void step_idle(struct ca *ca)
{
	struct error err = ca->err;

	ca->err = (struct error){0};
	if (err.kind != ERROR_NONE)
		tell(ca, &err);
	else if (ca_slots_are_awaited(&ca->slots))
		go(ca, CA_DIRECTORY);
	else if (!ca->slots.taken)
		release(ca);
}

/* A clock that somebody has set meanwhile begins nothing: the CA is asked for
 * its date again. */
static void step_ready(struct ca *ca)
{
	if (ca_slots_are_awaited(&ca->slots) &&
		!exchange_clock_agrees(ca->exchange, NULL)) {
		go(ca, CA_DIRECTORY);
		return;
	}
	tell(ca, NULL);
	if (!ca->url && ca_slots_need_account(&ca->slots)) {
		go(ca, CA_ACCOUNT);
		return;
	}
	if (ca->slots.taken)
		return;
	release(ca);
	ca->state = CA_IDLE;
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	static void (*const STEPS[])(struct ca *) = {
		[CA_IDLE] = step_idle,
		[CA_DIRECTORY] = start_directory,
		[CA_ACCOUNT] = start_account,
		[CA_READY] = step_ready,
	};
	struct ca *ca = timer->data;

	(void)loop;
	(void)events;
	ca_ref(ca);
	if (ca->is_account_stale && !ca->slots.taken) {
		ca->is_account_stale = false;
		free(take(ca->url));
	}
	ca_slots_take(&ca->slots);
	STEPS[ca->state](ca);
	ca_slots_sweep(&ca->slots);
	ca_unref(ca);
}

struct ca_wait *ca_enter(struct ca *ca, enum ca_use use,
	void (*on_ready)(void *data, const struct ca_ready *ready,
		const struct error *err),
	void *data)
{
	struct ca_wait *wait = ca_slots_add(&ca->slots, use);

	wait->ca = ca_ref(ca);
	wait->on_ready = on_ready;
	wait->data = data;
	wake(ca);
	return wait;
}

void ca_leave(struct ca_wait *wait)
{
	struct ca *ca = wait->ca;

	ca_slots_leave(&ca->slots, wait);
	wake(ca);
	ca_unref(ca);
}

void ca_forget_account(struct ca *ca)
{
	ca->is_account_lost = true;
	free(take(ca->url));
}

void ca_refresh_account(struct ca *ca)
{
	ca->is_account_stale = true;
	wake(ca);
}

/* Life. */

static struct exchange *make_exchange(
	const struct ca *ca, const struct ca_setup *setup)
{
	const struct ca_settings *settings = &ca->settings;
	struct exchange_setup wish = {
		.loop = setup->loop,
		.http = setup->http,
		.vault = setup->vault,
		.ca = settings->name,
		.staging = settings->staging,
		.directory = settings->directory,
		.trust_file = settings->trust_file,
		.proxy = settings->proxy,
		.source_address = settings->source_address,
	};

	return exchange_new(&wish);
}

struct ca *ca_new(const struct ca_setup *setup)
{
	struct ca_settings settings;

	if (!ca_settings_copy(
		    &settings, setup->config, setup->daemon, setup->staging))
		return NULL;
	struct ca *ca = mem_new(sizeof(*ca));
	ca->users = 1;
	ca->loop = setup->loop;
	ca->vault = setup->vault;
	ca->events = setup->events;
	ca->settings = settings;
	ca->slots.most = settings.max_orders;
	ca->exchange = make_exchange(ca, setup);
	ev_timer_init(&ca->tell, on_tell, 0., 0.);
	ca->tell.data = ca;
	return ca;
}

struct ca *ca_ref(struct ca *ca)
{
	ca->users++;
	return ca;
}

void ca_unref(struct ca *ca)
{
	if (!ca || --ca->users)
		return;
	ev_timer_stop(ca->loop, &ca->tell);
	drop_calls(ca);
	release(ca);
	exchange_free(ca->exchange);
	ca_slots_sweep(&ca->slots);
	ca_settings_clear(&ca->settings);
	free(ca->url);
	free(ca->thumbprint);
	free(ca);
}

bool ca_differs(const struct ca *ca, const struct ca_setup *setup)
{
	struct ca_settings settings;

	if (!ca_settings_copy(
		    &settings, setup->config, setup->daemon, setup->staging))
		return true;
	bool is_same = ca_settings_are_same(&ca->settings, &settings);
	ca_settings_clear(&settings);
	return !is_same;
}

const struct ca_settings *ca_settings(const struct ca *ca)
{
	return &ca->settings;
}

int64_t ca_orders(const struct ca *ca)
{
	return ca->slots.taken;
}

const char *ca_name(const struct ca *ca)
{
	return ca->settings.name;
}

bool ca_is_staging(const struct ca *ca)
{
	return ca->settings.staging;
}

struct exchange *ca_exchange(const struct ca *ca)
{
	return ca->exchange;
}
