/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config_advice.h"
#include "config_certificate.h"
#include "config_check.h"
#include "config_csr.h"
#include "config_setting.h"
#include "mem.h"
#include "text.h"

#define DEFAULT_MAX_ORDERS 20
#define DEFAULT_RELOAD_INTERVAL 60

/* Names. */

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9');
}

bool config_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > CONFIG_NAME_MAX || strstr(name, "..") ||
		!is_letter_or_digit(*name))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_letter_or_digit(name[i]) && !strchr("._-", name[i]))
			return false;
	return true;
}

size_t config_base_length(const char *name)
{
	return strcspn(name, "+");
}

bool config_is_second(const char *name)
{
	return strchr(name, '+') != NULL;
}

bool config_lineage_is_valid(const char *name)
{
	enum key_type type;
	char base[CONFIG_NAME_MAX + 1];
	size_t length = config_base_length(name);

	if (length > CONFIG_NAME_MAX)
		return false;
	memcpy(base, name, length);
	base[length] = '\0';
	return config_name_is_valid(base) &&
		(!name[length] || key_type_parse(name + length + 1, &type));
}

static void free_ca(struct config_ca *ca)
{
	free(ca->name);
	free(ca->directory);
	free(ca->staging);
	strings_clear(&ca->contacts);
	free(ca->account_key_uri);
	strings_clear(&ca->caa);
	free(ca->trust_file);
	free(ca->root_file);
	free(ca->proxy);
	free(ca->profile);
	free(ca->address_profile);
	free(ca->eab_key_id);
	free(ca->eab_key_file);
	free(ca);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	free(config->daemon.proxy);
	free(config->daemon.source_address);
	free(config->daemon.metrics_file);
	free(config->daemon.notify_mail);
	free(config->daemon.notify_url_file);
	free(config->daemon.resolver);
	for (size_t i = 0; i < config->ca_count; i++)
		free_ca(config->cas[i]);
	free(config->cas);
	for (size_t i = 0; i < config->certificate_count; i++)
		config_certificate_free(config->certificates[i]);
	free(config->certificates);
	settings_clear(config->settings);
	free(config->settings);
	free(config);
}

/* CAs and the daemon's own. */

static bool is_known(const struct settings *settings,
	const struct setting *section, size_t known)
{
	const struct setting *directory = settings_find(
		settings, SECTION_CA, section->argument, "Directory");

	return section->layer <= known && directory &&
		directory->layer <= known;
}

/* Those of a known CA do not go with another directory. */
static bool has_foreign_limits(const struct settings *settings,
	const struct config_ca *ca, size_t known)
{
	const struct setting *limit =
		settings_find(settings, SECTION_CA, ca->name, "Limit");

	return !ca->is_known && limit && limit->layer <= known;
}

static void add_ca(struct config *config, const struct setting *section,
	size_t known, struct mistakes *mistakes)
{
	struct config_ca *ca = mem_new(sizeof(*ca));

	ca->name = mem_string(section->argument);
	ca->is_known = is_known(config->settings, section, known);
	config->cas = mem_resize(
		config->cas, config->ca_count + 1, sizeof(*config->cas));
	config->cas[config->ca_count++] = ca;
	settings_apply(config->settings, SECTION_CA, ca->name, ca, mistakes);
	if (has_foreign_limits(config->settings, ca, known))
		ca->limits = (struct limits){0};
	config_check_ca(ca, config->settings, mistakes);
}

static void add_cas(
	struct config *config, size_t known, struct mistakes *mistakes)
{
	const struct settings *settings = config->settings;

	for (size_t i = 0; i < settings->count; i++)
		if (!settings->list[i].key &&
			settings->list[i].section == SECTION_CA)
			add_ca(config, &settings->list[i], known, mistakes);
}

/* Certificates. */

/* A certificate of nothing but the defaults shows their mistakes once. */
static void check_defaults(
	const struct settings *settings, struct mistakes *mistakes)
{
	struct config_certificate *defaults =
		config_certificate_make("", "acmed.conf", settings, mistakes);

	config_check_defaults(defaults, settings, mistakes);
	config_certificate_free(defaults);
}

struct config *config_new(const struct config_text *texts, size_t count,
	size_t known, struct mistakes *mistakes)
{
	struct config *config = mem_new(sizeof(*config));
	size_t before = mistakes->list.count;

	config->settings = mem_new(sizeof(*config->settings));
	config->daemon.max_orders = DEFAULT_MAX_ORDERS;
	config->daemon.reload_interval = DEFAULT_RELOAD_INTERVAL;
	for (size_t i = 0; i < count; i++)
		settings_read(
			config->settings, &texts[i], PLACE_GLOBAL, mistakes);
	settings_apply(config->settings, SECTION_DAEMON, "", &config->daemon,
		mistakes);
	add_cas(config, known, mistakes);
	check_defaults(config->settings, mistakes);
	if (mistakes->list.count == before)
		return config;
	config_free(config);
	return NULL;
}

