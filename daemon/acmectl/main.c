/* SPDX-License-Identifier: MIT */

/*
 * acmectl: the hand tool. It reads the command line and runs a verb.
 */

#include "ask.h"
#include "duration.h"
#include "json.h"
#include "text.h"
#include "verbs.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#define MANY 1000

struct verb {
	const char *name;
	int (*run)(const struct arguments *arguments);
	int most; /* names */
	const char *usage; /* names every option that goes with it */
};

static const struct verb VERBS[] = {
	{"status", verb_status, 1, " [PATTERN] [--failing]"},
	{"add", verb_add, MANY, " IDENTIFIER... [--solver SOLVER]"},
	{"remove", verb_remove, 1,
		" NAME [--revoke] [--reason R] [--purge] [--yes]"},
	{"renew", verb_renew, MANY,
		" NAME... | --all [--dry-run] [--force] [--ignore-limits] "
		"[--wait]"},
	{"diagnose", verb_diagnose, 1, " NAME"},
	{"check", verb_check, 1,
		" [PATTERN] [-w DAYS] [-c DAYS] [--served] [--tell]"},
	{"history", verb_history, 1, " [NAME]"},
	{"hold", verb_hold, 1, " NAME [--until DATE]"},
	{"unhold", verb_unhold, 1, " NAME"},
	{"rollback", verb_rollback, 1, " NAME"},
	{"revoke", verb_revoke, 1, " NAME [--reason R] [--now] [--yes]"},
	{"reload", verb_reload, 0, ""},
	{"account", verb_account, 2, " show|rollover|deactivate [CA] [--yes]"},
	{"metrics", verb_metrics, 0, ""},
	{"notify-test", verb_notify_test, 0, ""},
	{"watch", verb_watch, 1, " [NAME]"},
};

#define VERB_COUNT (sizeof(VERBS) / sizeof(*VERBS))

enum {
	OPTION_ALL = 256,
	OPTION_DRY,
	OPTION_FAILING,
	OPTION_FORCE,
	OPTION_HELP,
	OPTION_IGNORE_LIMITS,
	OPTION_JSON,
	OPTION_NOW,
	OPTION_PURGE,
	OPTION_REASON,
	OPTION_REVOKE,
	OPTION_SERVED,
	OPTION_SOLVER,
	OPTION_TELL,
	OPTION_UNTIL,
	OPTION_VERSION,
	OPTION_WAIT,
	OPTION_YES,
};

static const struct option OPTIONS[] = {
	{"all", no_argument, NULL, OPTION_ALL},
	{"dry-run", no_argument, NULL, OPTION_DRY},
	{"failing", no_argument, NULL, OPTION_FAILING},
	{"force", no_argument, NULL, OPTION_FORCE},
	{"help", no_argument, NULL, OPTION_HELP},
	{"ignore-limits", no_argument, NULL, OPTION_IGNORE_LIMITS},
	{"json", no_argument, NULL, OPTION_JSON},
	{"now", no_argument, NULL, OPTION_NOW},
	{"purge", no_argument, NULL, OPTION_PURGE},
	{"reason", required_argument, NULL, OPTION_REASON},
	{"revoke", no_argument, NULL, OPTION_REVOKE},
	{"served", no_argument, NULL, OPTION_SERVED},
	{"solver", required_argument, NULL, OPTION_SOLVER},
	{"tell", no_argument, NULL, OPTION_TELL},
	{"until", required_argument, NULL, OPTION_UNTIL},
	{"version", no_argument, NULL, OPTION_VERSION},
	{"wait", no_argument, NULL, OPTION_WAIT},
	{"yes", no_argument, NULL, OPTION_YES},
	{0},
};

#define OPTION_COUNT (sizeof(OPTIONS) / sizeof(*OPTIONS) - 1)

/* What stands on the command line beside the names. */
struct given {
	bool options[OPTION_COUNT];
	bool has_days; /* -w or -c */
	bool is_wrong; /* an option was refused, and that was said */
};

static int show_usage(void)
{
	puts("usage: acmectl VERB [--json] ...");
	for (size_t i = 0; i < VERB_COUNT; i++)
		printf("  acmectl %s%s\n", VERBS[i].name, VERBS[i].usage);
	puts("See acmectl(1).");
	return EXIT_DONE;
}

/* A monitoring system takes 2 for "critical". */
static int refuse_use(const struct verb *verb)
{
	fprintf(stderr, "usage: acmectl %s%s\n", verb->name, verb->usage);
	if (verb->run != verb_check)
		return EXIT_USE;
	puts("ACMED UNKNOWN - acmectl check was called with a mistake");
	return EXIT_CANNOT_TELL;
}

/* Days, as monitoring plug-ins count, or a span with a unit. */
static bool read_days(const char *text, int64_t *seconds)
{
	bool is_bare = text[strspn(text, "0123456789")] == '\0';

	if (!duration_parse(text, seconds))
		return false;
	if (is_bare)
		*seconds *= 86400;
	return *seconds > 0;
}

