/* SPDX-License-Identifier: MIT */

/*
 * acmed: the daemon. It reads its options, checks (-t, --selftest), or runs.
 */

#include "config_files.h"
#include "daemon.h"
#include "hook_check.h"
#include "json.h"
#include "machine_check.h"
#include "memory.h"
#include "parent.h"
#include "selftest.h"
#include "token_check.h"
#include "tsig_check.h"
#include "webroot_advice.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum mode {
	MODE_RUN,
	MODE_TEST,
	MODE_SELFTEST,
	MODE_VERSION,
	MODE_HELP,
};

struct options {
	enum mode mode;
	const char *main_file;
	bool is_verbose;
};

static const char HELP[] =
	"acmed renews TLS certificates.\n"
	"\n"
	"  -c FILE     another acmed.conf; acmed.conf.d and certs.d beside it\n"
	"  -d          a readable log on standard error\n"
	"  -t          check the configuration, name every mistake, and end\n"
	"  --selftest  check libraries, catalog and walls, and end\n"
	"  --version   show the version\n"
	"\n"
	"It does not fork: systemctl enable --now acmed starts it. See "
	"acmed(8),"
	"\nacmed.conf(5), and acmectl(1) for all that is done by hand.\n";
static const char USAGE[] = "usage: acmed [-c FILE] [-d]\n"
			    "       acmed [-c FILE] -t\n"
			    "       acmed --selftest | --version | --help\n";

static bool read_options(int argc, char **argv, struct options *options)
{
	static const struct option LONG[] = {
		{"help", no_argument, NULL, 'h'},
		{"selftest", no_argument, NULL, 's'},
		{"version", no_argument, NULL, 'v'},
		{0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "c:dht", LONG, NULL)) != -1) {
		if (letter == 'c')
			options->main_file = optarg;
		else if (letter == 'd')
			options->is_verbose = true;
		else if (letter == 't')
			options->mode = MODE_TEST;
		else if (letter == 's')
			options->mode = MODE_SELFTEST;
		else if (letter == 'h')
			options->mode = MODE_HELP;
		else if (letter == 'v')
			options->mode = MODE_VERSION;
		else
			return false;
	}
	return optind == argc;
}

/* Prints every mistake as FILE:LINE: message, and what is left to be done. */
static int test_configuration(const char *main_file)
{
	struct mistakes mistakes = {0};
	struct config_files files = {0};

	config_files_read(&files, main_file);
	struct config *config = config_files_parse(&files, &mistakes);
	if (config) {
		hook_check(config, &mistakes);
		tsig_check(config, &mistakes);
		token_check(config, &mistakes);
		machine_check(&files, config, &mistakes);
	}
	config_files_clear(&files);
	bool is_fine = config && !mistakes.list.count;
	for (size_t i = 0; i < mistakes.list.count; i++)
		printf("%s\n", mistakes.list.items[i]);
	for (size_t i = 0; i < mistakes.advice.count; i++)
		printf("%s\n", mistakes.advice.items[i]);
	if (is_fine)
		printf("configuration is fine: %zu certificate%s%s\n",
			config->certificate_count,
			config->certificate_count == 1 ? "" : "s",
			config->certificate_count
				? ""
				: "; 'acmectl add NAME' makes the first");
	if (config)
		webroot_advice_print(config);
	mistakes_clear(&mistakes);
	config_free(config);
	return is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const struct options *options)
{
	struct daemon_options daemon = {.is_verbose = options->is_verbose,
		.main_file = options->main_file};
	struct error err;

	if (parent_is_needed() &&
		!parent_split(options->main_file, &daemon.parent, &err)) {
		fprintf(stderr, "acmed: %s\n", err.text);
		return EXIT_FAILURE;
	}
	return daemon_run(&daemon);
}

int main(int argc, char **argv)
{
	struct options options = {0};

	memory_end_with_words();
	json_end_without_memory();
	memory_guard_crypto();
	if (!read_options(argc, argv, &options)) {
		fputs(USAGE, stderr);
		return EX_USAGE;
	}
	switch (options.mode) {
	case MODE_VERSION:
		printf("acmed %s\n", ACMED_VERSION);
		return EXIT_SUCCESS;
	case MODE_HELP:
		printf("%s\n%s", USAGE, HELP);
		return EXIT_SUCCESS;
	case MODE_TEST:
		return test_configuration(options.main_file);
	case MODE_SELFTEST:
		return selftest();
	case MODE_RUN:
		break;
	}
	return run(&options);
}
