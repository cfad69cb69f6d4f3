/* SPDX-License-Identifier: MIT */
#include "config_files.h"

#include "mem.h"
#include "paths.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define GLOBAL \
	"[CA mine]\nDirectory=https://ca.example/\n[Certificate]\nCA=mine\n"

static char folder[] = "/tmp/acmed-config-XXXXXX";

static char *path_of(const char *name)
{
	return text_format("%s/%s", folder, name);
}

static void make_folder(const char *name)
{
	cleanup(string) char *path = path_of(name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void write_file(const char *name, const char *bytes)
{
	cleanup(string) char *path = path_of(name);
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(bytes, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void set_up(void)
{
	strcpy(strrchr(folder, '-') + 1, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("CONFIGURATION_DIRECTORY", folder, 1);
	make_folder("acmed.conf.d");
	make_folder("certs.d");
}

static void tear_down(void)
{
	cleanup(string) char *command = text_format("rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* Loads everything and returns the mistakes, without the folder. */
static char *mistakes_of(const char *main_file)
{
	struct mistakes mistakes = {0};
	struct text text = {0};
	struct config *config = config_files_load(main_file, NULL, &mistakes);

	for (size_t i = 0; i < mistakes.list.count; i++) {
		const char *line = mistakes.list.items[i];
		if (text_starts_with(line, folder))
			line += strlen(folder) + 1;
		text_addf(&text, "%s\n", line);
	}
	mistakes_clear(&mistakes);
	config_free(config);
	return text_take(&text);
}

START_TEST(files_are_read_in_their_order)
{
	struct config_files files;
	static const char *const wanted[] = {"acmed.conf",
		"acmed.conf.d/a.conf", "acmed.conf.d/b.conf",
		"certs.d/one.conf", "certs.d/two.conf"};

	write_file("acmed.conf", GLOBAL);
	write_file("acmed.conf.d/b.conf", "");
	write_file("acmed.conf.d/a.conf", "# a\n");
	write_file("acmed.conf.d/c.conf~", "rubbish");
	write_file("certs.d/two.conf", "[Certificate]\nNames=b.example\n");
	write_file("certs.d/one.conf", "[Certificate]\nNames=a.example\n");
	write_file("certs.d/.hidden.conf", "rubbish");
	write_file("certs.d/.conf", "rubbish");
	write_file("certs.d/readme", "rubbish");
	config_files_read(&files, NULL);
	size_t known = 0;
	while (known < files.count && files.files[known].is_known_ca)
		known++;
	ck_assert_uint_eq(files.count - known, 5);
	for (size_t i = 0; i < 5; i++) {
		cleanup(string) char *path = path_of(wanted[i]);
		ck_assert_str_eq(files.files[known + i].path, path);
	}
	ck_assert_ptr_null(files.files[known].name);
	ck_assert_str_eq(files.files[known + 3].name, "one");
	struct mistakes mistakes = {0};
	struct config *config = config_files_parse(&files, &mistakes);
	ck_assert_uint_eq(mistakes.list.count, 0);
	ck_assert_uint_eq(config->certificate_count, 2);
	config_free(config);
	config_files_clear(&files);
	ck_assert_uint_eq(files.count, 0);
}
END_TEST

START_TEST(one_broken_file_does_not_stop_the_others)
{
	write_file("acmed.conf", GLOBAL);
	write_file("certs.d/good.conf", "[Certificate]\nNames=a.example\n");
	write_file("certs.d/bad.conf", "[Certificate]\nName=b.example\n");
	write_file("certs.d/b ad.conf", "[Certificate]\nNames=c.example\n");
	struct mistakes mistakes = {0};
	struct config *config = config_files_load(NULL, NULL, &mistakes);

	ck_assert_uint_eq(config->certificate_count, 1);
	ck_assert_ptr_nonnull(config_find(config, "good"));
	ck_assert_uint_eq(mistakes.list.count, 3);
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

static void write_request(mode_t mode)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path = path_of("x.csr");
	cleanup(string) char *site =
		text_format("[Certificate]\nCSR=%s\n", path);
	cleanup(string) char *command =
		text_format("cp %s/tests/unit/data/request-subject.pem %s",
			top ? top : ".", path);

	write_file("acmed.conf", GLOBAL);
	write_file("certs.d/x.conf", site);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(a_request_is_read_with_the_file_that_names_it)
{
	struct mistakes mistakes = {0};

	write_request(0644);
	struct config *config = config_files_load(NULL, NULL, &mistakes);
	const struct config_certificate *x = config_find(config, "x");
	ck_assert_uint_eq(mistakes.list.count, 0);
	ck_assert_str_eq(x->identifiers[0].value, "a.example");
	ck_assert_ptr_nonnull(x->csr);
	config_free(config);
}
END_TEST

START_TEST(a_request_that_others_may_write_is_a_mistake)
{
	write_request(0664);
	cleanup(string) char *said = mistakes_of(NULL);
	ck_assert_ptr_nonnull(strstr(said, "certs.d/x.conf:2: 'CSR="));
	ck_assert_ptr_nonnull(strstr(said, "others may write it"));
}
END_TEST

START_TEST(a_request_that_is_not_there_is_a_mistake)
{
	cleanup(string) char *path = path_of("x.csr");

	write_request(0644);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	cleanup(string) char *pipe = mistakes_of(NULL);
	ck_assert_ptr_nonnull(strstr(pipe, "no file of a request"));
	unlink(path);
	cleanup(string) char *gone = mistakes_of(NULL);
	ck_assert_ptr_nonnull(
		strstr(gone, "cannot open it: No such file or directory"));
}
END_TEST

START_TEST(nobody_but_us_puts_a_request_behind_a_file)
{
	write_file("acmed.conf", GLOBAL);
	write_file("certs.d/x.conf", "[Certificate]\nCSR=/x\n\fCSR=AAAA");
	cleanup(string) char *said = mistakes_of(NULL);
	ck_assert_ptr_nonnull(strstr(said, "that only acmed puts there"));
}
END_TEST

START_TEST(with_one_name_only_that_file_is_parsed)
{
	write_file("acmed.conf", GLOBAL);
	write_file("certs.d/good.conf", "[Certificate]\nNames=a.example\n");
	write_file("certs.d/bad.conf", "[Nonsense]\n");
	struct mistakes mistakes = {0};
	struct config *config = config_files_load(NULL, "good", &mistakes);

	ck_assert_uint_eq(mistakes.list.count, 0);
	ck_assert_uint_eq(config->certificate_count, 1);
	config_free(config);
}
END_TEST

START_TEST(the_folders_are_looked_for_beside_the_main_file)
{
	make_folder("else");
	make_folder("else/certs.d");
	write_file("else/other.conf", GLOBAL);
	write_file("else/certs.d/x.conf", "[Certificate]\n");
	cleanup(string) char *path = path_of("else/other.conf");
	cleanup(string) char *mistakes = mistakes_of(path);

	ck_assert(text_starts_with(
		mistakes, "else/certs.d/x.conf: no 'Names=': it stands"));
}
END_TEST

START_TEST(a_missing_main_file_is_empty_unless_it_was_named)
{
	cleanup(string) char *mistakes = mistakes_of(NULL);
	cleanup(string) char *path = path_of("none.conf");
	cleanup(string) char *named = mistakes_of(path);

	ck_assert_str_eq(mistakes, "");
	ck_assert(text_starts_with(named, "none.conf: cannot open '"));
}
END_TEST

START_TEST(only_regular_files_are_read)
{
	cleanup(string) char *pipe = path_of("certs.d/pipe.conf");

	write_file("acmed.conf", GLOBAL);
	make_folder("certs.d/folder.conf");
	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	cleanup(string) char *mistakes = mistakes_of(NULL);
	ck_assert_ptr_nonnull(strstr(mistakes, "certs.d/folder.conf: '"));
	ck_assert_ptr_nonnull(strstr(mistakes, "certs.d/pipe.conf: '"));
	ck_assert_ptr_nonnull(strstr(mistakes, "is no regular file"));
}
END_TEST

START_TEST(a_file_has_its_limit)
{
	write_file("acmed.conf", GLOBAL);
	write_file("certs.d/big.conf", "[Certificate]\nNames=a.example\n");
	cleanup(string) char *path = path_of("certs.d/big.conf");
	ck_assert_int_eq(truncate(path, CONFIG_FILE_MAX + 1), 0);
	cleanup(string) char *mistakes = mistakes_of(NULL);

	ck_assert(text_starts_with(mistakes, "certs.d/big.conf: '"));
	ck_assert(text_ends_with(mistakes, "is larger than 1 MiB\n"));
}
END_TEST

/* A global file that is missing to the parser would change what the
 * certificates mean: nothing is parsed without it. */
START_TEST(a_global_file_that_cannot_be_read_stops_everything)
{
	struct mistakes mistakes = {0};

	write_file("acmed.conf", GLOBAL);
	make_folder("acmed.conf.d/x.conf");
	write_file("certs.d/good.conf", "[Certificate]\nNames=a.example\n");
	ck_assert_ptr_null(config_files_load(NULL, NULL, &mistakes));
	ck_assert_uint_eq(mistakes.list.count, 1);
	mistakes_clear(&mistakes);
}
END_TEST

START_TEST(the_shipped_samples_are_accepted)
{
	struct mistakes mistakes = {0};
	cleanup(string) char *copy =
		text_format("cp conf/acmed.conf '%s' && cp "
			    "conf/certs.d/example.com.conf.sample "
			    "'%s/certs.d/example.com.conf'",
			folder, folder);

	ck_assert_int_eq(system(copy), 0);
	struct config *config = config_files_load(NULL, NULL, &mistakes);
	for (size_t i = 0; i < mistakes.list.count; i++)
		ck_abort_msg("%s", mistakes.list.items[i]);
	ck_assert_ptr_nonnull(config_find(config, "example.com"));
	ck_assert(config_find_ca(config, "letsencrypt")->is_known);
	ck_assert_uint_eq(mistakes.advice.count, 1);
	ck_assert_ptr_nonnull(
		strstr(mistakes.advice.items[0], "'AgreeToTerms=yes'"));
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

START_TEST(the_variables_of_systemd_move_the_folders)
{
	setenv("STATE_DIRECTORY", "/srv/state/:/srv/other", 1);
	setenv("RUNTIME_DIRECTORY", "relative", 1);
	ck_assert_str_eq(paths_configuration(), folder);
	ck_assert_str_eq(paths_state(), "/srv/state");
	ck_assert_str_eq(paths_runtime(), "/run/acmed");
	ck_assert_str_eq(paths_sockets(), "/run/acmed-sockets");
}
END_TEST

START_TEST(in_a_build_folder_the_data_is_that_of_the_sources)
{
	cleanup(string) char *ca = text_format("%s/ca", paths_data());

	ck_assert(text_ends_with(paths_data(), "/conf"));
	ck_assert_int_eq(access(ca, R_OK), 0);
	ck_assert(text_ends_with(
		paths_helper("acmed-none"), LIBEXECDIR "/acmed-none"));
	ck_assert(text_ends_with(
		paths_helper("test_config_files"), "/test_config_files"));
	ck_assert_int_eq(access(paths_helper("test_config_files"), X_OK), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_files");
	TCase *tests = tcase_create("config_files");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, files_are_read_in_their_order);
	tcase_add_test(tests, one_broken_file_does_not_stop_the_others);
	tcase_add_test(tests, a_request_is_read_with_the_file_that_names_it);
	tcase_add_test(tests, a_request_that_others_may_write_is_a_mistake);
	tcase_add_test(tests, a_request_that_is_not_there_is_a_mistake);
	tcase_add_test(tests, nobody_but_us_puts_a_request_behind_a_file);
	tcase_add_test(tests, with_one_name_only_that_file_is_parsed);
	tcase_add_test(tests, the_folders_are_looked_for_beside_the_main_file);
	tcase_add_test(tests, a_missing_main_file_is_empty_unless_it_was_named);
	tcase_add_test(tests, only_regular_files_are_read);
	tcase_add_test(tests, a_file_has_its_limit);
	tcase_add_test(
		tests, a_global_file_that_cannot_be_read_stops_everything);
	tcase_add_test(tests, the_shipped_samples_are_accepted);
	tcase_add_test(tests, the_variables_of_systemd_move_the_folders);
	tcase_add_test(
		tests, in_a_build_folder_the_data_is_that_of_the_sources);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
