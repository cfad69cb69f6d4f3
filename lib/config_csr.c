/* SPDX-License-Identifier: MIT */
#include "config_csr.h"

#include "base64url.h"
#include "config_value.h"
#include "csr_read.h"
#include "mem.h"
#include "text.h"

/* A control character, which no text has: behind it "=BASE64URL" or "!WHY". */
#define MARK "\fCSR"
#define MARK_LENGTH (sizeof(MARK) - 1)
#define IS_REQUEST '='
#define IS_ERROR '!'

/* Behind the text. */

static const char *find_mark(const struct config_text *text)
{
	return text->length
		? memmem(text->bytes, text->length, MARK, MARK_LENGTH)
		: NULL;
}

size_t config_csr_cut(const struct config_text *text)
{
	const char *mark = find_mark(text);

	return mark ? (size_t)(mark - text->bytes) : text->length;
}

static char *join(const struct config_text *text, char kind, const char *word,
	size_t *length)
{
	size_t room = text->length + MARK_LENGTH + 1 + strlen(word);
	char *joined = find_mark(text) ? NULL : mem_new(room + 1);

	if (!joined)
		return NULL;
	memcpy(joined, text->bytes, text->length);
	char *end = stpcpy(joined + text->length, MARK);
	*end = kind;
	strcpy(end + 1, word);
	*length = room;
	return joined;
}

char *config_csr_join(const struct config_text *text, const void *bytes,
	size_t count, size_t *length)
{
	cleanup(string) char *word = base64url_encode(bytes, count);

	return word ? join(text, IS_REQUEST, word, length) : NULL;
}

char *config_csr_join_error(const struct config_text *text,
	const struct error *reason, size_t *length)
{
	return join(text, IS_ERROR, reason->text, length);
}

static const struct setting *setting_of(
	const struct settings *settings, const char *key)
{
	return settings_find(settings, SECTION_CERTIFICATE, "", key);
}

char *config_csr_path(const struct config_text *text)
{
	struct settings settings = {0};
	struct mistakes ignored = {0};
	char *path = NULL;

	if (!text->length || !memmem(text->bytes, text->length, "CSR", 3))
		return NULL;
	settings_read(&settings, text, PLACE_CERTIFICATE, &ignored);
	const struct setting *setting = setting_of(&settings, "CSR");
	if (setting && setting->count)
		config_value_path(setting->values[0].text, &path, NULL);
	settings_clear(&settings);
	mistakes_clear(&ignored);
	return path;
}

/* The request. */

static bool read_behind(
	const struct config_text *text, struct csr *csr, struct error *err)
{
	const char *mark = find_mark(text);

	if (!mark || mark + MARK_LENGTH == text->bytes + text->length)
		return fail(err, ERROR_LOCAL, "it has not been read");
	const char *kind = mark + MARK_LENGTH;
	size_t rest = text->length - (size_t)(kind + 1 - text->bytes);
	cleanup(string) char *word = text_format("%.*s", (int)rest, kind + 1);
	if (!word)
		return fail_memory(err);
	return *kind == IS_REQUEST ? csr_decode(word, csr, err)
				   : fail(err, ERROR_LOCAL, "%s", word);
}

/* The first of a list that the other one lacks, or NULL. */
static const char *find_lack(const struct identifier *list, size_t count,
	const struct identifier *other, size_t other_count)
{
	for (size_t i = 0; i < count; i++)
		if (!identifier_is_in(other, other_count, &list[i]))
			return list[i].value;
	return NULL;
}

/* Names= may say the same once more, in another order. */
static void take_names(struct config_certificate *certificate, struct csr *csr,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct setting *names = setting_of(settings, "Names");
	size_t count = certificate->identifier_count;

	if (!names || !names->count) {
		certificate->identifiers = take(csr->identifiers);
		certificate->identifier_count = csr->identifier_count;
		return;
	}
	if (names->count != count)
		return; /* one of them is none, which has been told */
	const char *extra = find_lack(certificate->identifiers, count,
		csr->identifiers, csr->identifier_count);
	const char *missing = find_lack(csr->identifiers, csr->identifier_count,
		certificate->identifiers, count);
	if (extra)
		mistakes_add(mistakes, names->file, names->line,
			"'Names=' has '%s', which 'CSR=%s' does not ask for",
			extra, certificate->csr_file);
	else if (missing)
		mistakes_add(mistakes, names->file, names->line,
			"'Names=' lacks '%s', which 'CSR=%s' asks for", missing,
			certificate->csr_file);
}