/* Where a name stands, or would. */
static size_t position_of(const struct config *config, const char *name)
{
	size_t low = 0;
	size_t high = config->certificate_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(config->certificates[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert(
	struct config *config, struct config_certificate *certificate)
{
	size_t at = position_of(config, certificate->name);

	config->certificates = mem_resize(config->certificates,
		config->certificate_count + 1, sizeof(*config->certificates));
	memmove(config->certificates + at + 1, config->certificates + at,
		(config->certificate_count - at) *
			sizeof(*config->certificates));
	config->certificates[at] = certificate;
	config->certificate_count++;
}

/* All are there: config_check_certificate() has looked. */
static void find_cas(
	struct config *config, struct config_certificate *certificate)
{
	const struct strings *names = &certificate->ca_names;

	certificate->ca = config_find_ca(config, names->items[0]);
	certificate->other_count = names->count - 1;
	certificate->others =
		mem_resize(NULL, names->count, sizeof(*certificate->others));
	for (size_t i = 1; i < names->count; i++)
		certificate->others[i - 1] =
			config_find_ca(config, names->items[i]);
}

/* One lineage for each key. */
static void insert_all(struct config *config,
	struct config_certificate *certificate, const struct settings *settings)
{
	find_cas(config, certificate);
	insert(config, certificate);
	for (size_t i = 1; i < certificate->key_count; i++) {
		struct config_certificate *second =
			config_certificate_second(certificate, i, settings);
		find_cas(config, second);
		insert(config, second);
	}
}

bool config_add_certificate(struct config *config, const char *name,
	const struct config_text *text, struct mistakes *mistakes)
{
	size_t before = mistakes->list.count;
	struct settings settings = {0};

	if (!config_name_is_valid(name))
		mistakes_add(mistakes, text->file, 0,
			"its name is not valid: up to %d letters, digits, '.', "
			"'_' and '-', a letter or digit first",
			CONFIG_NAME_MAX);
	else if (config_find(config, name))
		mistakes_add(mistakes, text->file, 0,
			"there is a certificate '%s' already", name);
	settings_copy(&settings, config->settings);
	settings_read(&settings, text, PLACE_CERTIFICATE, mistakes);
	struct config_certificate *certificate =
		config_certificate_make(name, text->file, &settings, mistakes);
	config_csr_take(certificate, text, &settings, mistakes);
	config_check_certificate(config, certificate, &settings, mistakes);
	bool is_fine = mistakes->list.count == before;
	if (is_fine) {
		config_advise(config, certificate, &settings, mistakes);
		insert_all(config, certificate, &settings);
	} else {
		config_certificate_free(certificate);
	}
	settings_clear(&settings);
	return is_fine;
}

/* Looking up. */

const struct config_certificate *config_find(
	const struct config *config, const char *name)
{
	size_t at = position_of(config, name);

	if (at < config->certificate_count &&
		streq(config->certificates[at]->name, name))
		return config->certificates[at];
	return NULL;
}

void config_settle(struct config *config, const char *name)
{
	size_t at = position_of(config, name);

	if (at < config->certificate_count &&
		streq(config->certificates[at]->name, name))
		config->certificates[at]->is_settled = true;
}

const struct config_ca *config_find_ca(
	const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->ca_count; i++)
		if (streq(config->cas[i]->name, name))
			return config->cas[i];
	return NULL;
}

bool config_has_ca(const struct config_certificate *certificate,
	const struct config_ca *ca)
{
	for (size_t i = 0; i < certificate->other_count; i++)
		if (certificate->others[i] == ca)
			return true;
	return certificate->ca == ca;
}

const char *config_profile(const struct config_certificate *certificate,
	const struct config_ca *ca, bool *is_required)
{
	*is_required = certificate->required_profile != NULL;
	if (*is_required)
		return certificate->required_profile;
	return certificate->profile ? certificate->profile : ca->profile;
}

const struct config_challenge *config_challenge_for(
	const struct config_certificate *certificate,
	const struct identifier *identifier)
{
	for (size_t i = 0; i < certificate->challenge_for_count; i++)
		if (identifier_equal(&certificate->challenges_for[i].identifier,
			    identifier))
			return &certificate->challenges_for[i].challenge;
	return &certificate->challenge;
}

void config_each_challenge(const struct config *config,
	void (*act)(void *data, const struct config_challenge *challenge),
	void *data)
{
	for (size_t i = 0; i < config->certificate_count; i++) {
		const struct config_certificate *one = config->certificates[i];
		for (size_t j = 0; j <= one->challenge_for_count; j++)
			act(data, config_challenge_at(one, j));
	}
}

bool config_certificate_same_set(const struct config_certificate *certificate,
	const struct identifier *identifiers, size_t count)
{
	return identifier_same_set(certificate->identifiers,
		certificate->identifier_count, identifiers, count);
}
