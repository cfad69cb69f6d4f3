/* SPDX-License-Identifier: MIT */
#include "dns_sign.h"

#include "base64url.h"
#include "challenge_record.h"
#include "dns_journal.h"
#include "dns_update.h"
#include "json.h"
#include "mem.h"
#include "secret.h"
#include "text.h"
#include "tsig.h"

#include <openssl/rand.h>
#include <time.h>

#define DEFAULT_TTL 60
#define HASH_LENGTH 43 /* SHA-256 in base64url (RFC 8555 section 8.4) */
#define PERSIST_MAX 2048

/* The name that a record is to answer for. Borrowed. */
struct subject {
	const struct config_certificate *certificate;
	struct identifier identifier;
	const struct config_challenge *challenge;
};

static bool read_subject(struct vault *vault, const json_t *request,
	struct subject *out, struct error *err)
{
	const char *name = request_name(request, err);

	out->certificate = name ? vault_certificate(vault, name, err) : NULL;
	const char *text = out->certificate
		? member_string(request, "identifier", err)
		: NULL;
	if (!text || !identifier_parse(text, &out->identifier, err))
		return false;
	out->challenge =
		config_challenge_for(out->certificate, &out->identifier);
	return out->challenge->solver == SOLVER_RFC2136 ||
		fail(err, ERROR_REFUSED, "'%s' of '%s' has no 'Solver=rfc2136'",
			out->identifier.value, name);
}

static bool read_key(const struct config_challenge *challenge,
	struct tsig_key *key, struct error *err)
{
	char *secret = secret_read(challenge->key_file, "acmed-vault", err);

	if (!secret)
		return false;
	bool is_key = tsig_key_parse(secret, key, err);
	secret_free(secret);
	if (!is_key)
		error_prefix(err, "'%.200s'", challenge->key_file);
	return is_key;
}

static bool is_hash(const char *value)
{
	return strlen(value) == HASH_LENGTH && base64url_is_valid(value);
}

static bool is_persistent(const struct subject *subject)
{
	return subject->challenge->type == CHALLENGE_DNS_PERSIST_01;
}

/* Of dns-01 and dns-account-01 a hash, of dns-persist-01 a record with an
 * account in it: nothing that means something to anybody else. */
static bool is_answer(const struct subject *subject, const char *value)
{
	if (!is_persistent(subject))
		return is_hash(value);
	return strlen(value) <= PERSIST_MAX &&
		challenge_persist_is_record(value, &subject->identifier);
}

static bool read_update(const json_t *request, const struct subject *subject,
	struct dns_update *update, struct error *err)
{
	int64_t ttl = subject->challenge->ttl;

	update->zone = member_string(request, "zone", err);
	update->name =
		update->zone ? member_string(request, "record", err) : NULL;
	update->value =
		update->name ? member_string(request, "value", err) : NULL;
	if (!update->value)
		return false;
	update->ttl = ttl ? (uint32_t)ttl : DEFAULT_TTL;
	update->is_removal = member_bool_or(request, "remove", false);
	return RAND_bytes((unsigned char *)&update->id, sizeof(update->id)) ==
		1 ||
		fail(err, ERROR_LOCAL, "there is no randomness");
}

static struct dns_journal_entry journal_entry(
	const struct subject *subject, const struct dns_update *update)
{
	return (struct dns_journal_entry){
		.name = subject->certificate->name,
		.identifier = subject->identifier.value,
		.challenge = subject->challenge,
		.update = update,
	};
}

/* As it is configured. The name of the record may be any, for only the loop
 * sees where an alias leads. */
static bool check_answer(const struct subject *subject,
	const struct dns_update *update, struct error *err)
{
	const struct config_certificate *certificate = subject->certificate;
	const char *zone = subject->challenge->zone;

	if (!identifier_is_in(certificate->identifiers,
		    certificate->identifier_count, &subject->identifier))
		return fail(err, ERROR_REFUSED, "'%s' is no name of '%s'",
			subject->identifier.value, certificate->name);
	if (zone && !streq(zone, update->zone))
		return fail(err, ERROR_REFUSED,
			"'%.253s' is not the zone of '%s' ('Zone=%s')",
			update->zone, subject->identifier.value, zone);
	return is_answer(subject, update->value) ||
		fail(err, ERROR_REFUSED,
			"the vault does not write '%.100s' into DNS",
			update->value);
}

