/* SPDX-License-Identifier: MIT */
#include "hook_call.h"

#include "crypto_error.h"
#include "environment_list.h"
#include "json.h"
#include "key.h"
#include "mem.h"
#include "text.h"
#include "tls_alpn.h"
#include "token_file.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

#define VERSION 1 /* of our own protocol */
#define DIGEST_LENGTH 32
#define DIGEST_SIZE (DIGEST_LENGTH * 3)

/* The words of Command=, and what a convention adds. */

static void add_command(struct hook_call *call, const struct hook *hook)
{
	for (size_t i = 0; i < hook->settings->command.count; i++)
		strings_add(&call->words, hook->settings->command.items[i]);
}

static const char *base_of(const struct hook *hook)
{
	return identifier_base(&hook->identifier);
}

static const char *type_of(const struct hook *hook)
{
	return challenge_type_name(hook->settings->type);
}

static bool is_dns(const struct hook *hook)
{
	return challenge_type_is_dns(hook->settings->type);
}

/* Our own: acmed-exec(7). */

/* The certificate that a web server shows to answer tls-alpn-01. */
static bool add_certificate(
	json_t *object, const struct hook *hook, struct error *err)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, err);
	cleanup(x509) X509 *certificate = key
		? tls_alpn_certificate(
			  key, &hook->identifier, hook->answer, time(NULL), err)
		: NULL;
	cleanup(bio) BIO *memory = BIO_new(BIO_s_mem());
	char *text;

	if (!certificate)
		return false;
	char *pem = key_to_pem(key, err);
	if (!pem)
		return false;
	json_object_set_new(object, "tls_key", json_string(pem));
	key_pem_free(pem);
	if (!memory || PEM_write_bio_X509(memory, certificate) != 1)
		return fail_crypto(
			err, ERROR_LOCAL, "cannot write a certificate");
	long length = BIO_get_mem_data(memory, &text);
	json_object_set_new(
		object, "tls_certificate", json_stringn(text, (size_t)length));
	return true;
}

static bool add_details(json_t *object, const struct hook *hook,
	bool is_present, struct error *err)
{
	char name[256];

	if (is_dns(hook)) {
		json_object_set_new(
			object, "record_name", json_string(hook->record_name));
		json_object_set_new(object, "record_value",
			json_string(hook->record_value));
		return true;
	}
	if (hook->settings->type == CHALLENGE_HTTP_01) {
		json_object_set_new(object, "path",
			json_sprintf("/" TOKEN_FOLDER "/%s", hook->token));
		return true;
	}
	tls_alpn_server_name(&hook->identifier, name);
	json_object_set_new(object, "server_name", json_string(name));
	return !is_present || add_certificate(object, hook, err);
}

static bool fill_acmed(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	cleanup(json) json_t *object = json_pack(
		"{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "version", VERSION,
		"action", is_present ? "present" : "withdraw", "certificate",
		hook->certificate->name, "type", type_of(hook), "identifier",
		hook->identifier.value, "domain", base_of(hook), "token",
		hook->token, "key_authorization", hook->answer);

	add_command(call, hook);
	call->has_reply = true;
	if (!object)
		return fail_memory(err);
	if (!add_details(object, hook, is_present, err))
		return false;
	cleanup(string) char *line = json_write(object);
	call->input = line ? text_format("%s\n", line) : NULL;
	return call->input || fail_memory(err);
}

/* certbot's --manual-auth-hook and --manual-cleanup-hook: since it knows
 * addresses it says IDENTIFIER, and DOMAIN to those who were there before. */

static void set_domains(struct hook_call *call, const struct hook *hook)
{
	struct text domains cleanup_text_value = {0};

	for (size_t i = 0; i < hook->certificate->identifier_count; i++)
		text_addf(&domains, "%s%s", i ? "," : "",
			identifier_base(&hook->certificate->identifiers[i]));
	const char *all = domains.data ? domains.data : "";
	environment_list_set(&call->environment, "CERTBOT_ALL_DOMAINS", all);
	environment_list_set(
		&call->environment, "CERTBOT_ALL_IDENTIFIERS", all);
}

