/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

#include "text.h"

#define MANUAL_MAX ((size_t)256 * 1024)
#define COLUMNS 78

/* What the first letter of a code stands for. */
static const struct {
	char letter;
	const char *title;
} TITLES[] = {
	{'N', "N: the network and the CA"},
	{'H', "H: http-01"},
	{'T', "T: tls-alpn-01"},
	{'D', "D: DNS and CAA"},
	{'E', "E: hooks that answer challenges"},
	{'A', "A: the account"},
	{'R', "R: limits"},
	{'K', "K: the CA itself"},
	{'C', "C: the clock"},
	{'L', "L: files and other resources"},
	{'M', "M: acmed and its helpers"},
	{'P', "P: deployment"},
	{'X', "X: lifetimes"},
};

static const char *title_of(const char *code)
{
	for (size_t i = 0; i < sizeof(TITLES) / sizeof(*TITLES); i++)
		if (TITLES[i].letter == *code)
			return TITLES[i].title;
	return "";
}

/* A line that begins with a dot or an apostrophe would be a request. */
static void begin_line(struct text *manual, const char *word)
{
	if (*word == '.' || *word == '\'')
		text_add(manual, "\\&");
}

static bool ends_sentence(const char *word, size_t length)
{
	return length > 0 && word[length - 1] == '.';
}

/* Each sentence begins a line, as mdoc wants it. */
static void add_paragraph(struct text *manual, const char *words)
{
	size_t column = 0;

	while (*words) {
		size_t length = strcspn(words, " ");
		if (column && column + 1 + length > COLUMNS) {
			text_add(manual, "\n");
			column = 0;
		}
		if (column)
			text_add(manual, " ");
		else
			begin_line(manual, words);
		text_add_bytes(manual, words, length);
		column += length + (column > 0);
		if (ends_sentence(words, length) && words[length])
			column = COLUMNS;
		words += length;
		words += strspn(words, " ");
	}
	text_add(manual, "\n");
}

static void add_cause(struct text *manual, const struct diagnosis *cause)
{
	text_addf(manual, ".It Sy \"%s  %s\"\n", cause->code, cause->sentence);
	add_paragraph(manual, cause->remedy);
	text_addf(
		manual, "Retry class %s.\n", backoff_class_name(cause->class));
}

static void add_causes(struct text *manual)
{
	const struct diagnosis *cause;
	char letter = '\0';

	for (size_t i = 0; (cause = diagnosis_at(i)); i++) {
		if (*cause->code != letter)
			text_addf(manual,
				"%s.Ss %s\n.Bl -tag -width Ds -compact\n",
				letter ? ".El\n" : "", title_of(cause->code));
		else
			text_add(manual, ".Pp\n");
		letter = *cause->code;
		add_cause(manual, cause);
	}
	text_add(manual, ".El\n");
}

static void add_absent(struct text *manual)
{
	size_t count;
	const struct diagnosis_absent *absent = diagnosis_absent(&count);

	text_add(manual,
		".Ss Codes that are never shown\n"
		".Bl -tag -width Ds -compact\n");
	for (size_t i = 0; i < count; i++) {
		text_addf(manual, ".It Sy %s\n", absent[i].code);
		add_paragraph(manual, absent[i].reason);
	}
	text_add(manual, ".El\n");
}

char *diagnosis_manual(void)
{
	struct text manual = {.limit = MANUAL_MAX};

	add_causes(&manual);
	add_absent(&manual);
	return text_take(&manual);
}
