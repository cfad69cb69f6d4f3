/* SPDX-License-Identifier: MIT */

/* What lies below live/: whole, of one piece, and never gone. */

#include "watch.h"

#include "certificate.h"
#include "json.h"
#include "key.h"
#include "machine.h"
#include "mem.h"
#include "world.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <unistd.h>

static struct {
	char link[128];
	int64_t not_after;
	bool is_placeholder;
} live[SITES];

static FILE *open_file(const char *name, const char *file)
{
	FILE *stream =
		fopen(machine_state_path("live/%s/%s", name, file), "re");

	hold(stream != NULL, "live/%s/%s: %m", name, file);
	return stream;
}

static X509 *read_leaf(const char *name, const char *file)
{
	FILE *stream = open_file(name, file);
	X509 *leaf = PEM_read_X509(stream, NULL, NULL, NULL);

	fclose(stream);
	hold(leaf != NULL, "live/%s/%s is no certificate", name, file);
	return leaf;
}

static EVP_PKEY *read_key(const char *name)
{
	FILE *stream = open_file(name, "privkey.pem");
	EVP_PKEY *key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);

	fclose(stream);
	hold(key != NULL, "live/%s/privkey.pem is no key", name);
	return key;
}

static int64_t end_of(const X509 *leaf)
{
	struct tm parts;

	return ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &parts)
		? timegm(&parts)
		: 0;
}

/* Key and certificates belong together. */
static void look_at_set(size_t site, const char *name)
{
	cleanup(x509) X509 *leaf = read_leaf(name, "cert.pem");
	cleanup(x509) X509 *full = read_leaf(name, "fullchain.pem");
	cleanup(pkey) EVP_PKEY *key = read_key(name);

	hold(X509_check_private_key(leaf, key) == 1,
		"live/%s: the key is of another certificate", name);
	hold(X509_cmp(leaf, full) == 0, "live/%s: two certificates", name);
	live[site].not_after = end_of(leaf);
	live[site].is_placeholder = X509_self_signed(leaf, 0) == 1;
}

static void look(size_t site)
{
	const char *name = machine.sites[site].name;
	char link[sizeof(live->link)];
	ssize_t length = readlink(
		machine_state_path("live/%s", name), link, sizeof(link) - 1);

	hold(length > 0 || !*live[site].link, "live/%s is gone", name);
	if (length <= 0)
		return;
	link[length] = '\0';
	if (strcmp(link, live[site].link) == 0)
		return;
	memcpy(live[site].link, link, sizeof(link));
	bool was_placeholder = live[site].is_placeholder;
	look_at_set(site, name);
	hold(was_placeholder || !live[site].is_placeholder,
		"live/%s is a placeholder again", name);
}

void watch_live_step(void)
{
	for (size_t i = 0; i < SITES; i++)
		look(i);
}

int64_t watch_live_end(size_t site)
{
	return live[site].is_placeholder ? 0 : live[site].not_after;
}

bool watch_live_has_names(size_t site)
{
	const struct lineage *lineage =
		fleet_find(&machine.fleet, machine.sites[site].name);

	return lineage && lineage_has_its_names(lineage);
}

void watch_live_begin(void)
{
	for (size_t i = 0; i < SITES; i++) {
		memset(&live[i], 0, sizeof(live[i]));
		live[i].is_placeholder = true;
	}
}
