/* SPDX-License-Identifier: MIT */
#include "ca.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define VAULT_DEADLINE 30.0

enum ca_state {
	CA_IDLE, /* no slot is taken, or the last try failed */
	CA_DIRECTORY, /* the directory is on its way */
	CA_KEY, /* the vault looks up key and URL */
	CA_ACCOUNT, /* the account machine runs */
	CA_SAVE, /* the vault keeps the URL */
	CA_READY,
};

struct ca_wait {
	struct ca_wait *next;
	struct ca *ca;
	bool has_slot;
	bool is_told;
	bool is_gone;
	void (*on_ready)(void *data, const struct ca_ready *ready,
		const struct error *err);
	void *data;
};

struct ca {
	unsigned users;
	struct ev_loop *loop;
	struct helper *vault;
	struct exchange *exchange;
	char *name;
	char *directory_url;
	char *trust_file;
	char *proxy;
	char *source_address;
	struct strings contacts;
	bool agree_to_terms;
	bool is_account_lost; /* look it up, whatever the vault says */
	bool staging;
	int64_t max_orders;

	enum ca_state state;
	const struct directory *directory; /* borrowed while a slot is taken */
	struct account *account;
	char *url; /* of the account, or NULL */
	char *thumbprint; /* or NULL */
	struct exchange_call *exchange_call;
	struct helper_call *vault_call;
	struct error err;

	struct ca_wait *waits;
	int64_t slots_taken;
	ev_timer tell; /* callbacks and steps come from here */
};

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

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

static void release(struct ca *ca)
{
	if (ca->exchange_call)
		exchange_cancel(take(ca->exchange_call));
	if (ca->vault_call)
		helper_cancel(take(ca->vault_call));
	account_free(take(ca->account));
	if (ca->directory)
		exchange_directory_release(ca->exchange, take(ca->directory));
}

static void give_up(struct ca *ca, const struct error *err)
{
	ca->err = *err;
	error_prefix(&ca->err, "CA '%s'", ca->name);
	release(ca);
	go(ca, CA_IDLE);
}

/* Directory. */

static void on_directory(
	void *data, const struct directory *directory, const struct error *err)
{
	struct ca *ca = data;

	ca->exchange_call = NULL;
	if (err) {
		give_up(ca, err);
		return;
	}
	ca->directory = directory;
	go(ca, ca->url ? CA_READY : CA_KEY);
}

static void start_directory(struct ca *ca)
{
	if (!ca->exchange_call)
		ca->exchange_call =
			exchange_directory(ca->exchange, on_directory, ca);
}

/* Key: the vault knows the URL of an earlier run, when it is of this
 * directory. */

static void start_account(struct ca *ca, const char *url);

static void on_key(void *data, const json_t *reply, const struct error *failed)
{
	struct ca *ca = data;
	struct error err;

	ca->vault_call = NULL;
	if (failed) {
		give_up(ca, failed);
		return;
	}
	const char *thumbprint = member_string(reply, "thumbprint", &err);
	const char *url = member_string_or(reply, "url", NULL);
	const char *directory = member_string_or(reply, "directory", "");
	if (!thumbprint) {
		give_up(ca, &err);
		return;
	}
	free(ca->thumbprint);
	ca->thumbprint = strdup(thumbprint);
	if (!url || !streq(directory, ca->directory_url) ||
		ca->is_account_lost) {
		start_account(ca, NULL);
		return;
	}
	ca->url = strdup(url);
	go(ca, CA_READY);
}

static json_t *ask_vault(const struct ca *ca, const char *verb)
{
	return json_pack("{s:s, s:s, s:b}", "verb", verb, "ca", ca->name,
		"staging", ca->staging);
}

static void start_key(struct ca *ca)
{
	if (!ca->vault_call)
		ca->vault_call = helper_call(ca->vault,
			ask_vault(ca, "account"), VAULT_DEADLINE, on_key, ca);
}

