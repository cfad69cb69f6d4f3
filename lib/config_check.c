/* SPDX-License-Identifier: MIT */
#include "config_check.h"

#include "config_value.h"
#include "duration.h"
#include "text.h"

#define DEFAULT_RENEW_BEFORE ((int64_t)30 * 86400)
#define MINUTES_OF_DAY (24 * 60)
#define MINUTES_OF_WEEK (7 * MINUTES_OF_DAY)
#define INSTALLED "/etc/acmed/" /* where the installed daemon has its files */

/* What is being checked, and where its mistakes are told. */
struct check {
	const struct settings *settings;
	enum config_section section;
	const char *argument;
	const char *file; /* for what stands nowhere */
	struct mistakes *mistakes;
};

static const struct setting *setting_of(
	const struct check *check, const char *key)
{
	return settings_find(
		check->settings, check->section, check->argument, key);
}

/* At the line of the key; where it is missing, at the file. */
#define fault(check, name, ...) \
	do { \
		struct setting_place at_ = \
			setting_place(setting_of(check, name), (check)->file); \
		mistakes_add( \
			(check)->mistakes, at_.file, at_.line, __VA_ARGS__); \
	} while (false)

/* A CA. */

/* The walls of the loop let it read below these only (Landlock). */
static bool is_readable(const char *path)
{
	static const char *const FOLDERS[] = {"/etc/", "/usr/",
		"/run/credentials/", "/var/lib/ca-certificates/",
		"credential:"};

	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS); i++)
		if (text_starts_with(path, FOLDERS[i]))
			return true;
	const char *credentials = config_credentials();
	return credentials && text_starts_with(path, credentials);
}

/* Only for the installed daemon: elsewhere the walls are others. */
static void check_trust_file(const struct check *check, const char *path)
{
	const struct setting *setting = setting_of(check, "TrustFile");

	if (!path || !setting || !text_starts_with(setting->file, INSTALLED) ||
		is_readable(path))
		return;
	fault(check, "TrustFile",
		"'TrustFile=%s' must lie below /etc, /usr, /run/credentials or "
		"/var/lib/ca-certificates: acmed can read it nowhere else",
		path);
}

/* Another that is known, and has a name like this one. */
static const char *nearest_ca(const struct settings *settings, const char *name)
{
	const char *best = NULL;
	size_t distance = 4;

	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *one = &settings->list[i];
		if (one->section != SECTION_CA || !one->key ||
			!streq(one->key->name, "Directory"))
			continue;
		size_t found = text_distance(name, one->argument);
		if (found >= distance)
			continue;
		best = one->argument;
		distance = found;
	}
	return best;
}

static void check_directory(const struct check *check, const char *name)
{
	const struct setting *directory = setting_of(check, "Directory");

	if (directory && directory->count)
		return;
	const char *near = nearest_ca(check->settings, name);
	if (near && !directory)
		fault(check, NULL,
			"'[CA %s]' has no 'Directory=': did you mean '[CA "
			"%s]'?",
			name, near);
	else
		fault(check, NULL, "'[CA %s]' has no 'Directory='", name);
}

void config_check_ca(const struct config_ca *ca,
	const struct settings *settings, struct mistakes *mistakes)
{
	struct check check = {
		.settings = settings,
		.section = SECTION_CA,
		.argument = ca->name,
		.file = "acmed.conf",
		.mistakes = mistakes,
	};

	check_directory(&check, ca->name);
	if (ca->eab_key_id && !ca->eab_key_file)
		fault(&check, "EABKeyID",
			"'EABKeyID=' needs 'EABKeyFile=' beside it");
	if (ca->eab_key_file && !ca->eab_key_id)
		fault(&check, "EABKeyFile",
			"'EABKeyFile=' needs 'EABKeyID=' beside it");
	check_trust_file(&check, ca->trust_file);
}

/* Times. */

static void mark(const struct renewal_window *window, bool *week)
{
	int length = window->end - window->start;

	if (length < 0)
		length += MINUTES_OF_DAY;
	for (int day = 0; day < 7; day++)
		for (int i = 0; i < length && window->days & (1U << day); i++)
			week[(day * MINUTES_OF_DAY + window->start + i) %
				MINUTES_OF_WEEK] = true;
}

