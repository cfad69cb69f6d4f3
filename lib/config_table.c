/* SPDX-License-Identifier: MIT */
#include "config_table.h"

#include "config.h"
#include "config_value.h"
#include "text.h"

#define BOTH (PLACE_GLOBAL | PLACE_CERTIFICATE)
#define NEAR_MISS 2 /* edits */

static const struct config_section_row SECTIONS[] = {
	[SECTION_DAEMON] = {"Daemon", ARGUMENT_NONE, PLACE_GLOBAL},
	[SECTION_CA] = {"CA", ARGUMENT_NAME, PLACE_GLOBAL},
	[SECTION_CERTIFICATE] = {"Certificate", ARGUMENT_NONE, BOTH},
	[SECTION_CHALLENGE] = {"Challenge", ARGUMENT_IDENTIFIER, BOTH},
	[SECTION_DEPLOY] = {"Deploy", ARGUMENT_NONE, BOTH},
	[SECTION_EXPORT] = {"Export", ARGUMENT_NAME, PLACE_CERTIFICATE},
};

#define SECTION_COUNT (sizeof(SECTIONS) / sizeof(*SECTIONS))

/* One line a key: section, name, shape, reader, and where it goes. */
#define DAEMON(name, shape, read, member) \
	{ \
		SECTION_DAEMON, name, SHAPE_##shape, config_value_##read, \
			offsetof(struct config_daemon, member) \
	}
#define CA(name, shape, read, member) \
	{ \
		SECTION_CA, name, SHAPE_##shape, config_value_##read, \
			offsetof(struct config_ca, member) \
	}
#define CERTIFICATE(name, shape, read, member, ...) \
	{ \
		SECTION_CERTIFICATE, name, SHAPE_##shape, config_value_##read, \
			offsetof(struct config_certificate, member), \
			__VA_ARGS__ \
	}
#define CHALLENGE(name, shape, read, member, ...) \
	{ \
		SECTION_CHALLENGE, name, SHAPE_##shape, config_value_##read, \
			offsetof(struct config_challenge, member), __VA_ARGS__ \
	}
#define DEPLOY(name, shape, read, member) \
	{ \
		SECTION_DEPLOY, name, SHAPE_##shape, config_value_##read, \
			offsetof(struct config_deploy, member) \
	}
/* Its reader needs the whole structure. */
#define WHOLE(section, name, shape, read, ...) \
	{ \
		section, name, SHAPE_##shape, config_value_##read, 0, \
			__VA_ARGS__ \
	}
#define EXPORT(name, shape, read, member) \
	{ \
		SECTION_EXPORT, name, SHAPE_##shape, config_value_##read, \
			offsetof(struct config_export, member) \
	}

