/* SPDX-License-Identifier: MIT */
#include "ca_settings.h"

#include "mem.h"
#include "text.h"

static void copy_list(struct strings *to, const struct strings *from)
{
	for (size_t i = 0; i < from->count; i++)
		strings_add(to, from->items[i]);
}

bool ca_settings_copy(struct ca_settings *settings,
	const struct config_ca *config, const struct config_daemon *daemon,
	bool staging)
{
	const char *directory = staging ? config->staging : config->directory;

	if (!directory)
		return false;
	*settings = (struct ca_settings){
		.name = mem_string(config->name),
		.directory = mem_string(directory),
		.trust_file = mem_string(config->trust_file),
		.proxy = mem_string(
			config->proxy ? config->proxy : daemon->proxy),
		.source_address = mem_string(daemon->source_address),
		.eab_key_id = mem_string(config->eab_key_id),
		.eab_key_file = mem_string(config->eab_key_file),
		.agree_to_terms = config->agree_to_terms,
		.staging = staging,
		.max_orders = daemon->max_orders,
	};
	copy_list(&settings->contacts, &config->contacts);
	copy_list(&settings->caa, &config->caa);
	return true;
}

void ca_settings_clear(struct ca_settings *settings)
{
	strings_clear(&settings->contacts);
	strings_clear(&settings->caa);
	free(settings->name);
	free(settings->directory);
	free(settings->trust_file);
	free(settings->proxy);
	free(settings->source_address);
	free(settings->eab_key_id);
	free(settings->eab_key_file);
	*settings = (struct ca_settings){0};
}

json_t *ca_settings_issuers(
	const struct ca_settings *settings, const struct directory *directory)
{
	json_t *told = directory ? directory->caa_identities : NULL;

	if (json_array_size(told))
		return json_incref(told);
	json_t *issuers = json_array();
	for (size_t i = 0; i < settings->caa.count; i++)
		json_array_append_new(
			issuers, json_string(settings->caa.items[i]));
	return issuers;
}

static bool same(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

static bool same_list(const struct strings *a, const struct strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!streq(a->items[i], b->items[i]))
			return false;
	return true;
}

bool ca_settings_are_same(
	const struct ca_settings *a, const struct ca_settings *b)
{
	return same(a->name, b->name) && same(a->directory, b->directory) &&
		same(a->trust_file, b->trust_file) &&
		same(a->proxy, b->proxy) &&
		same(a->source_address, b->source_address) &&
		same(a->eab_key_id, b->eab_key_id) &&
		same(a->eab_key_file, b->eab_key_file) &&
		same_list(&a->contacts, &b->contacts) &&
		same_list(&a->caa, &b->caa) &&
		a->agree_to_terms == b->agree_to_terms &&
		a->staging == b->staging && a->max_orders == b->max_orders;
}