/* The longest time that passes without an open window, in seconds. */
static int64_t longest_wait(const struct config_certificate *certificate)
{
	bool week[MINUTES_OF_WEEK] = {false};
	int64_t longest = 0;
	int64_t wait = 0;

	for (size_t i = 0; i < certificate->window_count; i++)
		mark(&certificate->windows[i], week);
	for (int i = 0; i < 2 * MINUTES_OF_WEEK; i++) {
		wait = week[i % MINUTES_OF_WEEK] ? 0 : wait + 1;
		if (wait > longest)
			longest = wait;
	}
	return longest * 60;
}

static void check_times(
	const struct check *check, const struct config_certificate *certificate)
{
	const struct renewal_policy *policy = &certificate->policy;
	int64_t slack = policy->renew_before ? policy->renew_before
					     : DEFAULT_RENEW_BEFORE;
	char wait[DURATION_SIZE];
	char before[DURATION_SIZE];

	duration_format(slack, before);
	if (policy->warn_before > slack)
		fault(check, "WarnBefore",
			"'WarnBefore=' is longer than 'RenewBefore=' (%s): it "
			"would warn for ever",
			before);
	if (!certificate->window_count || longest_wait(certificate) <= slack)
		return;
	duration_format(longest_wait(certificate), wait);
	fault(check, "Window",
		"'Window=' is closed for %s, longer than 'RenewBefore=' (%s)",
		wait, before);
}

/* Deployment. */

static void check_verify(const struct check *check)
{
	struct check own = *check;

	own.section = SECTION_DEPLOY;
	const struct setting *setting = setting_of(&own, "Verify");
	for (size_t i = 0; setting && i < setting->count; i++)
		if (setting->count > 1 &&
			(streq(setting->values[i].text, "auto") ||
				streq(setting->values[i].text, "no")))
			mistakes_add(own.mistakes, setting->file,
				setting->values[i].line,
				"'Verify=%s' stands alone",
				setting->values[i].text);
}

static void check_exports(
	const struct check *check, const struct config_certificate *certificate)
{
	struct check own = *check;

	own.section = SECTION_EXPORT;
	for (size_t i = 0; i < certificate->export_count; i++) {
		const struct config_export *export = &certificate->exports[i];
		own.argument = export->name;
		const struct setting *path = setting_of(&own, "Path");
		if (!path || !path->count)
			fault(&own, NULL, "'[Export %s]' has no 'Path='",
				export->name);
		for (size_t j = 0; j < i && export->path; j++)
			if (certificate->exports[j].path &&
				streq(certificate->exports[j].path,
					export->path))
				fault(&own, "Path",
					"'Path=%s' is that of '[Export %s]' "
					"already",
					export->path,
					certificate->exports[j].name);
	}
}

/* The CA. */

static void check_ca_name(const struct check *check,
	const struct config *config, const char *name)
{
	if (config_find_ca(config, name))
		return;
	const char *near = nearest_ca(check->settings, name);
	if (near)
		fault(check, "CA", "there is no '[CA %s]': did you mean '%s'?",
			name, near);
	else
		fault(check, "CA", "there is no '[CA %s]'", name);
}

static void check_cas(const struct check *check, const struct config *config,
	const struct config_certificate *certificate)
{
	const struct setting *setting = setting_of(check, "CA");
	const struct strings *names = &certificate->ca_names;

	if (!setting || !setting->count)
		mistakes_add(check->mistakes, check->file, 0,
			"no 'CA=', neither here nor in acmed.conf");
	for (size_t i = 0; i < names->count; i++)
		check_ca_name(check, config, names->items[i]);
}

static void check_profile(
	const struct check *check, const struct config_certificate *certificate)
{
	if (certificate->profile && certificate->required_profile)
		fault(check, "Profile",
			"'Profile=' and 'RequireProfile=' exclude each other");
}

static struct check check_of(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	return (struct check){
		.settings = settings,
		.section = SECTION_CERTIFICATE,
		.argument = "",
		.file = certificate->file,
		.mistakes = mistakes,
	};
}

void config_check_defaults(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	struct check check = check_of(certificate, settings, mistakes);

	config_check_solvers(certificate, settings, mistakes);
	check_times(&check, certificate);
	check_verify(&check);
}

void config_check_certificate(const struct config *config,
	const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	struct check check = check_of(certificate, settings, mistakes);

	config_check_names(certificate, settings, mistakes);
	check_cas(&check, config, certificate);
	check_profile(&check, certificate);
	config_check_challenges(certificate, settings, mistakes);
	config_check_defaults(certificate, settings, mistakes);
	check_exports(&check, certificate);
}
