/* SPDX-License-Identifier: MIT */
#include "config_texts.h"

#include "text.h"

#include <check.h>

static struct config *kept;
static struct text lines = {.limit = 16 * 1024 * 1024};

static void keep_mistakes(struct mistakes *mistakes)
{
	text_clear(&lines);
	text_add(&lines, "");
	for (size_t i = 0; i < mistakes->list.count; i++)
		text_addf(&lines, "%s\n", mistakes->list.items[i]);
	mistakes_clear(mistakes);
}

struct config *config_of(const char *global, const char *certificate)
{
	struct mistakes mistakes = {0};
	struct config_text texts[2] = {
		{"acmed.conf", global, strlen(global)},
		{"site.conf", certificate, strlen(certificate)},
	};
	struct config *config = config_new(texts, 1, 0, &mistakes);

	ck_assert(!config == (mistakes.list.count > 0));
	if (config)
		ck_assert(config_add_certificate(config, "site", &texts[1],
				  &mistakes) == (mistakes.list.count == 0));
	keep_mistakes(&mistakes);
	return config;
}

const struct config_certificate *config_site(const char *certificate)
{
	config_free(kept);
	kept = config_of(CONFIG_GLOBAL, certificate);
	ck_assert_str_eq(config_mistakes(), "");
	return config_find(kept, "site");
}

const char *config_mistakes(void)
{
	return lines.data;
}

void config_check_mistakes(
	const char *global, const char *certificate, const char *wanted)
{
	config_free(config_of(global, certificate));
	ck_assert_str_eq(config_mistakes(), wanted);
}

void config_forget(void)
{
	config_free(kept);
	kept = NULL;
	text_clear(&lines);
}
