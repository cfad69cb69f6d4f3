/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "certificate.h"
#include "fake_systemd.h"
#include "key.h"
#include "known_chain.h"
#include "mem.h"
#include "message.h"
#include "text.h"

#include <check.h>
#undef fail
#include <fcntl.h>
#include <limits.h>
#include <openssl/pkcs12.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 65534
#define VERSION "state/archive/site/3/"

static char folder[32];
static char main_file[64];
static struct known_chain known;
static X509 *leaf;
static char *key_pem;
static char *full_pem;
static struct error err;
static json_t *reply;

__attribute__((format(printf, 2, 3))) static void put_file(
	const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "we");
	va_list arguments;

	ck_assert_ptr_nonnull(file);
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fclose(file);
}

static char *get_file(const char *path)
{
	static char bytes[16384];
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
	fclose(file);
	return bytes;
}

static void make_folders(void)
{
	static const char *const FOLDERS[] = {"certs.d", "state", "state/live",
		"state/archive", "state/archive/site", VERSION, "out"};

	strcpy(folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	snprintf(main_file, sizeof(main_file), "%s/acmed.conf", folder);
	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS); i++)
		ck_assert_int_eq(mkdir(FOLDERS[i], 0755), 0);
	char state[64];
	snprintf(state, sizeof(state), "%s/state", folder);
	setenv("STATE_DIRECTORY", state, 1);
	put_file("acmed.conf",
		"[CA test]\nDirectory=https://ca.example/dir\n"
		"AgreeToTerms=yes\n[Certificate]\nCA=test\n");
}

static void make_leaf(void)
{
	char before[32];
	char after[32];
	time_t now = time(NULL);
	time_t then = now + 86400 * 30;
	struct tm tm;

	now -= 3600;
	strftime(before, sizeof(before), "%Y%m%d%H%M%SZ", gmtime_r(&now, &tm));
	strftime(after, sizeof(after), "%Y%m%d%H%M%SZ", gmtime_r(&then, &tm));
	leaf = known_leaf(&known,
		(struct known_wish){
			.not_before = before,
			.not_after = after,
		});
}

static void install(const char *key, const char *full)
{
	put_file(VERSION "privkey.pem", "%s", key);
	put_file(VERSION "fullchain.pem", "%s", full);
	put_file(VERSION "cert.pem", "%s", full);
	unlink("state/live/site");
	ck_assert_int_eq(symlink("../archive/site/3", "state/live/site"), 0);
}

static void set_up(void)
{
	make_folders();
	known_chain_make(&known);
	make_leaf();
	key_pem = key_to_pem(known.key, &err);
	full_pem = known_pem(leaf, known.middle, NULL);
	install(key_pem, full_pem);
	dup2(open("printed", O_RDWR | O_CREAT | O_CLOEXEC, 0600), 2);
}