/* Account and save. */

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	struct ca *ca = data;

	(void)reply;
	ca->vault_call = NULL;
	if (err) {
		free(take(ca->url));
		give_up(ca, err);
		return;
	}
	ca->is_account_lost = false;
	go(ca, CA_READY);
}

static void start_save(struct ca *ca)
{
	json_t *request = ask_vault(ca, "account-save");

	if (ca->vault_call) {
		json_decref(request);
		return;
	}
	json_object_set_new(request, "url", json_string(ca->url));
	json_object_set_new(
		request, "directory", json_string(ca->directory_url));
	ca->vault_call =
		helper_call(ca->vault, request, VAULT_DEADLINE, on_saved, ca);
}

static void on_account_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct ca *ca = data;

	ca->exchange_call = NULL;
	account_done(ca->account, reply, err);
	wake(ca);
}

static void step_account(struct ca *ca)
{
	const struct request *request = account_next(ca->account);

	if (request && !ca->exchange_call)
		ca->exchange_call = exchange_post(
			ca->exchange, request, on_account_reply, ca);
	if (account_state(ca->account) == ACCOUNT_FAILED) {
		struct error err = *account_error(ca->account);
		give_up(ca, &err);
		return;
	}
	if (account_state(ca->account) != ACCOUNT_READY)
		return;
	ca->url = strdup(account_url(ca->account));
	account_free(take(ca->account));
	go(ca, CA_SAVE);
}

static void start_account(struct ca *ca, const char *url)
{
	struct account_wish wish = {
		.url = url,
		.contacts = (const char *const *)ca->contacts.items,
		.contact_count = ca->contacts.count,
		.agree_to_terms = ca->agree_to_terms,
	};
	struct error err;

	ca->account = account_new(ca->directory, &wish, &err);
	if (!ca->account) {
		give_up(ca, &err);
		return;
	}
	go(ca, CA_ACCOUNT);
}

/* Slots. */

static void take_slots(struct ca *ca)
{
	for (struct ca_wait *w = ca->waits; w; w = w->next) {
		if (ca->slots_taken >= ca->max_orders)
			return;
		if (w->has_slot || w->is_gone)
			continue;
		w->has_slot = true;
		ca->slots_taken++;
	}
}

static void sweep(struct ca *ca)
{
	struct ca_wait **link = &ca->waits;

	while (*link) {
		struct ca_wait *wait = *link;
		if (!wait->is_gone) {
			link = &wait->next;
			continue;
		}
		*link = wait->next;
		free(wait);
	}
}

static void tell(struct ca *ca, const struct error *err)
{
	struct ca_ready ready = {
		.exchange = ca->exchange,
		.directory = ca->directory,
		.account = ca->url,
		.thumbprint = ca->thumbprint,
	};

	for (struct ca_wait *w = ca->waits; w; w = w->next) {
		if (!w->has_slot || w->is_told || w->is_gone)
			continue;
		w->is_told = true;
		w->on_ready(w->data, err ? NULL : &ready, err);
	}
}

static bool is_awaited(const struct ca *ca)
{
	for (const struct ca_wait *w = ca->waits; w; w = w->next)
		if (w->has_slot && !w->is_told && !w->is_gone)
			return true;
	return false;
}

static void step_idle(struct ca *ca)
{
	struct error err = ca->err;

	ca->err = (struct error){0};
	if (err.kind != ERROR_NONE)
		tell(ca, &err);
	else if (is_awaited(ca))
		go(ca, CA_DIRECTORY);
}

static void step_ready(struct ca *ca)
{
	tell(ca, NULL);
	if (ca->slots_taken)
		return;
	release(ca);
	ca->state = CA_IDLE;
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	static void (*const STEPS[])(struct ca *) = {
		[CA_IDLE] = step_idle,
		[CA_DIRECTORY] = start_directory,
		[CA_KEY] = start_key,
		[CA_ACCOUNT] = step_account,
		[CA_SAVE] = start_save,
		[CA_READY] = step_ready,
	};
	struct ca *ca = timer->data;

	(void)loop;
	(void)events;
	ca_ref(ca);
	take_slots(ca);
	STEPS[ca->state](ca);
	sweep(ca);
	ca_unref(ca);
}