/* clang-format off */
static const struct config_key KEYS[] = {
	DAEMON("MaxOrders", SCALAR, count, max_orders),
	DAEMON("Proxy", SCALAR, proxy, proxy),
	DAEMON("SourceAddress", SCALAR, address, source_address),
	DAEMON("ReloadInterval", SCALAR, interval, reload_interval),
	DAEMON("NotifyMail", SCALAR, mailbox, notify_mail),
	DAEMON("NotifyURLFile", SCALAR, file, notify_url_file),
	DAEMON("MetricsFile", SCALAR, metrics_file, metrics_file),
	DAEMON("Rehearse", SCALAR, rehearse, rehearse),
	WHOLE(SECTION_DAEMON, "Resolver", SCALAR, resolver, 0),
	DAEMON("Sandbox", SCALAR, sandbox, sandbox),

	CA("Directory", SCALAR, url, directory),
	CA("Staging", SCALAR, url, staging),
	CA("Contact", WORDS, contact, contacts),
	CA("CAA", WORDS, domain, caa),
	CA("AgreeToTerms", SCALAR, boolean, agree_to_terms),
	CA("TrustFile", SCALAR, file, trust_file),
	CA("RootFile", SCALAR, file, root_file),
	CA("Proxy", SCALAR, proxy, proxy),
	WHOLE(SECTION_CA, "AccountKey", SCALAR, account_key, 0),
	CA("Profile", SCALAR, word, profile),
	CA("AddressProfile", SCALAR, word, address_profile),
	CA("EABRequired", SCALAR, boolean, eab_required),
	CA("EABKeyID", SCALAR, word, eab_key_id),
	CA("EABKeyFile", SCALAR, file, eab_key_file),
	CA("Limit", WORDS, limit, limits),

	WHOLE(SECTION_CERTIFICATE, "Names", WORDS, identifier, .is_own = true),
	WHOLE(SECTION_CERTIFICATE, "CA", WORDS, ca, 0),
	WHOLE(SECTION_CERTIFICATE, "Key", WORDS, keys, 0),
	CERTIFICATE("ReuseKey", SCALAR, boolean, reuse_key, 0),
	CERTIFICATE("RenewBefore", SCALAR, span, policy.renew_before, 0),
	CERTIFICATE("WarnBefore", SCALAR, span, policy.warn_before, 0),
	WHOLE(SECTION_CERTIFICATE, "Window", LINES, window, 0),
	CERTIFICATE("Placeholder", SCALAR, boolean, placeholder, 0),
	CERTIFICATE("CSR", SCALAR, path, csr_file, .is_own = true),
	CERTIFICATE("Profile", SCALAR, word, profile, 0),
	CERTIFICATE("RequireProfile", SCALAR, word, required_profile, 0),
	CERTIFICATE("PreferredChain", SCALAR, line, preferred_chain, 0),
	CERTIFICATE("DropDeadNames", SCALAR, dead_names, drop_dead_names, 0),

	CHALLENGE("Type", SCALAR, type, type, 0),
	CHALLENGE("Solver", SCALAR, solver, solver, 0),
	CHALLENGE("Webroot", SCALAR, path, webroot, .is_of_solver = true),
	CHALLENGE("Listen", SCALAR, listen, listen, .is_of_solver = true),
	WHOLE(SECTION_CHALLENGE, "Server", SCALAR, server,
		.is_of_solver = true),
	CHALLENGE("Zone", SCALAR, zone, zone, .is_of_solver = true),
	CHALLENGE("KeyFile", SCALAR, file, key_file, .is_of_solver = true),
	CHALLENGE("TTL", SCALAR, ttl, ttl, .is_of_solver = true),
	CHALLENGE("Command", SCALAR, command, command, .is_of_solver = true),
	CHALLENGE("Protocol", SCALAR, protocol, protocol,
		.is_of_solver = true),
	CHALLENGE("Provider", SCALAR, word, provider, .is_of_solver = true),
	CHALLENGE("Timeout", SCALAR, timeout, timeout, .is_of_solver = true),
	CHALLENGE("EnvironmentFile", SCALAR, file, environment_file,
		.is_of_solver = true),
	CHALLENGE("Concurrency", SCALAR, count, concurrency,
		.is_of_solver = true),

	DEPLOY("Reload", WORDS, reload_unit, reload),
	DEPLOY("Restart", WORDS, restart_unit, restart),
	DEPLOY("ReloadCommand", SCALAR, command, reload_command),
	WHOLE(SECTION_DEPLOY, "ReloadSignal", SCALAR, signal, 0),
	WHOLE(SECTION_DEPLOY, "Hook", WORDS, hook, 0),
	WHOLE(SECTION_DEPLOY, "Verify", WORDS, verify, 0),

	EXPORT("Path", SCALAR, path, path),
	EXPORT("Format", SCALAR, format, format),
	EXPORT("Owner", SCALAR, owner, owner),
	EXPORT("Group", SCALAR, owner, group),
	EXPORT("Mode", SCALAR, mode, mode),
};
/* clang-format on */

#define KEY_COUNT (sizeof(KEYS) / sizeof(*KEYS))

const struct config_section_row *config_section(enum config_section section)
{
	return &SECTIONS[section];
}

bool config_section_find(const char *name, enum config_section *section)
{
	for (unsigned i = 0; i < SECTION_COUNT; i++) {
		if (!streq(SECTIONS[i].name, name))
			continue;
		*section = (enum config_section)i;
		return true;
	}
	return false;
}

const struct config_key *config_keys(size_t *count)
{
	*count = KEY_COUNT;
	return KEYS;
}

const struct config_key *config_key_find(
	enum config_section section, const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (KEYS[i].section == section && streq(KEYS[i].name, name))
			return &KEYS[i];
	return NULL;
}

/* Keeps the nearer of two words; short ones are near to everything. */
static void keep_nearer(
	const char *name, const char *word, const char **best, size_t *distance)
{
	size_t found = text_distance(name, word);

	if (found >= *distance || found * 2 >= strlen(word))
		return;
	*best = word;
	*distance = found;
}

const char *config_section_near(const char *name)
{
	const char *best = NULL;
	size_t distance = NEAR_MISS + 1;

	for (size_t i = 0; i < SECTION_COUNT; i++)
		keep_nearer(name, SECTIONS[i].name, &best, &distance);
	return best;
}

const char *config_key_near(enum config_section section, const char *name)
{
	const char *best = NULL;
	size_t distance = NEAR_MISS + 1;

	for (size_t i = 0; i < KEY_COUNT; i++)
		if (KEYS[i].section == section)
			keep_nearer(name, KEYS[i].name, &best, &distance);
	return best;
}

const char *config_key_home(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (streq(KEYS[i].name, name))
			return SECTIONS[KEYS[i].section].name;
	return NULL;
}