static bool fill_certbot(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	const struct strings *command = &hook->settings->command;
	struct strings *environment = &call->environment;

	(void)err;
	if (!is_present && command->count < 2)
		return true;
	strings_add(&call->words, command->items[is_present ? 0 : 1]);
	environment_list_set(environment, "CERTBOT_DOMAIN", base_of(hook));
	environment_list_set(environment, "CERTBOT_IDENTIFIER", base_of(hook));
	environment_list_set(environment, "CERTBOT_VALIDATION",
		is_dns(hook) ? hook->record_value : hook->answer);
	if (!is_dns(hook))
		environment_list_set(environment, "CERTBOT_TOKEN", hook->token);
	/* Each call stands for itself: nobody may wait for a last one. */
	environment_list_set(environment, "CERTBOT_REMAINING_CHALLENGES", "0");
	set_domains(call, hook);
	if (!is_present)
		environment_list_set(environment, "CERTBOT_AUTH_OUTPUT",
			hook->said ? hook->said : "");
	return true;
}

/* dehydrated's hook script: deploy_challenge DOMAIN TOKEN VALUE. */

/* For tls-alpn-01 as openssl dgst -c writes it. */
static bool write_digest(
	const char *answer, char out[static DIGEST_SIZE], struct error *err)
{
	unsigned char digest[DIGEST_LENGTH];

	if (EVP_Digest(answer, strlen(answer), digest, NULL, EVP_sha256(),
		    NULL) != 1)
		return fail_crypto(err, ERROR_LOCAL, "cannot hash an answer");
	for (size_t i = 0; i < DIGEST_LENGTH; i++)
		snprintf(out + 3 * i, 4, "%02x:", digest[i]);
	out[DIGEST_SIZE - 1] = '\0';
	return true;
}

static bool fill_dehydrated(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	char digest[DIGEST_SIZE + 1] = "";
	const char *value = is_dns(hook) ? hook->record_value : hook->answer;

	if (hook->settings->type == CHALLENGE_TLS_ALPN_01) {
		if (!write_digest(hook->answer, digest, err))
			return false;
		value = digest;
	}
	add_command(call, hook);
	strings_add(&call->words,
		is_present ? "deploy_challenge" : "clean_challenge");
	strings_add(&call->words, base_of(hook));
	strings_add(&call->words, hook->token);
	strings_add(&call->words, value);
	environment_list_set(
		&call->environment, "CHALLENGETYPE", type_of(hook));
	return true;
}

/* lego's exec provider; its mode RAW also where there is no record. */

static bool fill_lego(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	const char *mode =
		environment_list_get(&call->environment, "EXEC_MODE");
	cleanup(string) char *fqdn = text_format("%s.", hook->record_name);

	if (!fqdn)
		return fail_memory(err);
	add_command(call, hook);
	strings_add(&call->words, is_present ? "present" : "cleanup");
	if (is_dns(hook) && !(mode && streq(mode, "RAW"))) {
		strings_add(&call->words, fqdn);
		strings_add(&call->words, hook->record_value);
		return true;
	}
	strings_add(&call->words, "--");
	strings_add(&call->words, base_of(hook));
	strings_add(&call->words, hook->token);
	strings_add(&call->words, hook->answer);
	return true;
}

/* The wrapper around acme.sh's dns_NAME_add and dns_NAME_rm. */

static bool fill_acme_sh(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	(void)err;
	add_command(call, hook);
	strings_add(&call->words, is_present ? "add" : "rm");
	strings_add(&call->words, hook->settings->provider);
	strings_add(&call->words, hook->record_name);
	strings_add(&call->words, hook->record_value);
	return true;
}

static bool (*const CONVENTIONS[])(struct hook_call *call,
	const struct hook *hook, bool is_present, struct error *err) = {
	[PROTOCOL_ACMED] = fill_acmed,
	[PROTOCOL_CERTBOT] = fill_certbot,
	[PROTOCOL_DEHYDRATED] = fill_dehydrated,
	[PROTOCOL_LEGO] = fill_lego,
	[PROTOCOL_ACME_SH] = fill_acme_sh,
};

bool hook_call_make(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err)
{
	environment_list_set(&call->environment, "ACMED_CERTIFICATE",
		hook->certificate->name);
	environment_list_set(
		&call->environment, "ACMED_IDENTIFIER", hook->identifier.value);
	environment_list_set(&call->environment, "ACMED_TYPE", type_of(hook));
	return CONVENTIONS[hook->settings->protocol](
		call, hook, is_present, err);
}

void hook_call_clear(struct hook_call *call)
{
	strings_clear(&call->words);
	strings_clear(&call->environment);
	free(call->input);
	*call = (struct hook_call){0};
}
