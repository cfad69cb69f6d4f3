/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

#include "text.h"

#define CATALOG_MAX ((size_t)256 * 1024)
#define COLUMNS 76

/* Breaks the lines at blanks. */
static void add_paragraph(struct text *catalog, const char *words)
{
	size_t column = 0;

	while (*words) {
		size_t length = strcspn(words, " ");
		if (column && column + 1 + length > COLUMNS) {
			text_add(catalog, "\n");
			column = 0;
		}
		if (column)
			text_add(catalog, " ");
		text_add_bytes(catalog, words, length);
		column += length + (column > 0);
		words += length;
		words += strspn(words, " ");
	}
	text_add(catalog, "\n");
}

static void add_header(
	struct text *catalog, const char *message_id, const char *subject)
{
	text_addf(catalog, "-- %s\nSubject: %s\n", message_id, subject);
	text_add(catalog,
		"Defined-By: acmed\n"
		"Support: man:acmed(8)\n"
		"Documentation: man:acmed-diagnosis(7)\n\n");
}

/* No journal fields: a cause comes with and without a certificate. */
static void add_cause(struct text *catalog, const struct diagnosis *cause)
{
	add_header(catalog, cause->message_id, cause->sentence);
	add_paragraph(catalog, cause->remedy);
	text_addf(catalog,
		"\nThe message says of which certificate it is, if of one, and "
		"'acmectl status\nNAME' when acmed tries again. Cause: %s\n\n",
		cause->code);
}

static void add_event(struct text *catalog, const struct diagnosis_event *event)
{
	add_header(catalog, event->message_id, event->subject);
	add_paragraph(catalog, event->explanation);
	text_add(catalog, "\n");
}

char *diagnosis_catalog(void)
{
	struct text catalog = {.limit = CATALOG_MAX};
	size_t count;
	const struct diagnosis *cause;

	for (size_t i = 0; (cause = diagnosis_at(i)); i++)
		add_cause(&catalog, cause);
	const struct diagnosis_event *events = diagnosis_events(&count);
	for (size_t i = 0; i < count; i++)
		add_event(&catalog, &events[i]);
	return text_take(&catalog);
}
