/* SPDX-License-Identifier: MIT */
#include "caa.h"

#include "mem.h"
#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define CRITICAL 0x80U
#define BLANKS " \t"

/* Reading. */

static bool keep(
	char *out, size_t size, const unsigned char *bytes, size_t length)
{
	if (length >= size || memchr(bytes, '\0', length))
		return false;
	memcpy(out, bytes, length);
	out[length] = '\0';
	return true;
}

void caa_add(struct caa_set *set, const unsigned char *data, size_t length)
{
	if (set->count == CAA_RECORDS_MAX)
		return;
	struct caa_record *record = &set->records[set->count++];
	*record = (struct caa_record){.is_critical = true};
	if (length < 2 || data[1] == 0 || (size_t)data[1] + 2 > length)
		return;
	size_t tag = data[1];
	record->is_critical = data[0] & CRITICAL;
	keep(record->tag, sizeof(record->tag), data + 2, tag);
	for (char *c = record->tag; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	keep(record->value, sizeof(record->value), data + 2 + tag,
		length - 2 - tag);
}

/* The value of issue and issuewild: a domain, and parameters behind it. */
struct issue {
	char text[CAA_VALUE_MAX]; /* cut into pieces */
	const char *domain; /* "": nobody */
	const char *account; /* or NULL: any */
	const char *methods; /* or NULL: any */
	bool is_contradictory; /* a parameter that nobody can meet */
};

static char *trim(char *text)
{
	text += strspn(text, BLANKS);
	size_t length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* Once each (RFC 8657 section 3). What is not known is the CA's business. */
static void take_parameter(struct issue *issue, char *parameter)
{
	char *sign = strchr(parameter, '=');

	if (!sign) {
		issue->is_contradictory |= *parameter != '\0';
		return;
	}
	*sign = '\0';
	const char *name = trim(parameter);
	const char *value = trim(sign + 1);
	const char **place = strcasecmp(name, "accounturi") == 0
		? &issue->account
		: strcasecmp(name, "validationmethods") == 0 ? &issue->methods
							     : NULL;
	if (!place)
		return;
	issue->is_contradictory |= *place != NULL;
	*place = value;
}

static void read_issue(struct issue *issue, const struct caa_record *record)
{
	char *rest = issue->text;

	*issue = (struct issue){.domain = ""};
	memcpy(issue->text, record->value, sizeof(issue->text));
	issue->domain = trim(strsep(&rest, ";"));
	while (rest)
		take_parameter(issue, trim(strsep(&rest, ";")));
}

/* Judging. */

static bool is_issuer(const struct caa_wish *wish, const char *domain)
{
	size_t i;
	json_t *name;

	json_array_foreach ((json_t *)wish->issuers, i, name)
		if (json_is_string(name) &&
			strcasecmp(json_string_value(name), domain) == 0)
			return true;
	return false;
}

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (*list) {
		list += strspn(list, ", \t");
		size_t size = strcspn(list, ", \t");
		if (size == length && strncmp(list, word, length) == 0)
			return true;
		list += size;
	}
	return false;
}

/* Does it let us, or why not? The nearest miss says most. */
enum fit {
	FIT_NOT, /* another CA, or nobody */
	FIT_ACCOUNT, /* our CA, and another account */
	FIT_METHOD, /* our account, and another method */
	FIT_ALL,
};

static enum fit judge(const struct issue *issue, const struct caa_wish *wish)
{
	if (!is_issuer(wish, issue->domain) || issue->is_contradictory)
		return FIT_NOT;
	if (issue->account && wish->account &&
		!streq(issue->account, wish->account))
		return FIT_ACCOUNT;
	if (issue->methods && !has_word(issue->methods, wish->method))
		return FIT_METHOD;
	return FIT_ALL;
}

static bool has_tag(const struct caa_set *set, const char *tag)
{
	for (size_t i = 0; i < set->count; i++)
		if (streq(set->records[i].tag, tag))
			return true;
	return false;
}

/* A critical property that is not understood forbids (RFC 8659 section
 * 4.1). */
static const struct caa_record *find_strange(const struct caa_set *set)
{
	static const char *const KNOWN[] = {"issue", "issuewild", "iodef",
		"issuemail", "issuevmc", "contactemail", "contactphone"};

	for (size_t i = 0; i < set->count; i++) {
		bool is_known = false;
		for (size_t j = 0; j < sizeof(KNOWN) / sizeof(*KNOWN); j++)
			is_known |= streq(set->records[i].tag, KNOWN[j]);
		if (!is_known && set->records[i].is_critical)
			return &set->records[i];
	}
	return NULL;
}

static void add_domain(struct text *who, const char *domain)
{
	if (*domain && !(who->data && strstr(who->data, domain)))
		text_addf(who, "%s%.100s", who->length ? ", " : "", domain);
}

/* The best of all records with that tag. */
static enum fit judge_all(const struct caa_set *set, const char *tag,
	const struct caa_wish *wish, struct issue *best, struct text *who)
{
	enum fit fit = FIT_NOT;
	struct issue issue;

	for (size_t i = 0; i < set->count; i++) {
		if (!streq(set->records[i].tag, tag))
			continue;
		read_issue(&issue, &set->records[i]);
		enum fit found = judge(&issue, wish);
		add_domain(who, issue.domain);
		if (found < fit)
			continue;
		fit = found;
		read_issue(best, &set->records[i]);
	}
	return fit;
}

static bool explain(enum fit fit, const struct issue *best, const char *who,
	const char *name, struct error *err)
{
	switch (fit) {
	case FIT_NOT:
		return fail_cause(err, ERROR_REFUSED, "D8",
			"CAA at '%s' allows only %s", name,
			*who ? who : "nobody");
	case FIT_ACCOUNT:
		return fail_cause(err, ERROR_REFUSED, "D8",
			"CAA at '%s' allows only the account '%.200s' of %s",
			name, best->account, best->domain);
	case FIT_METHOD:
		return fail_cause(err, ERROR_REFUSED, "D8",
			"CAA at '%s' allows only the method %.100s of %s", name,
			best->methods, best->domain);
	case FIT_ALL:
		break;
	}
	return true;
}

bool caa_allows(const struct caa_set *set, const struct caa_wish *wish,
	const char *name, struct error *err)
{
	const struct caa_record *strange = find_strange(set);
	const char *tag = wish->is_wildcard && has_tag(set, "issuewild")
		? "issuewild"
		: "issue";
	struct text who = {.limit = 300};
	struct issue best;

	if (strange)
		return fail_cause(err, ERROR_REFUSED, "D8",
			"CAA at '%s' has a critical property '%s' that no CA "
			"knows",
			name, strange->tag);
	if (!has_tag(set, tag))
		return true;
	read_issue(&best, &(struct caa_record){0});
	enum fit fit = judge_all(set, tag, wish, &best, &who);
	cleanup(string) char *names = text_take(&who);
	return explain(fit, &best, names ? names : "", name, err);
}

char *caa_pin(const char *issuer, const char *account, const char *method)
{
	return text_format("%s; accounturi=%s; validationmethods=%s", issuer,
		account, method);
}
