/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config_certificate.h"
#include "mem.h"
#include "text.h"

/*
 * What holds between certificates. There may be fifty thousand: each is
 * reduced to a word, and equal ones are neighbours once the words are sorted.
 */

struct word {
	char *text; /* owned */
	size_t index; /* of the certificate */
	bool is_settled; /* it was there before */
};

struct words {
	struct word *list;
	size_t count;
};

static void add_word(struct words *words, char *text,
	const struct config *config, size_t index)
{
	words->list =
		mem_resize(words->list, words->count + 1, sizeof(*words->list));
	words->list[words->count++] = (struct word){
		text, index, config->certificates[index]->is_settled};
}

static int compare_words(const void *a, const void *b)
{
	const struct word *one = a;
	const struct word *other = b;
	int order = strcmp(one->text, other->text);

	if (order)
		return order;
	if (one->is_settled != other->is_settled)
		return one->is_settled ? -1 : 1;
	return (one->index > other->index) - (one->index < other->index);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All names of a certificate, in one order. */
static char *set_of(const struct config_certificate *certificate)
{
	size_t count = certificate->identifier_count;
	cleanup(memory) void *memory = mem_new((count + 1) * sizeof(char *));
	const char **names = memory;
	struct text set = {.limit = SIZE_MAX};

	for (size_t i = 0; i < count; i++)
		names[i] = certificate->identifiers[i].value;
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		text_addf(&set, "%s ", names[i]);
	char *text = text_take(&set);
	if (!text)
		abort();
	return text;
}

static void find_sets(const struct config *config, struct words *words)
{
	for (size_t i = 0; i < config->certificate_count; i++)
		if (!config_is_second(config->certificates[i]->name))
			add_word(words, set_of(config->certificates[i]), config,
				i);
}

static void find_paths(const struct config *config, struct words *words)
{
	for (size_t i = 0; i < config->certificate_count; i++) {
		const struct config_certificate *at = config->certificates[i];
		for (size_t j = 0; j < at->export_count; j++)
			add_word(words, mem_string(at->exports[j].path), config,
				i);
	}
}

/* Tells of every word that stands a second time, marks whose it is, and frees
 * the words. The first of them is one that was there before, else the one by
 * name: the list is sorted. */
static void find_twins(const struct config *config, struct words *words,
	const char *what, bool *is_bad, struct mistakes *mistakes)
{
	const struct word *first = NULL;

	if (words->count)
		qsort(words->list, words->count, sizeof(*words->list),
			compare_words);
	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->list[i];
		if (!first || !streq(first->text, word->text)) {
			first = word;
			continue;
		}
		mistakes_add(mistakes, config->certificates[word->index]->file,
			0, "%s as in '%s'", what,
			config->certificates[first->index]->file);
		is_bad[word->index] = true;
	}
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i].text);
	free(words->list);
}

/* The lineages of further keys stand behind the first, and go with it. */
static void drop(struct config *config, const bool *is_bad)
{
	size_t kept = 0;
	bool is_first_bad = false;

	for (size_t i = 0; i < config->certificate_count; i++) {
		if (!config_is_second(config->certificates[i]->name))
			is_first_bad = is_bad[i];
		if (is_first_bad)
			config_certificate_free(config->certificates[i]);
		else
			config->certificates[kept++] = config->certificates[i];
	}
	config->certificate_count = kept;
}

void config_check(struct config *config, struct mistakes *mistakes)
{
	cleanup(memory) void *bad = mem_new(config->certificate_count + 1);
	struct words sets = {0};
	struct words paths = {0};

	find_sets(config, &sets);
	find_twins(config, &sets, "the same 'Names='", bad, mistakes);
	find_paths(config, &paths);
	find_twins(config, &paths, "an [Export] to the same 'Path='", bad,
		mistakes);
	drop(config, bad);
}
