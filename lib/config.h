/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The configuration: texts -> `struct config`, by one table {section, key,
 * parse, offset}; every mistake at once as "FILE:LINE: message", near misses
 * suggested. It reads no file: daemon/common/config_files does.
 *
 * The order: known CAs (ca/NAME.conf), acmed.conf, acmed.conf.d in the order of
 * their names; then each certificate's file on top of these. Within a file
 * lists append and an empty value resets; a later file replaces a key. A
 * certificate with a mistake is not in the configuration; the others are.
 */

#include "challenge.h"
#include "config_solver.h"
#include "identifier.h"
#include "key.h"
#include "limit.h"
#include "mistakes.h"
#include "renewal_time.h"
#include "starttls.h"
#include "string_list.h"

#define CONFIG_NAME_MAX 100
#define CONFIG_FILE_MAX (1024 * 1024)
#define CONFIG_IDENTIFIERS_MAX 1000

struct settings;

enum config_rehearse {
	REHEARSE_DAILY,
	REHEARSE_WEEKLY,
	REHEARSE_NO,
};

enum config_sandbox {
	SANDBOX_STRICT,
	SANDBOX_LOG,
};

struct config_daemon {
	int64_t max_orders; /* in flight for each CA, default 20 */
	char *proxy; /* or NULL */
	char *source_address;
	int64_t reload_interval; /* seconds, default 60 */
	char *metrics_file; /* or NULL */
	char *notify_mail; /* "root", "ops@example.org", "no"; NULL: root
			    * where there is a sendmail */
	char *notify_url_file; /* or NULL */
	enum config_rehearse rehearse;
	enum config_sandbox sandbox;
	char *resolver; /* IP address of a name server, or NULL */
	uint16_t resolver_port;
};

struct config_ca {
	char *name; /* "letsencrypt" */
	char *directory; /* https URL */
	char *staging; /* or NULL */
	struct strings contacts; /* "mailto:" added where it was missing */
	struct strings caa; /* names it goes by in CAA records */
	bool agree_to_terms;
	char *trust_file; /* CA bundle for its API (a path, or without
			   * $CREDENTIALS_DIRECTORY "credential:NAME"),
			   * NULL: the system's */
	char *root_file; /* what it may issue, NULL: see contract */
	char *proxy;
	char *profile; /* or NULL */
	char *address_profile; /* without it no IP address; or NULL */
	bool eab_required; /* no account without these */
	char *eab_key_id; /* both or neither */
	char *eab_key_file;
	enum key_type account_key; /* to be made, unless there is a URI */
	char *account_key_uri; /* of one in a token, or NULL */
	struct limits limits; /* none unless given */
	bool is_known; /* from DATADIR/ca, directory not overridden */
};

/* The calling convention of a program (Protocol=). */
enum config_protocol {
	PROTOCOL_ACMED,
	PROTOCOL_CERTBOT,
	PROTOCOL_DEHYDRATED,
	PROTOCOL_LEGO,
	PROTOCOL_ACME_SH,
};

/* Where a key stands, for what only a look at the files can tell. */
struct config_source {
	char *file; /* owned, as shown in messages; NULL: nowhere */
	unsigned line;
};

struct config_challenge {
	enum challenge_type type;
	enum config_solver solver;
	char *webroot; /* NULL: acmed's own folder */
	struct strings listen; /* empty: the solver's default */
	/* rfc2136 */
	char *server; /* name or address without brackets */
	uint16_t server_port; /* of it; 53 unless said */
	char *zone; /* NULL: found by its SOA */
	char *key_file; /* of TSIG */
	int64_t ttl; /* seconds; 0: 60 */
	/* exec */
	struct strings command; /* words; of certbot: AUTH CLEANUP */
	enum config_protocol protocol;
	char *provider; /* or NULL */
	int64_t timeout; /* seconds; 0: 120, with rfc2136 900 */
	char *environment_file; /* or NULL */
	int64_t concurrency; /* programs at a time; 0: one */
	struct config_source key_file_at;
	struct config_source command_at;
	struct config_source environment_at;
};

struct config_challenge_for {
	struct identifier identifier;
	struct config_challenge challenge;
};

enum config_hook_kind {
	HOOK_PROGRAM, /* /path: run by acmed-deploy */
	HOOK_UNIT, /* acmed-hook@x.service: started over D-Bus */
};

struct config_hook {
	enum config_hook_kind kind;
	char *value;
};

/* One endpoint of Verify=. */
struct config_endpoint {
	enum starttls_protocol starttls; /* what is said before TLS */
	char *host; /* name or address without brackets */
	uint16_t port;
	char *sni; /* or NULL: the host, if it is a name */
};

enum config_verify {
	VERIFY_AUTO,
	VERIFY_LIST,
	VERIFY_NO,
};

struct config_deploy {
	struct strings reload; /* units */
	struct strings restart; /* units */
	struct strings reload_command; /* words; empty: none */
	int reload_signal; /* 0: none */
	char *reload_pid_file; /* of ReloadSignal= */
	struct config_hook *hooks;
	size_t hook_count;
	enum config_verify verify;
	struct config_endpoint *endpoints;
	size_t endpoint_count;
};

enum config_export_format {
	EXPORT_COMBINED, /* key, then full chain, in the file `path` */
	EXPORT_PEM, /* `path` is a folder with the four files */
	EXPORT_PKCS12,
};

struct config_export {
	char *name; /* of [Export NAME] */
	char *path; /* absolute, no ".." */
	enum config_export_format format;
	char *owner; /* or NULL: root */
	char *group; /* or NULL: the owner's */
	unsigned mode; /* 0600 */
};

