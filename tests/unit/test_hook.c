/* SPDX-License-Identifier: MIT */
#include "hook.h"

#include "hand.h"
#include "mem.h"
#include "message.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
#define ANSWER TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
/* base64url(SHA-256(ANSWER)), and its digest in hex */
#define VALUE "lCM7cZyQXcVHK2nnW3jjAhNT3Fvm18UN-kWZZknKoYM"
#define DIGEST \
	"94:23:3b:71:9c:90:5d:c5:47:2b:69:e7:5b:78:e3:02:13:53:dc:5b:e6:" \
	"d7:c5:0d:fa:45:99:66:49:ca:a1:83"

static char folder[] = "/tmp/acmed-hook.XXXXXX";
static char main_file[64];
static struct hand *hand;

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

/* What `name` does, and notes in the file "log". */
static void put_hook(const char *name, const char *body)
{
	put_file(name, "#!/bin/sh\ncd '%s'\n%s\n", folder, body);
	ck_assert_int_eq(chmod(name, 0755), 0);
}

static void set_up(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(
		dup2(open("printed", O_RDWR | O_CREAT | O_CLOEXEC, 0600), 2),
		2);
	snprintf(main_file, sizeof(main_file), "%s/acmed.conf", folder);
	ck_assert_int_eq(mkdir("certs.d", 0755), 0);
	put_file("acmed.conf",
		"[CA test]\nDirectory=https://ca.example/dir\n"
		"[Certificate]\nCA=test\n");
	put_hook("hook", "echo \"$0 $*\" | sed 's,.*/,,' >>log");
	hand = hand_new(main_file, false);
}

static void tear_down(void)
{
	char command[64];

	hand_free(hand);
	hand = NULL;
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* The certificate "site": its [Challenge], after Solver= and Command=hook. */
static void put_site(const char *settings)
{
	put_file("certs.d/site.conf",
		"[Certificate]\nNames=a.example%s\n"
		"[Challenge]\nSolver=exec\nCommand=%s/hook\n%s\n",
		strstr(settings, "Type=dns") ? " *.a.example" : " b.example",
		folder, settings);
}

static json_t *request(const char *verb, const char *identifier)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "id", 7, "verb",
		verb, "name", "site", "identifier", identifier, "token", TOKEN,
		"answer", ANSWER);
}

static struct error ask_for(json_t *question)
{
	struct error err = {.kind = ERROR_NONE};
	json_t *reply = hand_answer(hand, question);

	if (!message_is_error(reply, &err))
		err = (struct error){.kind = ERROR_NONE};
	json_decref(question);
	json_decref(reply);
	return err;
}

static struct error ask(const char *verb)
{
	return ask_for(request(verb, "a.example"));
}