/* What acmed.conf says of keys is for those that are made here. */
static void take_key(
	struct config_certificate *certificate, const struct csr *csr)
{
	enum key_type type = certificate->key;

	key_type_of(csr->key, &type);
	certificate->key = type;
	certificate->keys[0] = type;
	certificate->key_count = 1;
	certificate->reuse_key = false;
	certificate->placeholder = false;
}

/* What cannot be beside it. */

static const struct setting *own_setting(
	const struct settings *settings, const char *key)
{
	const struct setting *setting = setting_of(settings, key);

	return setting && setting->layer == settings->layers && setting->count
		? setting
		: NULL;
}

static void refuse_keys(
	const struct settings *settings, struct mistakes *mistakes)
{
	static const char *const KEYS[] = {"Key", "ReuseKey", "Placeholder"};

	for (size_t i = 0; i < sizeof(KEYS) / sizeof(*KEYS); i++) {
		const struct setting *setting = own_setting(settings, KEYS[i]);
		bool is_no = setting && i > 0 &&
			streq(setting->values[0].text, "no");
		if (setting && !is_no)
			mistakes_add(mistakes, setting->file, setting->line,
				"'%s=' does not go with 'CSR=': its key is not "
				"here",
				KEYS[i]);
	}
}

static void refuse_exports(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	for (size_t i = 0; i < certificate->export_count; i++) {
		const struct config_export *export = &certificate->exports[i];
		const struct setting *at = settings_find(
			settings, SECTION_EXPORT, export->name, "Format");
		if (export->format == EXPORT_PEM)
			continue;
		if (!at)
			at = settings_find(
				settings, SECTION_EXPORT, export->name, NULL);
		struct setting_place place =
			setting_place(at, certificate->file);
		mistakes_add(mistakes, place.file, place.line,
			"'[Export %s]' would need the key, which is not here "
			"(CSR=): 'Format=pem' goes without",
			export->name);
	}
}

/* Where the vault and the hand may read, once installed. */
static void check_place(const struct config_certificate *certificate,
	const struct setting *setting, struct mistakes *mistakes)
{
	if (text_starts_with(setting->file, "/etc/acmed/") &&
		!text_starts_with(certificate->csr_file, "/etc/") &&
		!text_starts_with(certificate->csr_file, "/usr/"))
		mistakes_add(mistakes, setting->file, setting->line,
			"'CSR=%s' must lie below /etc or /usr: acmed can read "
			"it nowhere else",
			certificate->csr_file);
}

static void advise_staple(const struct config_certificate *certificate,
	const struct setting *setting, struct mistakes *mistakes)
{
	mistakes_advise(mistakes, setting->file, setting->line,
		"'CSR=%s' asks for must-staple, which most CAs refuse since "
		"OCSP is gone: make one without the TLS feature extension",
		certificate->csr_file);
}

/* The request names all, and no other one can be made here. */
static void advise_dead_names(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct setting *setting = setting_of(settings, "DropDeadNames");

	if (certificate->drop_dead_names && setting)
		mistakes_advise(mistakes, setting->file, setting->line,
			"'DropDeadNames=%s' has no effect on '%s': its names "
			"are those of 'CSR=%s'",
			setting->values[0].text, certificate->name,
			certificate->csr_file);
}

void config_csr_take(struct config_certificate *certificate,
	const struct config_text *text, const struct settings *settings,
	struct mistakes *mistakes)
{
	const struct setting *setting = setting_of(settings, "CSR");
	struct csr csr = {0};
	struct error err = {0};

	if (!certificate->csr_file)
		return;
	refuse_keys(settings, mistakes);
	refuse_exports(certificate, settings, mistakes);
	check_place(certificate, setting, mistakes);
	advise_dead_names(certificate, settings, mistakes);
	if (!read_behind(text, &csr, &err)) {
		mistakes_add(mistakes, setting->file, setting->line,
			"'CSR=%s': %s", certificate->csr_file, err.text);
		return;
	}
	take_names(certificate, &csr, settings, mistakes);
	take_key(certificate, &csr);
	certificate->csr = take(csr.encoded);
	certificate->wants_staple = csr.wants_staple;
	if (csr.wants_staple)
		advise_staple(certificate, setting, mistakes);
	csr_clear(&csr);
}
