/* SPDX-License-Identifier: MIT */
#include "pending.h"

#include "accounts.h"
#include "text.h"

#include <stdlib.h>

/* A CSR that was made in this run; finalize is signed for no other. */
struct pending {
	struct pending *next;
	char *name; /* owned */
	bool is_dry;
	char *csr; /* owned */
	EVP_PKEY *key; /* owned; of a dry run, else NULL */
};

static void discard(struct pending *pending)
{
	free(pending->name);
	free(pending->csr);
	EVP_PKEY_free(pending->key);
	free(pending);
}

void pending_clear(struct vault *vault)
{
	while (vault->pending) {
		struct pending *pending = vault->pending;
		vault->pending = pending->next;
		discard(pending);
	}
}

static struct pending **find(struct vault *vault, const char *name, bool is_dry)
{
	struct pending **link = &vault->pending;

	while (*link &&
		!(streq((*link)->name, name) && (*link)->is_dry == is_dry))
		link = &(*link)->next;
	return link;
}

void pending_drop(struct vault *vault, const char *name, bool is_dry)
{
	struct pending **link = find(vault, name, is_dry);
	struct pending *pending = *link;

	if (!pending)
		return;
	*link = pending->next;
	discard(pending);
}

bool pending_add(struct vault *vault, const char *name, bool is_dry,
	const char *csr, EVP_PKEY *key, struct error *err)
{
	if (account_has_key(vault, key))
		return fail(err, ERROR_REFUSED,
			"the key of '%s' is the key of an account", name);
	pending_drop(vault, name, is_dry);
	struct pending *pending = calloc(1, sizeof(*pending));
	if (!pending)
		return fail_memory(err);
	pending->name = strdup(name);
	pending->csr = strdup(csr);
	pending->is_dry = is_dry;
	if (!pending->name || !pending->csr) {
		discard(pending);
		return fail_memory(err);
	}
	if (is_dry) {
		EVP_PKEY_up_ref(key);
		pending->key = key;
	}
	pending->next = vault->pending;
	vault->pending = pending;
	return true;
}

bool pending_is_own(void *data, const struct config_ca *ca, const char *csr)
{
	const struct vault *vault = data;

	for (const struct pending *p = vault->pending; p; p = p->next) {
		if (!streq(p->csr, csr))
			continue;
		const struct config_certificate *certificate =
			vault_certificate(vault, p->name, NULL);
		return certificate && config_has_ca(certificate, ca);
	}
	return false;
}

EVP_PKEY *pending_key(struct vault *vault, const char *name)
{
	const struct pending *pending = *find(vault, name, true);

	if (!pending)
		return NULL;
	EVP_PKEY_up_ref(pending->key);
	return pending->key;
}