static void tear_down(void)
{
	char command[64];

	json_decref(reply);
	key_pem_free(key_pem);
	free(full_pem);
	X509_free(leaf);
	known_chain_clear(&known);
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

__attribute__((format(printf, 1, 2))) static void configure(
	const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	put_file("certs.d/site.conf",
		"[Certificate]\nNames=www.example.net\n[Deploy]\n%s", text);
}

static bool ask_version(const char *name, int version, const char *step)
{
	cleanup(json) json_t *request = json_pack("{s:i, s:s, s:i, s:s}", "id",
		7, "name", name, "version", version, "step", step);

	json_decref(reply);
	err = (struct error){0};
	reply = task_answer(main_file, request);
	ck_assert_ptr_nonnull(reply);
	ck_assert_int_eq(json_integer_value(json_object_get(reply, "id")), 7);
	return !message_is_error(reply, &err);
}

static bool ask(const char *step)
{
	return ask_version("site", 3, step);
}

/* Exports. */

START_TEST(a_combined_file_is_key_then_chain)
{
	configure("[Export a]\nPath=%s/out/tls.pem\nMode=0640\n", folder);
	struct stat status;

	ck_assert_msg(ask("export"), "%s", err.text);
	cleanup(string) char *wanted = text_format("%s%s", key_pem, full_pem);
	ck_assert_str_eq(get_file("out/tls.pem"), wanted);
	ck_assert_int_eq(stat("out/tls.pem", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0640);
	ck_assert_int_eq(access("out/.tls.pem.acmed-new", F_OK), -1);
}
END_TEST

START_TEST(four_files_go_into_a_folder)
{
	configure("[Export a]\nPath=%s/out\nFormat=pem\n", folder);
	ck_assert_msg(ask("export"), "%s", err.text);
	ck_assert_str_eq(get_file("out/privkey.pem"), key_pem);
	ck_assert_str_eq(get_file("out/fullchain.pem"), full_pem);
	cleanup(string) char *chain = known_pem(known.middle, NULL);
	ck_assert_str_eq(get_file("out/chain.pem"), chain);
	ck_assert_int_eq(access("out/cert.pem", F_OK), 0);
}
END_TEST

START_TEST(a_pkcs12_file_opens_with_an_empty_password)
{
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;
	STACK_OF(X509) *others = NULL;

	configure("[Export a]\nPath=%s/out/tls.p12\nFormat=pkcs12\n", folder);
	ck_assert_msg(ask("export"), "%s", err.text);
	FILE *file = fopen("out/tls.p12", "re");
	PKCS12 *store = d2i_PKCS12_fp(file, NULL);
	fclose(file);
	ck_assert_int_eq(
		PKCS12_parse(store, "", &key, &certificate, &others), 1);
	ck_assert_int_eq(EVP_PKEY_eq(key, known.key), 1);
	ck_assert_int_eq(X509_cmp(certificate, leaf), 0);
	ck_assert_int_eq(sk_X509_num(others), 1);
	PKCS12_free(store);
	EVP_PKEY_free(key);
	X509_free(certificate);
	sk_X509_pop_free(others, X509_free);
}
END_TEST

START_TEST(the_owner_gets_the_file)
{
	struct stat status;

	if (geteuid() != 0) {
		puts("task: SKIPPED the owner, it needs root");
		return;
	}
	configure("[Export a]\nPath=%s/out/tls.pem\nOwner=nobody\n", folder);
	ck_assert_int_eq(chown("out", NOBODY, NOBODY), 0);
	ck_assert_msg(ask("export"), "%s", err.text);
	ck_assert_int_eq(stat("out/tls.pem", &status), 0);
	ck_assert_uint_eq(status.st_uid, NOBODY);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(without_the_owner_nothing_is_made)
{
	configure("[Export a]\nPath=%s/out/tls.pem\nOwner=no-such-user\n",
		folder);
	ck_assert(!ask("export"));
	ck_assert_str_eq(err.code, "P6");
	ck_assert_ptr_nonnull(strstr(err.text, "no-such-user"));
	configure("[Export a]\nPath=%s/out/tls.pem\nGroup=no-such-group\n",
		folder);
	ck_assert(!ask("export"));
	ck_assert_ptr_nonnull(strstr(err.text, "no-such-group"));
	ck_assert_int_ne(access("out/tls.pem", F_OK), 0);
}
END_TEST

START_TEST(a_link_is_replaced_and_not_followed)
{
	struct stat status;

	put_file("precious", "keep me");
	ck_assert_int_eq(symlink("../precious", "out/tls.pem"), 0);
	configure("[Export a]\nPath=%s/out/tls.pem\n", folder);
	ck_assert_msg(ask("export"), "%s", err.text);
	ck_assert_str_eq(get_file("precious"), "keep me");
	ck_assert_int_eq(lstat("out/tls.pem", &status), 0);
	ck_assert(S_ISREG(status.st_mode));
}
END_TEST

START_TEST(a_folder_that_is_a_link_is_refused)
{
	ck_assert_int_eq(symlink("out", "way"), 0);
	configure("[Export a]\nPath=%s/way/tls.pem\n", folder);
	ck_assert(!ask("export"));
	ck_assert_int_ne(access("out/tls.pem", F_OK), 0);
}
END_TEST

START_TEST(a_folder_that_everybody_can_write_is_refused)
{
	ck_assert_int_eq(chmod("out", 01777), 0);
	configure("[Export a]\nPath=%s/out/tls.pem\n", folder);
	ck_assert(!ask("export"));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "chmod o-w"));
}
END_TEST

START_TEST(the_source_is_not_overwritten_by_itself)
{
	ck_assert_int_eq(link(VERSION "privkey.pem", "out/tls.pem"), 0);
	configure("[Export a]\nPath=%s/out/tls.pem\n", folder);
	ck_assert(!ask("export"));
	ck_assert_str_eq(err.code, "L12");
	ck_assert_str_eq(get_file(VERSION "privkey.pem"), key_pem);
}
END_TEST

/* A loop that lies. */

static bool export_anything(int version)
{
	configure("[Export a]\nPath=%s/out/tls.pem\n", folder);
	bool is_done = ask_version("site", version, "export");
	ck_assert(is_done == (access("out/tls.pem", F_OK) == 0));
	return is_done;
}

START_TEST(another_version_is_refused)
{
	ck_assert(!export_anything(2));
	ck_assert(!export_anything(0));
	ck_assert(!export_anything(-1));
	ck_assert_int_eq(
		rename("state/archive/site/3", "state/archive/site/4"), 0);
	ck_assert(!export_anything(4));
}
END_TEST

static const char *const LINKS[] = {
	"../archive/other/3",
	"../archive/site/03",
	"../archive/site/3/",
	"../archive/site/../site/3",
	"/etc",
	"",
};

START_TEST(a_link_that_points_elsewhere_is_refused)
{
	unlink("state/live/site");
	if (LINKS[_i][0])
		ck_assert_int_eq(symlink(LINKS[_i], "state/live/site"), 0);
	ck_assert(!export_anything(3));
}
END_TEST

static const char *const FOLDERS[] = {
	"state/live", "state/archive", "state/archive/site", VERSION};

START_TEST(a_folder_of_the_state_that_is_a_link_is_refused)
{
	char from[64];

	snprintf(from, sizeof(from), "%s", FOLDERS[_i]);
	if (text_ends_with(from, "/"))
		from[strlen(from) - 1] = '\0';
	ck_assert_int_eq(rename(from, "elsewhere"), 0);
	cleanup(string) char *target = text_format("%s/elsewhere", folder);
	ck_assert_int_eq(symlink(target, from), 0);
	ck_assert(!export_anything(3));
}
END_TEST

START_TEST(a_file_that_is_a_link_is_refused)
{
	ck_assert_int_eq(rename(VERSION "privkey.pem", "key"), 0);
	ck_assert_int_eq(symlink("../../../../key", VERSION "privkey.pem"), 0);
	ck_assert(!export_anything(3));
	unlink(VERSION "privkey.pem");
	ck_assert_int_eq(mkfifo(VERSION "privkey.pem", 0600), 0);
	ck_assert(!export_anything(3));
}
END_TEST

START_TEST(a_foreign_key_is_refused)
{
	char *foreign = key_to_pem(known.root_key, &err);

	install(foreign, full_pem);
	ck_assert(!export_anything(3));
	key_pem_free(foreign);
	install("no key at all", full_pem);
	ck_assert(!export_anything(3));
	install(key_pem, "no chain");
	ck_assert(!export_anything(3));
	install(key_pem, full_pem);
	ck_assert(export_anything(3));
}
END_TEST

START_TEST(a_placeholder_is_never_exported)
{
	struct identifier identifier;

	ck_assert(identifier_parse("www.example.net", &identifier, &err));
	cleanup(x509) X509 *placeholder = certificate_make_placeholder(
		known.key, &identifier, 1, time(NULL), &err);
	cleanup(string) char *pem = known_pem(placeholder, NULL);

	install(key_pem, pem);
	ck_assert(!export_anything(3));
	ck_assert_ptr_nonnull(strstr(err.text, "placeholder"));
}
END_TEST

static const char *const NAMES[] = {
	"other", "../site", "", "site/../site", ".."};

START_TEST(a_name_that_is_not_configured_is_refused)
{
	configure("[Export a]\nPath=%s/out/tls.pem\n", folder);
	ck_assert(!ask_version(NAMES[_i], 3, "export"));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(a_file_with_mistakes_is_refused_by_line)
{
	configure("Exprot=yes\n[Export a]\nPath=%s/out/tls.pem\n", folder);
	ck_assert(!ask("export"));
	ck_assert_ptr_nonnull(strstr(err.text, "site.conf:4:"));
	ck_assert_int_ne(access("out/tls.pem", F_OK), 0);
}
END_TEST

START_TEST(requests_that_are_nonsense_are_refused)
{
	static const char *const TEXTS[] = {"{}", "{\"name\": 7}",
		"{\"name\": \"site\", \"version\": \"3\"}",
		"{\"name\": \"site\", \"version\": 99999999999}",
		"{\"name\": \"site\", \"version\": 3, \"step\": \"rm\"}"};

	configure("Verify=no\n");
	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(*TEXTS); i++) {
		cleanup(json) json_t *request = json_loads(TEXTS[i], 0, NULL);
		cleanup(json) json_t *answer = task_answer(main_file, request);
		ck_assert(message_is_error(answer, &err));
	}
}
END_TEST

/* Hooks, commands, signals. */

static void write_hook(const char *name, const char *body)
{
	put_file(name, "#!/bin/sh\ncd '%s'\n%s\n", folder, body);
	ck_assert_int_eq(chmod(name, 0755), 0);
}

START_TEST(hooks_run_in_order_and_know_the_certificate)
{
	char wanted[256];

	write_hook("one",
		"echo \"$RENEWED_LINEAGE|$RENEWED_DOMAINS|"
		"$ACMED_CERTIFICATE|$ACMED_VERSION\" >told");
	write_hook("two", "[ -s told ] && echo two >>told");
	configure("Hook=%s/one %s/two\n", folder, folder);
	ck_assert_msg(ask("hook"), "%s", err.text);
	snprintf(wanted, sizeof(wanted),
		"%s/state/live/site|www.example.net *.a.example.net "
		"192.0.2.7|site|3\ntwo\n",
		folder);
	ck_assert_str_eq(get_file("told"), wanted);
	ck_assert_uint_eq(json_array_size(json_object_get(reply, "done")), 2);
}
END_TEST

START_TEST(a_hook_that_fails_ends_the_row)
{
	write_hook("one", "echo no such service; exit 4");
	write_hook("two", "touch ran");
	configure("Hook=%s/one %s/two\n", folder, folder);
	ck_assert(!ask("hook"));
	ck_assert_str_eq(err.code, "P5");
	ck_assert_ptr_nonnull(strstr(err.text, "no such service"));
	ck_assert_int_ne(access("ran", F_OK), 0);
}
END_TEST

START_TEST(a_reload_command_gets_its_words_without_a_shell)
{
	write_hook("reload", "printf '%s;' \"$@\" >words");
	configure("ReloadCommand=%s/reload -s $HOME;id *\n", folder);
	ck_assert_msg(ask("restart"), "%s", err.text);
	ck_assert_str_eq(get_file("words"), "-s;$HOME;id;*;");
	write_hook("reload", "echo bad directive >&2; exit 1");
	ck_assert(!ask("restart"));
	ck_assert_str_eq(err.code, "P3");
	ck_assert_ptr_nonnull(strstr(err.text, "bad directive"));
}
END_TEST

START_TEST(a_reload_signal_reaches_the_process)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	put_file("pid", "%d\n", child);
	configure("ReloadSignal=HUP %s/pid\n", folder);
	ck_assert_msg(ask("restart"), "%s", err.text);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
	ck_assert(!ask("restart"));
	ck_assert_ptr_nonnull(strstr(err.text, "is not there"));
}
END_TEST