static const char *read_file(const char *path)
{
	static char text[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

static void assert_well(struct error err)
{
	ck_assert_msg(err.kind == ERROR_NONE, "%s", err.text);
}

/* The conventions: settings, and the words of both calls. */
static const struct {
	const char *settings;
	const char *log;
} WORDS[] = {
	{"Protocol=dehydrated",
		"hook deploy_challenge a.example " TOKEN " " ANSWER "\n"
		"hook clean_challenge a.example " TOKEN " " ANSWER "\n"},
	{"Protocol=dehydrated\nType=dns-01",
		"hook deploy_challenge a.example " TOKEN " " VALUE "\n"
		"hook clean_challenge a.example " TOKEN " " VALUE "\n"},
	{"Protocol=dehydrated\nType=tls-alpn-01",
		"hook deploy_challenge a.example " TOKEN " " DIGEST "\n"
		"hook clean_challenge a.example " TOKEN " " DIGEST "\n"},
	{"Protocol=lego\nType=dns-01",
		"hook present _acme-challenge.a.example. " VALUE "\n"
		"hook cleanup _acme-challenge.a.example. " VALUE "\n"},
	{"Protocol=lego",
		"hook present -- a.example " TOKEN " " ANSWER "\n"
		"hook cleanup -- a.example " TOKEN " " ANSWER "\n"},
	{"Protocol=acme.sh\nProvider=dns_cf\nType=dns-01",
		"hook add dns_cf _acme-challenge.a.example " VALUE "\n"
		"hook rm dns_cf _acme-challenge.a.example " VALUE "\n"},
};

START_TEST(each_convention_has_its_words)
{
	put_site(WORDS[_i].settings);
	assert_well(ask("present"));
	assert_well(ask("present")); /* it is there: nothing is run */
	assert_well(ask("withdraw"));
	assert_well(ask("withdraw"));
	ck_assert_str_eq(read_file("log"), WORDS[_i].log);
}
END_TEST

START_TEST(a_wildcard_is_named_by_its_base)
{
	put_site("Protocol=lego\nType=dns-01");
	assert_well(ask_for(request("present", "*.a.example")));
	assert_well(ask("present"));
	ck_assert_str_eq(read_file("log"),
		"hook present _acme-challenge.a.example. " VALUE "\n"
		"hook present _acme-challenge.a.example. " VALUE "\n");
}
END_TEST

START_TEST(lego_in_mode_raw_gets_the_raw_values)
{
	put_site("Protocol=lego\nType=dns-01\n"
		 "EnvironmentFile=/proc/self/cwd/env");
	put_file("env", "EXEC_MODE=RAW\n");
	ck_assert_int_eq(chmod("env", 0640), 0);
	assert_well(ask("present"));
	ck_assert_str_eq(read_file("log"),
		"hook present -- a.example " TOKEN " " ANSWER "\n");
}
END_TEST

START_TEST(certbot_hooks_get_their_environment)
{
	put_hook("auth",
		"env | grep ^CERTBOT_ | sort >>log; echo; echo ' made it '");
	put_hook("cleanup", "echo \"clean <$CERTBOT_AUTH_OUTPUT>\" >>log");
	put_file("certs.d/site.conf",
		"[Certificate]\nNames=a.example b.example\n"
		"[Challenge]\nSolver=exec\nProtocol=certbot\n"
		"Command=%s/auth %s/cleanup\n",
		folder, folder);
	assert_well(ask("present"));
	assert_well(ask("withdraw"));
	ck_assert_str_eq(read_file("log"),
		"CERTBOT_ALL_DOMAINS=a.example,b.example\n"
		"CERTBOT_ALL_IDENTIFIERS=a.example,b.example\n"
		"CERTBOT_DOMAIN=a.example\n"
		"CERTBOT_IDENTIFIER=a.example\n"
		"CERTBOT_REMAINING_CHALLENGES=0\n"
		"CERTBOT_TOKEN=" TOKEN "\n"
		"CERTBOT_VALIDATION=" ANSWER "\n"
		"clean <made it>\n");
}
END_TEST

START_TEST(certbot_hooks_for_dns_get_the_record_and_no_token)
{
	put_hook("hook", "env | grep ^CERTBOT_ | sort >>log");
	put_site("Type=dns-01\nProtocol=certbot");
	assert_well(ask_for(request("present", "*.a.example")));
	assert_well(ask_for(request("withdraw", "*.a.example")));
	ck_assert_str_eq(read_file("log"),
		"CERTBOT_ALL_DOMAINS=a.example,a.example\n"
		"CERTBOT_ALL_IDENTIFIERS=a.example,a.example\n"
		"CERTBOT_DOMAIN=a.example\n"
		"CERTBOT_IDENTIFIER=a.example\n"
		"CERTBOT_REMAINING_CHALLENGES=0\n"
		"CERTBOT_VALIDATION=" VALUE "\n");
}
END_TEST

/* Our own. */

static json_t *asked(void)
{
	json_t *object = json_loads(read_file("log"), 0, NULL);

	ck_assert_ptr_nonnull(object);
	ck_assert_int_eq(unlink("log"), 0);
	return object;
}

static const char *member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

#define OK_HOOK "cat >log; echo aside >&2; echo '{\"status\": \"ok\"}'"

START_TEST(our_own_convention_is_a_line_of_json)
{
	put_hook("hook", OK_HOOK);
	put_site("Type=dns-01");
	assert_well(ask_for(request("present", "*.a.example")));
	json_t *object = asked();
	ck_assert_int_eq(
		json_integer_value(json_object_get(object, "version")), 1);
	ck_assert_str_eq(member(object, "action"), "present");
	ck_assert_str_eq(member(object, "certificate"), "site");
	ck_assert_str_eq(member(object, "type"), "dns-01");
	ck_assert_str_eq(member(object, "identifier"), "*.a.example");
	ck_assert_str_eq(member(object, "domain"), "a.example");
	ck_assert_str_eq(member(object, "token"), TOKEN);
	ck_assert_str_eq(member(object, "key_authorization"), ANSWER);
	ck_assert_str_eq(
		member(object, "record_name"), "_acme-challenge.a.example");
	ck_assert_str_eq(member(object, "record_value"), VALUE);
	json_decref(object);
	assert_well(ask_for(request("withdraw", "*.a.example")));
	object = asked();
	ck_assert_str_eq(member(object, "action"), "withdraw");
	json_decref(object);
}
END_TEST

START_TEST(our_own_convention_tells_where_a_file_goes)
{
	put_hook("hook", OK_HOOK);
	put_site("");
	assert_well(ask("present"));
	json_t *object = asked();
	ck_assert_str_eq(
		member(object, "path"), "/.well-known/acme-challenge/" TOKEN);
	ck_assert_ptr_null(json_object_get(object, "record_name"));
	json_decref(object);
}
END_TEST

START_TEST(our_own_convention_brings_the_certificate_for_tls_alpn)
{
	put_hook("hook", OK_HOOK);
	put_site("Type=tls-alpn-01");
	assert_well(ask("present"));
	json_t *object = asked();
	ck_assert_str_eq(member(object, "server_name"), "a.example");
	ck_assert_ptr_nonnull(
		strstr(member(object, "tls_certificate"), "BEGIN CERT"));
	ck_assert_ptr_nonnull(
		strstr(member(object, "tls_key"), "BEGIN PRIVATE"));
	json_decref(object);
}
END_TEST

static const struct {
	const char *body;
	const char *code;
	const char *words;
} REPLIES[] = {
	{"", "E5", "hook' answered '' and not one line of JSON"},
	{"echo done", "E5", "answered 'done'"},
	{"echo '{}'", "E5", "answered '{}'"},
	{"echo '{\"status\": \"fine\"}'", "E5", "\"fine\""},
	{"echo '{\"status\": \"ok\"}{}'", "E5", ""},
	{"echo '[\"status\"]'", "E5", ""},
	{"head -c 20000 /dev/zero", "E5", ""},
	{"head -c 20000 /dev/zero | tr '\\0' '['", "E5", ""},
	{"echo '{\"status\": \"error\", \"message\": \"no zone\"}'", "E4",
		"says: no zone"},
	{"echo '{\"status\": \"error\", \"retry_after\": 600}'", "D9", ""},
	{"echo broken >&2; exit 3", "E4",
		"ended with status 3; its last words: broken"},
	{"exit 75", "D9", "status 75"},
	{"kill -9 $$", "E4", "signal 9"},
	{"sleep 1000", "M2", "ran over 1 s and was killed"},
	{"trap '' TERM; sleep 1000", "M2", "ran over 1 s and was killed"},
	{"exec yes", "M2", "its last words: y"},
	{"exec >&- 2>&- </dev/null; sleep 1000", "M2", "was killed"},
};

START_TEST(a_hook_that_behaves_badly_is_an_error_with_its_cause)
{
	put_hook("hook", REPLIES[_i].body);
	put_site("Timeout=1s");
	struct error err = ask("present");
	ck_assert_str_eq(err.code, REPLIES[_i].code);
	ck_assert_msg(
		strstr(err.text, REPLIES[_i].words) != NULL, "%s", err.text);
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert(streq(err.code, "D9") || err.retry_after == 0);
}
END_TEST

START_TEST(what_failed_half_way_is_withdrawn)
{
	put_hook("hook",
		"echo $1 >>log; [ $1 = clean_challenge ] || "
		"! [ -e bad ]");
	put_file("bad", "x");
	put_site("Protocol=dehydrated");
	ck_assert_str_eq(ask("present").code, "E4");
	ck_assert_str_eq(ask("present").code, "E4");
	ck_assert_int_eq(unlink("bad"), 0);
	assert_well(ask("present"));
	assert_well(ask("withdraw"));
	ck_assert_str_eq(read_file("log"),
		"deploy_challenge\nclean_challenge\ndeploy_challenge\n"
		"clean_challenge\ndeploy_challenge\nclean_challenge\n");
}
END_TEST

START_TEST(a_hook_that_cannot_be_run_is_no_reason_to_withdraw)
{
	put_site("Protocol=dehydrated");
	ck_assert_int_eq(chmod("hook", 0777), 0);
	ck_assert_str_eq(ask("present").code, "E3");
	ck_assert_int_eq(chmod("hook", 0644), 0);
	ck_assert_str_eq(ask("present").code, "E2");
	ck_assert_int_eq(unlink("hook"), 0);
	ck_assert_str_eq(ask("present").code, "E1");
	assert_well(ask("withdraw"));
	ck_assert_int_ne(access("log", F_OK), 0);
}
END_TEST

START_TEST(secrets_come_from_the_environment_file)
{
	put_hook("hook",
		"echo \"$API_TOKEN $ACMED_CERTIFICATE $ACMED_TYPE "
		"$ACMED_IDENTIFIER\" >>log");
	put_site("Protocol=dehydrated\n"
		 "EnvironmentFile=/proc/self/cwd/env");
	put_file("env", "API_TOKEN='s3cret word'\nACMED_TYPE=lie\n");
	ck_assert_int_eq(chmod("env", 0640), 0);
	assert_well(ask("present"));
	ck_assert_str_eq(
		read_file("log"), "s3cret word site http-01 a.example\n");
}
END_TEST

START_TEST(a_secret_that_others_can_read_is_refused)
{
	put_site("Protocol=dehydrated\n"
		 "EnvironmentFile=/proc/self/cwd/env");
	put_file("env", "API_TOKEN=s3cret\n");
	ck_assert_int_eq(chmod("env", 0644), 0);
	struct error err = ask("present");
	ck_assert_ptr_nonnull(strstr(err.text, "chmod o="));
	ck_assert_int_eq(chmod("env", 0640), 0);
	put_file("env", "s3cret\n");
	err = ask("present");
	ck_assert_ptr_nonnull(strstr(err.text, "line 1 is no 'NAME=value'"));
	ck_assert_ptr_null(strstr(err.text, "s3cret"));
	ck_assert_int_ne(access("log", F_OK), 0);
}
END_TEST

START_TEST(a_lying_loop_publishes_nothing_but_answers)
{
	static const struct {
		const char *key;
		const char *value;
	} LIES[] = {{"answer", TOKEN ".short"}, {"answer", "$(reboot)"},
		{"token", ""}, {"token", "-rf"}, {"token", "a b"},
		{"identifier", "evil.example"}, {"name", "other"},
		{"verb", "run"}};

	put_site("Protocol=dehydrated");
	for (size_t i = 0; i < sizeof(LIES) / sizeof(*LIES); i++) {
		json_t *lie = request("present", "a.example");
		json_object_set_new(
			lie, LIES[i].key, json_string(LIES[i].value));
		ck_assert_int_ne(ask_for(lie).kind, ERROR_NONE);
	}
	ck_assert_int_ne(access("log", F_OK), 0);
}
END_TEST

START_TEST(the_name_of_an_account_record_is_checked)
{
	static const char *const NAMES[] = {"",
		"_ujmmovf2vn55tgye._acme-challenge.evil.example",
		"_ujmmovf2vn55tgye.a.example", "_acme-challenge.a.example",
		"_ujmmovf2vn55tgy1._acme-challenge.a.example",
		"_ujmmovf2vn55tgye._acme-challenge.a.example"};
	struct error err = {0};

	put_site("Type=dns-account-01\nProtocol=lego");
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		json_t *wish = request("present", "a.example");
		json_object_set_new(wish, "record_name", json_string(NAMES[i]));
		err = ask_for(wish);
		ck_assert_int_eq(err.kind == ERROR_NONE,
			i + 1 == sizeof(NAMES) / sizeof(*NAMES));
	}
	ck_assert_str_eq(read_file("log"),
		"hook present "
		"_ujmmovf2vn55tgye._acme-challenge.a.example. " VALUE "\n");
}
END_TEST

#define PERSIST "ca.example; accounturi=urn:1"

static struct error ask_persistent(const char *identifier, const char *value)
{
	json_t *wish = request("present", identifier);

	json_object_set_new(wish, "record_value", json_string(value));
	return ask_for(wish);
}

START_TEST(a_persistent_record_is_never_withdrawn)
{
	put_site("Type=dns-persist-01\nProtocol=lego");
	assert_well(ask_persistent("a.example", PERSIST));
	assert_well(ask("withdraw"));
	ck_assert_str_eq(read_file("log"),
		"hook present _validation-persist.a.example. " PERSIST "\n");
}
END_TEST

/* Who is named in it may go on having certificates. */
START_TEST(a_persistent_record_says_who_and_nothing_more)
{
	static const char *const OTHERS[] = {"", "x", "ca.example; x",
		PERSIST "; policy=wildcard", PERSIST "\nx"};

	put_site("Type=dns-persist-01\nProtocol=lego");
	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(*OTHERS); i++)
		ck_assert_int_eq(ask_persistent("a.example", OTHERS[i]).kind,
			ERROR_REFUSED);
	assert_well(ask_persistent("*.a.example", PERSIST "; policy=wildcard"));
	ck_assert_int_eq(
		ask_persistent("*.a.example", PERSIST).kind, ERROR_REFUSED);
}
END_TEST