struct config_certificate {
	char *name; /* of the lineage: the file's without ".conf", and behind
		       it "+TYPE" for every key but the first */
	char *file; /* as shown in messages */
	struct identifier *identifiers;
	size_t identifier_count;
	struct strings ca_names; /* CA= */
	const struct config_ca *ca; /* borrowed from the configuration */
	const struct config_ca **others; /* the same, while the first fails */
	size_t other_count;
	enum key_type keys[KEY_TYPES]; /* Key=, as many as there are */
	size_t key_count;
	enum key_type key; /* the one of this lineage */
	bool reuse_key;
	char *csr_file; /* CSR=; or NULL: the key is made here */
	char *csr; /* what it holds: DER in base64url, or NULL */
	bool wants_staple; /* it asks for must-staple (RFC 7633) */
	char *profile; /* the CA may have dropped it; or NULL */
	char *required_profile; /* or NULL */
	char *preferred_chain; /* a CA's name or root key, or NULL */
	struct renewal_policy policy;
	struct renewal_window *windows;
	size_t window_count;
	bool drop_dead_names; /* after half of the slack */
	bool placeholder; /* default yes */
	bool is_settled; /* config_settle() */
	struct config_challenge challenge;
	struct config_challenge_for *challenges_for; /* [Challenge NAME] */
	size_t challenge_for_count;
	struct config_deploy deploy;
	struct config_export *exports;
	size_t export_count;
};

struct config {
	struct config_daemon daemon;
	struct config_ca **cas; /* owned */
	size_t ca_count;
	struct config_certificate **certificates; /* owned, sorted by name */
	size_t certificate_count;
	struct settings *settings; /* owned: the global ones, as read */
};

/* One text with the name that messages show for it; behind that of a
 * certificate there may be a request (config_csr.h). */
struct config_text {
	const char *file; /* borrowed: "/etc/acmed/acmed.conf" */
	const char *bytes; /* borrowed */
	size_t length;
};

/* Parses the global texts in their order (the first `known` of them are the
 * known CAs). NULL, with mistakes, when any of them has one. */
struct config *config_new(const struct config_text *texts, size_t count,
	size_t known, struct mistakes *mistakes);
void config_free(struct config *config);

/* Parses one certificate's text on top of the global ones that config_new()
 * saw, and adds it. False, with mistakes, when it has any; the configuration
 * is as before then. `name` is the file's without ".conf". */
bool config_add_certificate(struct config *config, const char *name,
	const struct config_text *text, struct mistakes *mistakes);

/* Is this a valid name for a certificate? ([A-Za-z0-9][A-Za-z0-9._-]{0,99},
 * no "..") */
bool config_name_is_valid(const char *name);

/* Or one for a lineage, "NAME+rsa-2048"? */
bool config_lineage_is_valid(const char *name);

/* Is it the lineage of a second key? It has the settings of the file, but
 * for its exports. */
bool config_is_second(const char *name);

/* Length of the file's name in that of a lineage. */
size_t config_base_length(const char *name);

/* The certificate of that name, or NULL. */
const struct config_certificate *config_find(
	const struct config *config, const char *name);
const struct config_ca *config_find_ca(
	const struct config *config, const char *name);

/* This certificate was accepted before as it is: where another one has the
 * same names or exports to the same place, that is the other one's mistake. */
void config_settle(struct config *config, const char *name);

/* What holds between certificates: the same set of identifiers or an export to
 * the same path twice (the second by name is at fault). Adds mistakes and drops the certificate. */
void config_check(struct config *config, struct mistakes *mistakes);

/* May that CA issue this certificate? */
bool config_has_ca(const struct config_certificate *certificate,
	const struct config_ca *ca);

/* The profile to ask that CA for, or NULL; the certificate's wins over the
 * CA's. Required: there is no falling back. */
const char *config_profile(const struct config_certificate *certificate,
	const struct config_ca *ca, bool *is_required);

/* Copies of a challenge's settings, and their end. */
void config_challenge_copy(
	struct config_challenge *to, const struct config_challenge *from);
void config_challenge_clear(struct config_challenge *challenge);

/* The challenge settings for one identifier. */
const struct config_challenge *config_challenge_for(
	const struct config_certificate *certificate,
	const struct identifier *identifier);

/* Calls `act` for the challenge settings of every certificate: for those for
 * all its identifiers, then for those for a single one. */
void config_each_challenge(const struct config *config,
	void (*act)(void *data, const struct config_challenge *challenge),
	void *data);

/* Has the certificate that identifier, to be proven the same way as the other
 * one's: by the same solver with the same settings? */
bool config_has_path(const struct config_certificate *certificate,
	const struct config_certificate *other,
	const struct identifier *identifier);

/* Its challenge settings one by one, as config_each_challenge() has them: `i`
 * up to challenge_for_count. */
const struct config_challenge *config_challenge_at(
	const struct config_certificate *certificate, size_t i);

/* Does one Command= answer challenges of both? */
bool config_shares_command(const struct config_certificate *certificate,
	const struct config_certificate *other);

/* Of so many certificates at work, how many may wait for one Command= of this
 * one: half, or Concurrency= where that is more; INT64_MAX without any. */
int64_t config_command_share(
	const struct config_certificate *certificate, int64_t most);

/* Would an issued certificate still do: has it the same identifiers? */
bool config_certificate_same_set(const struct config_certificate *certificate,
	const struct identifier *identifiers, size_t count);