static const char *const PIDS[] = {"1", "-1", "0", "12x", "", "99999999999"};

START_TEST(a_pid_file_with_nonsense_signals_nobody)
{
	put_file("pid", "%s\n", PIDS[_i]);
	configure("ReloadSignal=HUP %s/pid\n", folder);
	ck_assert(!ask("restart"));
	ck_assert_ptr_nonnull(strstr(err.text, "holds no process id"));
}
END_TEST

START_TEST(a_pid_file_that_others_can_write_signals_nobody)
{
	put_file("pid", "%d\n", getpid());
	ck_assert_int_eq(chmod("pid", 0666), 0);
	configure("ReloadSignal=KILL %s/pid\n", folder);
	ck_assert(!ask("restart"));
}
END_TEST

/* Units. */

START_TEST(units_are_reloaded_over_the_bus)
{
	struct fake_systemd systemd;

	if (!fake_systemd_is_possible()) {
		puts("task: SKIPPED units, there is no dbus-daemon");
		return;
	}
	fake_systemd_start(&systemd);
	configure("Reload=good.service fast.service\n");
	ck_assert_msg(ask("reload"), "%s", err.text);
	configure("Reload=stopped.service good.service\n");
	ck_assert_msg(ask("reload"), "%s", err.text);
	ck_assert_str_eq(json_string_value(json_object_get(reply, "waits_for")),
		"stopped.service");
	ck_assert_uint_eq(
		fake_systemd_count(&systemd, "ReloadUnit", "good.service"), 2);
	configure("Reload=refusing.service good.service\n");
	ck_assert(!ask("reload"));
	ck_assert_str_eq(err.code, "P3");
	ck_assert_uint_eq(
		fake_systemd_count(&systemd, "ReloadUnit", "good.service"), 3);
	configure("Restart=good.service\n");
	ck_assert_msg(ask("restart"), "%s", err.text);
	fake_systemd_stop(&systemd);
	ck_assert(!ask("restart"));
	ck_assert_ptr_nonnull(strstr(err.text, "no systemd answers"));
}
END_TEST

