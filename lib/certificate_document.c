/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "json.h"
#include "timestamp.h"

#include <stdio.h>

static json_t *write_time(int64_t when)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(when, text);
	return json_string(text);
}

static json_t *write_identifiers(const struct certificate_facts *facts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < facts->identifier_count; i++)
		json_array_append_new(
			list, identifier_to_json(&facts->identifiers[i]));
	return list;
}

json_t *certificate_facts_to_json(const struct certificate_facts *facts)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:b,s:o}", "serial",
		facts->serial, "fingerprint", facts->fingerprint, "issuer",
		facts->issuer, "anchor", facts->anchor, "ari_id", facts->ari_id,
		"key", facts->key_type, "not_before",
		write_time(facts->not_before), "not_after",
		write_time(facts->not_after), "self_signed", facts->self_signed,
		"identifiers", write_identifiers(facts));
}

static bool read_text(const json_t *object, const char *name, char *out,
	size_t size, struct error *err)
{
	const char *text = member_string(object, name, err);

	if (!text)
		return false;
	if (strlen(text) >= size)
		return fail(
			err, ERROR_TRANSIENT, "member '%s' is too long", name);
	snprintf(out, size, "%s", text);
	return true;
}

static bool read_time(
	const json_t *object, const char *name, int64_t *out, struct error *err)
{
	const char *text = member_string(object, name, err);

	return text &&
		(timestamp_parse(text, out) ||
			fail(err, ERROR_TRANSIENT, "'%s' is no date: '%s'",
				name, text));
}

static bool read_identifiers(
	const json_t *object, struct certificate_facts *out, struct error *err)
{
	const json_t *list = member_array(object, "identifiers", err);

	if (!list)
		return false;
	size_t count = json_array_size(list);
	out->identifiers =
		count ? mem_new(count * sizeof(*out->identifiers)) : NULL;
	for (size_t i = 0; i < count; i++)
		if (!identifier_from_json(
			    json_array_get(list, i), &out->identifiers[i], err))
			return false;
	out->identifier_count = count;
	return true;
}

static bool read_texts(
	const json_t *object, struct certificate_facts *out, struct error *err)
{
	return read_text(object, "serial", out->serial, sizeof(out->serial),
		       err) &&
		read_text(object, "fingerprint", out->fingerprint,
			sizeof(out->fingerprint), err) &&
		read_text(object, "issuer", out->issuer, sizeof(out->issuer),
			err) &&
		read_text(object, "ari_id", out->ari_id, sizeof(out->ari_id),
			err) &&
		read_text(object, "key", out->key_type, sizeof(out->key_type),
			err);
}

bool certificate_facts_from_json(
	const json_t *object, struct certificate_facts *out, struct error *err)
{
	*out = (struct certificate_facts){
		.self_signed = member_bool_or(object, "self_signed", false),
	};
	snprintf(out->anchor, sizeof(out->anchor), "%s",
		member_string_or(object, "anchor", ""));
	if (read_texts(object, out, err) &&
		read_time(object, "not_before", &out->not_before, err) &&
		read_time(object, "not_after", &out->not_after, err) &&
		read_identifiers(object, out, err))
		return true;
	certificate_facts_clear(out);
	return false;
}