struct ca_wait *ca_enter(struct ca *ca,
	void (*on_ready)(void *data, const struct ca_ready *ready,
		const struct error *err),
	void *data)
{
	struct ca_wait *wait = calloc(1, sizeof(*wait));
	struct ca_wait **link = &ca->waits;

	if (!wait)
		abort();
	wait->ca = ca_ref(ca);
	wait->on_ready = on_ready;
	wait->data = data;
	while (*link)
		link = &(*link)->next;
	*link = wait;
	wake(ca);
	return wait;
}

void ca_leave(struct ca_wait *wait)
{
	struct ca *ca = wait->ca;

	wait->is_gone = true;
	if (wait->has_slot)
		ca->slots_taken--;
	wake(ca);
	ca_unref(ca);
}

void ca_forget_account(struct ca *ca)
{
	ca->is_account_lost = true;
	free(take(ca->url));
}

/* Life. */

static struct exchange *make_exchange(
	const struct ca *ca, const struct ca_setup *setup)
{
	struct exchange_setup wish = {
		.loop = setup->loop,
		.http = setup->http,
		.vault = setup->vault,
		.ca = ca->name,
		.staging = ca->staging,
		.directory = ca->directory_url,
		.trust_file = ca->trust_file,
		.proxy = ca->proxy,
		.source_address = ca->source_address,
	};

	return exchange_new(&wish);
}

static const char *directory_of(const struct ca_setup *setup)
{
	return setup->staging ? setup->config->staging
			      : setup->config->directory;
}

static const char *proxy_of(const struct ca_setup *setup)
{
	return setup->config->proxy ? setup->config->proxy
				    : setup->daemon->proxy;
}

struct ca *ca_new(const struct ca_setup *setup)
{
	if (!directory_of(setup))
		return NULL;
	struct ca *ca = calloc(1, sizeof(*ca));
	if (!ca)
		abort();
	ca->users = 1;
	ca->loop = setup->loop;
	ca->vault = setup->vault;
	ca->staging = setup->staging;
	ca->name = copy(setup->config->name);
	ca->directory_url = copy(directory_of(setup));
	ca->trust_file = copy(setup->config->trust_file);
	ca->proxy = copy(proxy_of(setup));
	ca->source_address = copy(setup->daemon->source_address);
	ca->agree_to_terms = setup->config->agree_to_terms;
	for (size_t i = 0; i < setup->config->contacts.count; i++)
		strings_add(&ca->contacts, setup->config->contacts.items[i]);
	ca->max_orders = setup->daemon->max_orders;
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
	release(ca);
	exchange_free(ca->exchange);
	sweep(ca);
	strings_clear(&ca->contacts);
	free(ca->name);
	free(ca->directory_url);
	free(ca->trust_file);
	free(ca->proxy);
	free(ca->source_address);
	free(ca->url);
	free(ca->thumbprint);
	free(ca);
}

static bool same_contacts(const struct strings *a, const struct strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!streq(a->items[i], b->items[i]))
			return false;
	return true;
}

bool ca_differs(const struct ca *ca, const struct ca_setup *setup)
{
	return !same(ca->directory_url, directory_of(setup)) ||
		!same(ca->trust_file, setup->config->trust_file) ||
		!same(ca->proxy, proxy_of(setup)) ||
		!same(ca->source_address, setup->daemon->source_address) ||
		!same_contacts(&ca->contacts, &setup->config->contacts) ||
		ca->agree_to_terms != setup->config->agree_to_terms ||
		ca->max_orders != setup->daemon->max_orders ||
		ca->staging != setup->staging;
}

const char *ca_name(const struct ca *ca)
{
	return ca->name;
}

bool ca_is_staging(const struct ca *ca)
{
	return ca->staging;
}