/* The program, with its conversation. */

static pid_t start_program(int conversation)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);

	ck_assert_int_gt(length, 0);
	path[length] = '\0';
	*strstr(path, "/tests/unit/") = '\0';
	strcat(path, "/acmed-hand");
	pid_t pid = fork();
	if (pid)
		return pid;
	dup2(conversation, 3);
	setenv("LISTEN_FDS", "1", 1);
	execl(path, "acmed-hand", "-c", main_file, (char *)NULL);
	_exit(127);
}

START_TEST(the_end_of_the_loop_withdraws_and_ends_what_was_left_behind)
{
	struct error err;
	int pair[2];
	int status;
	int left;

	put_hook("hook",
		"echo $1 >>log; [ $1 = deploy_challenge ] || exit 0\n"
		"setsid sh -c 'echo $$ >pid; exec sleep 1000' &\n"
		"while ! [ -s pid ]; do :; done");
	put_site("Protocol=dehydrated");
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = start_program(pair[1]);
	close(pair[1]);
	json_t *question = request("present", "a.example");
	ck_assert(message_send(pair[0], question, &err));
	json_t *reply = message_receive(pair[0], &err);
	ck_assert_ptr_nonnull(reply);
	ck_assert(!message_is_error(reply, &err));
	left = atoi(read_file("pid"));
	ck_assert_int_eq(kill(left, 0), 0);
	close(pair[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_int_lt(kill(left, 0), 0);
	ck_assert_str_eq(
		read_file("log"), "deploy_challenge\nclean_challenge\n");
	json_decref(question);
	json_decref(reply);
}
END_TEST

/* A hook that hangs would else run beside the one of the loop's next life. */
START_TEST(the_end_of_the_loop_ends_a_hook_that_publishes)
{
	struct error err;
	int pair[2];
	int status;

	put_hook("hook",
		"echo $1 >>log; [ $1 = deploy_challenge ] || exit 0\n"
		"echo $$ >pid; exec sleep 1000");
	put_site("Protocol=dehydrated\nTimeout=1000s");
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = start_program(pair[1]);
	close(pair[1]);
	json_t *question = request("present", "a.example");
	ck_assert(message_send(pair[0], question, &err));
	while (!strchr(read_file("pid"), '\n'))
		usleep(1000);
	close(pair[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_int_lt(kill(atoi(read_file("pid")), 0), 0);
	ck_assert_str_eq(
		read_file("log"), "deploy_challenge\nclean_challenge\n");
	json_decref(question);
}
END_TEST

static void add_convention_tests(TCase *tests)
{
	tcase_add_loop_test(tests, each_convention_has_its_words, 0,
		sizeof(WORDS) / sizeof(*WORDS));
	tcase_add_test(tests, a_wildcard_is_named_by_its_base);
	tcase_add_test(tests, lego_in_mode_raw_gets_the_raw_values);
	tcase_add_test(tests, certbot_hooks_get_their_environment);
	tcase_add_test(
		tests, certbot_hooks_for_dns_get_the_record_and_no_token);
	tcase_add_test(tests, our_own_convention_is_a_line_of_json);
	tcase_add_test(tests, our_own_convention_tells_where_a_file_goes);
	tcase_add_test(
		tests, our_own_convention_brings_the_certificate_for_tls_alpn);
}

static void add_trouble_tests(TCase *tests)
{
	tcase_add_loop_test(tests,
		a_hook_that_behaves_badly_is_an_error_with_its_cause, 0,
		sizeof(REPLIES) / sizeof(*REPLIES));
	tcase_add_test(tests, what_failed_half_way_is_withdrawn);
	tcase_add_test(
		tests, a_hook_that_cannot_be_run_is_no_reason_to_withdraw);
	tcase_add_test(tests, secrets_come_from_the_environment_file);
	tcase_add_test(tests, a_secret_that_others_can_read_is_refused);
	tcase_add_test(tests, a_lying_loop_publishes_nothing_but_answers);
	tcase_add_test(tests, the_name_of_an_account_record_is_checked);
	tcase_add_test(tests, a_persistent_record_is_never_withdrawn);
	tcase_add_test(tests, a_persistent_record_says_who_and_nothing_more);
	tcase_add_test(tests,
		the_end_of_the_loop_withdraws_and_ends_what_was_left_behind);
	tcase_add_test(tests, the_end_of_the_loop_ends_a_hook_that_publishes);
}

int main(void)
{
	TCase *tests = tcase_create("hook");
	Suite *suite = suite_create("hook");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	add_convention_tests(tests);
	add_trouble_tests(tests);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