static bool take_flag(int letter, struct arguments *arguments)
{
	switch (letter) {
	case OPTION_ALL:
		return arguments->is_all = true;
	case OPTION_DRY:
		return arguments->is_dry = true;
	case OPTION_FAILING:
		return arguments->is_failing = true;
	case OPTION_FORCE:
		return arguments->is_forced = true;
	case OPTION_IGNORE_LIMITS:
		return arguments->ignores_limits = true;
	case OPTION_JSON:
		return arguments->is_json = true;
	case OPTION_NOW:
		return arguments->is_now = true;
	case OPTION_REVOKE:
		return arguments->is_revoke = true;
	case OPTION_PURGE:
		return arguments->is_purge = true;
	case OPTION_SERVED:
		return arguments->is_served = true;
	case OPTION_TELL:
		return arguments->is_telling = true;
	case OPTION_WAIT:
		return arguments->is_waiting = true;
	case OPTION_YES:
		return arguments->is_yes = true;
	default:
		return false;
	}
}

static bool take_value(int letter, struct arguments *arguments)
{
	switch (letter) {
	case OPTION_REASON:
		arguments->reason = optarg;
		return true;
	case OPTION_SOLVER:
		arguments->solver = optarg;
		return true;
	case OPTION_UNTIL:
		arguments->until = optarg;
		return true;
	case 'w':
		return read_days(optarg, &arguments->warning);
	case 'c':
		return read_days(optarg, &arguments->critical);
	default:
		return false;
	}
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (streq(VERBS[i].name, name))
			return &VERBS[i];
	return NULL;
}

static int refuse_verb(const char *name)
{
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (text_distance(name, VERBS[i].name) <= 2)
			return ask_fail(EXIT_USE,
				"unknown verb '%s': did you mean '%s'?", name,
				VERBS[i].name);
	return ask_fail(
		EXIT_USE, "unknown verb '%s'; acmectl --help lists them", name);
}

static bool goes_with(const struct verb *verb, const char *option)
{
	char word[32];

	snprintf(word, sizeof(word), "--%s", option);
	return streq(option, "json") || strstr(verb->usage, word);
}

/* Nothing that was written is left without a say. */
static bool check_use(const struct verb *verb, const struct given *given,
	const struct arguments *arguments)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (given->options[i] && !goes_with(verb, OPTIONS[i].name)) {
			ask_fail(EXIT_USE, "'--%s' does not go with '%s'",
				OPTIONS[i].name, verb->name);
			return false;
		}
	if (given->has_days && !strstr(verb->usage, "-w")) {
		ask_fail(EXIT_USE, "'-w' and '-c' go with 'check' only");
		return false;
	}
	if (arguments->warning && arguments->critical > arguments->warning) {
		ask_fail(EXIT_USE,
			"'-c' is longer than '-w', which comes "
			"first");
		return false;
	}
	if (arguments->count > verb->most) {
		ask_fail(EXIT_USE, "'%s' is one name too many",
			arguments->names[verb->most]);
		return false;
	}
	return true;
}

static int run(int argc, char **argv, const struct given *given,
	struct arguments *arguments)
{
	if (optind == argc && given->is_wrong)
		return ask_fail(EXIT_USE, "acmectl --help shows how");
	if (optind == argc)
		return ask_fail(
			EXIT_USE, "no verb given; acmectl --help lists them");
	if (streq(argv[optind], "help"))
		return show_usage();
	const struct verb *verb = find_verb(argv[optind]);
	if (!verb)
		return refuse_verb(argv[optind]);
	arguments->verb = verb->name;
	arguments->names = (const char **)argv + optind + 1;
	arguments->count = argc - optind - 1;
	if (given->is_wrong || !check_use(verb, given, arguments))
		return refuse_use(verb);
	return verb->run(arguments);
}

/* False when the option has been refused. */
static bool take_option(
	int letter, int index, struct given *given, struct arguments *arguments)
{
	if (letter == '?')
		return false;
	if (letter == 'w' || letter == 'c')
		given->has_days = true;
	else
		given->options[index] = true;
	if (take_flag(letter, arguments) || take_value(letter, arguments))
		return true;
	ask_fail(EXIT_USE, "'%s' is no number of days", optarg);
	return false;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct given given = {0};
	int letter, index = 0;

	json_end_without_memory();
	argv[0] = program_invocation_short_name;
	while ((letter = getopt_long(argc, argv, "c:hw:", OPTIONS, &index)) !=
		-1) {
		if (letter == OPTION_VERSION) {
			printf("acmectl %s\n", ACMED_VERSION);
			return EXIT_DONE;
		}
		if (letter == OPTION_HELP || letter == 'h')
			return show_usage();
		if (!take_option(letter, index, &given, &arguments))
			given.is_wrong = true;
	}
	return run(argc, argv, &given, &arguments);
}