/* Of what was written under other settings the list still knows. */
static bool check_update(struct vault *vault, const struct subject *subject,
	const struct dns_update *update, struct error *err)
{
	const struct dns_journal_entry entry = journal_entry(subject, update);

	return (update->is_removal && dns_journal_has(vault, &entry)) ||
		check_answer(subject, update, err);
}

/* Before it can be published. A persistent record is to stay. */
static bool note(struct vault *vault, const struct subject *subject,
	const struct dns_update *update, struct error *err)
{
	const struct dns_journal_entry entry = journal_entry(subject, update);

	return update->is_removal || is_persistent(subject) ||
		dns_journal_add(vault, &entry, err);
}

static json_t *pack(const struct dns_message *message,
	const struct tsig_mac *mac, uint16_t id, struct error *err)
{
	cleanup(string) char *bytes =
		base64url_encode(message->bytes, message->length);
	cleanup(string) char *encoded =
		base64url_encode(mac->bytes, mac->length);

	if (bytes && encoded)
		return json_pack("{s:s, s:i, s:s}", "message", bytes, "number",
			(int)id, "mac", encoded);
	fail_memory(err);
	return NULL;
}

json_t *dns_sign_update(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct subject subject;
	struct dns_update update = {0};
	struct dns_message message;
	struct tsig_key key = {0};
	struct tsig_mac mac = {0};

	if (!read_subject(vault, request, &subject, err) ||
		!read_update(request, &subject, &update, err) ||
		!check_update(vault, &subject, &update, err) ||
		!dns_update_write(&update, &message, err) ||
		!read_key(subject.challenge, &key, err))
		return NULL;
	bool is_signed = tsig_sign(&key, time(NULL), &message, &mac, err);
	tsig_key_clear(&key);
	if (!is_signed || !note(vault, &subject, &update, err))
		return NULL;
	return pack(&message, &mac, update.id, err);
}

/* Bytes in base64url; NULL with err. */
static unsigned char *read_bytes(const json_t *request, const char *name,
	size_t *length, struct error *err)
{
	const char *text = member_string(request, name, err);
	unsigned char *bytes = text ? base64url_decode(text, length) : NULL;

	if (text && !bytes)
		fail(err, ERROR_REFUSED, "'%s' is no base64url", name);
	return bytes;
}

/* An error may come without a signature; a success may not. Whose signature is
 * wrong may have done it all the same, unless it refuses itself. */
static bool check_reply(const struct tsig_key *key, const json_t *request,
	const struct tsig_mac *mac, bool *is_refused, struct error *err)
{
	size_t length = 0;
	const char *zone = member_string_or(request, "zone", "");
	uint16_t id = (uint16_t)member_integer_or(request, "number", 0);
	cleanup(bytes) unsigned char *bytes =
		read_bytes(request, "reply", &length, err);

	*is_refused = false;
	if (!bytes)
		return false;
	bool is_done = dns_update_read_reply(bytes, length, id, zone, err);
	*is_refused = !is_done && err->kind == ERROR_REFUSED;
	if (!is_done && !tsig_is_signed(key, bytes, length))
		return false;
	return tsig_verify(key, bytes, length, mac, time(NULL), err) && is_done;
}

/* What was removed, or refused, is in the zone no more. */
static bool settle(struct vault *vault, const json_t *request,
	const struct subject *subject, bool is_done, bool is_refused,
	struct error *err)
{
	const struct dns_update update = {
		.name = member_string_or(request, "record", ""),
		.value = member_string_or(request, "value", ""),
		.is_removal = member_bool_or(request, "remove", false),
	};
	const struct dns_journal_entry entry = journal_entry(subject, &update);

	if (update.is_removal ? !is_done : !is_refused)
		return true;
	return dns_journal_remove(vault, &entry, is_done ? err : NULL);
}

json_t *dns_verify_reply(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct subject subject;
	struct tsig_mac mac = {0};
	struct tsig_key key = {0};

	if (!read_subject(vault, request, &subject, err))
		return NULL;
	cleanup(bytes) unsigned char *bytes =
		read_bytes(request, "mac", &mac.length, err);
	if (!bytes)
		return NULL;
	if (mac.length > sizeof(mac.bytes)) {
		fail(err, ERROR_REFUSED, "'mac' is too long");
		return NULL;
	}
	memcpy(mac.bytes, bytes, mac.length);
	if (!read_key(subject.challenge, &key, err))
		return NULL;
	bool is_refused;
	bool is_done = check_reply(&key, request, &mac, &is_refused, err);
	tsig_key_clear(&key);
	if (!settle(vault, request, &subject, is_done, is_refused, err))
		return NULL;
	return is_done ? json_object() : NULL;
}
