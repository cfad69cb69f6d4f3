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

bool ca_settings_are_same(
	const struct ca_settings *a, const struct ca_settings *b)
{
	return text_same(a->name, b->name) &&
		text_same(a->directory, b->directory) &&
		text_same(a->trust_file, b->trust_file) &&
		text_same(a->proxy, b->proxy) &&
		text_same(a->source_address, b->source_address) &&
		text_same(a->eab_key_id, b->eab_key_id) &&
		text_same(a->eab_key_file, b->eab_key_file) &&
		strings_same(&a->contacts, &b->contacts) &&
		strings_same(&a->caa, &b->caa) &&
		a->agree_to_terms == b->agree_to_terms &&
		a->staging == b->staging && a->max_orders == b->max_orders;
}
