/* SPDX-License-Identifier: MIT */

/*
 * acmectl: the hand tool. It reads the command line and runs a verb.
 */

#include "ask.h"
#include "duration.h"
#include "text.h"
#include "verbs.h"

#include <getopt.h>
#include <stdio.h>

struct verb {
	const char *name;
	int (*run)(const struct arguments *arguments);
	const char *usage;
};

static const struct verb VERBS[] = {
	{"status", verb_status, "[PATTERN] [--failing]"},
	{"add", verb_add, "IDENTIFIER... [--solver SOLVER]"},
	{"remove", verb_remove, "NAME [--purge]"},
	{"renew", verb_renew, "NAME... | --all [--dry-run] [--force] [--wait]"},
	{"check", verb_check, "[-w DAYS] [-c DAYS]"},
	{"history", verb_history, "[NAME]"},
	{"hold", verb_hold, "NAME [--until DATE]"},
	{"unhold", verb_unhold, "NAME"},
	{"rollback", verb_rollback, "NAME"},
	{"reload", verb_reload, ""},
	{"watch", verb_watch, "[NAME]"},
};

enum {
	OPTION_ALL = 256,
	OPTION_DRY,
	OPTION_FAILING,
	OPTION_FORCE,
	OPTION_HELP,
	OPTION_JSON,
	OPTION_PURGE,
	OPTION_SOLVER,
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
	{"json", no_argument, NULL, OPTION_JSON},
	{"purge", no_argument, NULL, OPTION_PURGE},
	{"solver", required_argument, NULL, OPTION_SOLVER},
	{"until", required_argument, NULL, OPTION_UNTIL},
	{"version", no_argument, NULL, OPTION_VERSION},
	{"wait", no_argument, NULL, OPTION_WAIT},
	{"yes", no_argument, NULL, OPTION_YES},
	{0},
};

static int show_usage(FILE *out, int status)
{
	fputs("usage: acmectl VERB [--json] ...\n", out);
	for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
		fprintf(out, "  acmectl %s %s\n", VERBS[i].name,
			VERBS[i].usage);
	return status;
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
	case OPTION_JSON:
		return arguments->is_json = true;
	case OPTION_PURGE:
		return arguments->is_purge = true;
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
	for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
		if (streq(VERBS[i].name, name))
			return &VERBS[i];
	return NULL;
}

static int run(int argc, char **argv, struct arguments *arguments)
{
	if (optind == argc)
		return show_usage(stderr, EXIT_USE);
	const struct verb *verb = find_verb(argv[optind]);
	if (!verb)
		return ask_fail(EXIT_USE,
			"unknown verb '%s'; acmectl --help lists them",
			argv[optind]);
	arguments->verb = verb->name;
	arguments->names = (const char **)argv + optind + 1;
	arguments->count = argc - optind - 1;
	return verb->run(arguments);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	int letter;

	while ((letter = getopt_long(argc, argv, "c:hw:", OPTIONS, NULL)) !=
		-1) {
		if (letter == OPTION_VERSION) {
			printf("acmectl %s\n", ACMED_VERSION);
			return EXIT_DONE;
		}
		if (letter == OPTION_HELP || letter == 'h')
			return show_usage(stdout, EXIT_DONE);
		if (!take_flag(letter, &arguments) &&
			!take_value(letter, &arguments))
			return show_usage(stderr, EXIT_USE);
	}
	return run(argc, argv, &arguments);
}
