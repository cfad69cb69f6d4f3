/* SPDX-License-Identifier: MIT */

/*
 * The whole configuration: acmed.conf and the files of certificates, parts of
 * the input. What is taken has a CA, names and a sane policy; what is not has
 * a mistake that can be shown.
 */

#include "config.h"

#include "fuzz.h"
#include "mem.h"

#include <stdio.h>

#define FILES_MAX 4

static void check_mistakes(const struct mistakes *mistakes, bool is_needed)
{
	fuzz_check(mistakes->list.count > 0 || !is_needed);
	for (size_t i = 0; i < mistakes->list.count; i++)
		fuzz_check_text(mistakes->list.items[i]);
	for (size_t i = 0; i < mistakes->advice.count; i++)
		fuzz_check_text(mistakes->advice.items[i]);
}

static void check(const struct config_certificate *certificate)
{
	fuzz_check(config_lineage_is_valid(certificate->name));
	fuzz_check(certificate->ca && certificate->ca->directory);
	fuzz_check(config_has_ca(certificate, certificate->ca));
	fuzz_check(certificate->identifier_count > 0);
	for (size_t i = 0; i < certificate->identifier_count; i++)
		fuzz_check(config_challenge_for(
			certificate, &certificate->identifiers[i]));
	for (size_t i = 0; i < certificate->export_count; i++)
		fuzz_check(*certificate->exports[i].path == '/' &&
			!(certificate->exports[i].mode & ~0777U));
}

static void add_certificates(struct config *config, struct fuzz_parts *parts)
{
	struct mistakes mistakes = {0};

	for (int i = 0; parts->left && i < FILES_MAX; i++) {
		char name[16];
		struct config_text file = {.file = name};
		cleanup(string) char *text = fuzz_part(parts, &file.length);
		struct mistakes own = {0};
		file.bytes = text;
		snprintf(name, sizeof(name), "c%d", i);
		bool is_fine =
			config_add_certificate(config, name, &file, &own);
		check_mistakes(&own, !is_fine);
		mistakes_clear(&own);
	}
	config_check(config, &mistakes);
	check_mistakes(&mistakes, false);
	mistakes_clear(&mistakes);
}

void fuzz_config(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct config_text file = {.file = "acmed.conf"};
	cleanup(string) char *text = fuzz_part(&parts, &file.length);
	struct mistakes mistakes = {0};

	file.bytes = text;
	struct config *config = config_new(&file, 1, 0, &mistakes);
	check_mistakes(&mistakes, !config);
	if (config)
		add_certificates(config, &parts);
	for (size_t i = 0; config && i < config->certificate_count; i++)
		check(config->certificates[i]);
	config_free(config);
	mistakes_clear(&mistakes);
}