/* The program. */

static pid_t start_program(int socket)
{
	char path[PATH_MAX] = "";
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	pid_t child = length > 0 ? fork() : -1;

	if (child == 0) {
		*strstr(path, "/tests/unit/") = '\0';
		strcat(path, "/acmed-deploy");
		dup2(socket, 3);
		setenv("LISTEN_FDS", "1", 1);
		execl(path, path, "-c", main_file, NULL);
		_exit(127);
	}
	return child;
}

START_TEST(the_program_answers_one_request_and_ends)
{
	int pair[2];
	int status = -1;

	configure("[Export a]\nPath=%s/out/tls.pem\n", folder);
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid_t child = start_program(pair[1]);
	close(pair[1]);
	cleanup(json) json_t *request = json_pack("{s:i, s:s, s:i, s:s}", "id",
		9, "name", "site", "version", 3, "step", "export");
	ck_assert(message_send(pair[0], request, &err));
	cleanup(json) json_t *answer = message_receive(pair[0], &err);
	ck_assert_msg(answer != NULL, "%s", err.text);
	ck_assert_msg(!message_is_error(answer, &err), "%s", err.text);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "id")), 9);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(access("out/tls.pem", F_OK), 0);
	close(pair[0]);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))

static void add_exports(TCase *tests)
{
	tcase_add_test(tests, a_combined_file_is_key_then_chain);
	tcase_add_test(tests, four_files_go_into_a_folder);
	tcase_add_test(tests, a_pkcs12_file_opens_with_an_empty_password);
	tcase_add_test(tests, the_owner_gets_the_file);
	tcase_add_test(tests, without_the_owner_nothing_is_made);
	tcase_add_test(tests, a_link_is_replaced_and_not_followed);
	tcase_add_test(tests, a_folder_that_is_a_link_is_refused);
	tcase_add_test(tests, a_folder_that_everybody_can_write_is_refused);
	tcase_add_test(tests, the_source_is_not_overwritten_by_itself);
}

