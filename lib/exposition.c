/* SPDX-License-Identifier: MIT */
#include "exposition.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define EXACT 9007199254740992. /* 2^53: integers up to it are exact */

static const char *const TYPES[] = {
	[EXPOSITION_GAUGE] = "gauge",
	[EXPOSITION_COUNTER] = "counter",
	[EXPOSITION_HISTOGRAM] = "histogram",
};

static void add_escaped(struct text *out, const char *value, bool has_quotes)
{
	for (; *value; value++) {
		if (*value == '\n')
			text_add(out, "\\n");
		else if (*value == '\\' || (has_quotes && *value == '"'))
			text_addf(out, "\\%c", *value);
		else
			text_add_bytes(out, value, 1);
	}
}

static void add_value(struct text *out, double value)
{
	if (isnan(value))
		text_add(out, " NaN\n");
	else if (isinf(value))
		text_add(out, value > 0 ? " +Inf\n" : " -Inf\n");
	else if (fabs(value) < EXACT && trunc(value) == value)
		text_addf(out, " %" PRId64 "\n", (int64_t)value);
	else
		text_addf(out, " %.9g\n", value);
}

static void add_label(
	struct text *out, const struct exposition_label *label, bool is_first)
{
	text_addf(out, "%s%s=\"", is_first ? "" : ",", label->name);
	add_escaped(out, label->value, true);
	text_add(out, "\"");
}

/* With one more, `le`, unless that is NULL. */
static void add_labels(
	struct text *out, const struct exposition_label *labels, const char *le)
{
	const struct exposition_label bound = {"le", le};
	bool is_first = true;

	if ((!labels || !labels->name) && !le)
		return;
	text_add(out, "{");
	for (; labels && labels->name; labels++) {
		add_label(out, labels, is_first);
		is_first = false;
	}
	if (le)
		add_label(out, &bound, is_first);
	text_add(out, "}");
}

void exposition_family(struct text *out, const char *name,
	enum exposition_type type, const char *help)
{
	text_addf(out, "# HELP %s ", name);
	add_escaped(out, help, false);
	text_addf(out, "\n# TYPE %s %s\n", name, TYPES[type]);
}

static void add_sample(struct text *out, const char *name, const char *suffix,
	const struct exposition_label *labels, const char *le, double value)
{
	text_addf(out, "%s%s", name, suffix);
	add_labels(out, labels, le);
	add_value(out, value);
}

void exposition_sample(struct text *out, const char *name,
	const struct exposition_label *labels, double value)
{
	add_sample(out, name, "", labels, NULL, value);
}

void exposition_histogram(struct text *out, const char *name,
	const struct exposition_label *labels,
	const struct histogram *histogram)
{
	uint64_t count = 0;
	char le[32];

	for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
		count += histogram->counts[i];
		snprintf(le, sizeof(le), "%g", HISTOGRAM_UPPER[i]);
		add_sample(out, name, "_bucket", labels, le, (double)count);
	}
	count += histogram->counts[HISTOGRAM_BOUNDS];
	add_sample(out, name, "_bucket", labels, "+Inf", (double)count);
	add_sample(out, name, "_sum", labels, NULL, histogram->sum);
	add_sample(out, name, "_count", labels, NULL, (double)count);
}