static void add_lies(TCase *tests)
{
	tcase_add_test(tests, another_version_is_refused);
	tcase_add_loop_test(tests, a_link_that_points_elsewhere_is_refused, 0,
		COUNT(LINKS));
	tcase_add_loop_test(tests,
		a_folder_of_the_state_that_is_a_link_is_refused, 0,
		COUNT(FOLDERS));
	tcase_add_test(tests, a_file_that_is_a_link_is_refused);
	tcase_add_test(tests, a_foreign_key_is_refused);
	tcase_add_test(tests, a_placeholder_is_never_exported);
	tcase_add_loop_test(tests, a_name_that_is_not_configured_is_refused, 0,
		COUNT(NAMES));
	tcase_add_test(tests, a_file_with_mistakes_is_refused_by_line);
	tcase_add_test(tests, requests_that_are_nonsense_are_refused);
}

static void add_programs(TCase *tests)
{
	tcase_add_test(tests, hooks_run_in_order_and_know_the_certificate);
	tcase_add_test(tests, a_hook_that_fails_ends_the_row);
	tcase_add_test(tests, a_reload_command_gets_its_words_without_a_shell);
	tcase_add_test(tests, a_reload_signal_reaches_the_process);
	tcase_add_loop_test(
		tests, a_pid_file_with_nonsense_signals_nobody, 0, COUNT(PIDS));
	tcase_add_test(tests, a_pid_file_that_others_can_write_signals_nobody);
	tcase_add_test(tests, units_are_reloaded_over_the_bus);
	tcase_add_test(tests, the_program_answers_one_request_and_ends);
}

int main(void)
{
	Suite *suite = suite_create("task");
	TCase *tests = tcase_create("task");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	add_exports(tests);
	add_lies(tests);
	add_programs(tests);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
