/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include "message.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
#define ANSWER TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define PLACE "www/.well-known/acme-challenge/" TOKEN

static char folder[24];
static char main_file[64];
static struct hand *hand;

__attribute__((format(printf, 2, 3))) static void put_file(
	const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "w");
	va_list arguments;

	ck_assert_ptr_nonnull(file);
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fclose(file);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/acmed-hand.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	snprintf(main_file, sizeof(main_file), "%s/acmed.conf", folder);
	ck_assert_int_eq(mkdir("www", 0755), 0);
	ck_assert_int_eq(mkdir("certs.d", 0755), 0);
	put_file("acmed.conf",
		"[CA test]\nDirectory=https://ca.example/dir\n"
		"AgreeToTerms=yes\n[Certificate]\nCA=test\n");
	put_file("certs.d/site.conf",
		"[Certificate]\nNames=a.example b.example\n"
		"[Challenge]\nType=http-01\nSolver=webroot\nWebroot=%s/www\n"
		"[Challenge b.example]\nSolver=standalone\n",
		folder);
	put_file("certs.d/broken.conf", "[Certificate]\nNamse=c.example\n");
	put_file("certs.d/lost.conf",
		"[Certificate]\nNames=d.example\n"
		"[Challenge]\nWebroot=%s/missing\n",
		folder);
	hand = hand_new(main_file, false);
}

static void tear_down(void)
{
	char command[64];

	hand_free(hand);
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static json_t *request(const char *verb, const char *name,
	const char *identifier, const char *token, const char *answer)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "id", 7, "verb",
		verb, "name", name, "identifier", identifier, "token", token,
		"answer", answer);
}

/* Asks; what is wrong comes back in err, of kind NONE when nothing is. */
static struct error ask(const char *verb, const char *name,
	const char *identifier, const char *token, const char *answer)
{
	struct error err = {.kind = ERROR_NONE};
	json_t *question = request(verb, name, identifier, token, answer);
	json_t *reply = hand_answer(hand, question);

	ck_assert_ptr_nonnull(reply);
	ck_assert_int_eq(json_integer_value(json_object_get(reply, "id")), 7);
	if (!message_is_error(reply, &err))
		err.kind = ERROR_NONE;
	json_decref(question);
	json_decref(reply);
	return err;
}

START_TEST(an_answer_is_published_and_withdrawn)
{
	struct error err = ask("present", "site", "a.example", TOKEN, ANSWER);

	ck_assert_msg(err.kind == ERROR_NONE, "%s", err.text);
	ck_assert_int_eq(access(PLACE, F_OK), 0);
	ck_assert_int_eq(
		ask("present", "site", "a.example", TOKEN, ANSWER).kind,
		ERROR_NONE);
	ck_assert_int_eq(ask("withdraw", "site", "a.example", TOKEN, "").kind,
		ERROR_NONE);
	ck_assert_int_ne(access(PLACE, F_OK), 0);
	ck_assert_int_eq(ask("withdraw", "site", "a.example", TOKEN, "").kind,
		ERROR_NONE);
}
END_TEST

static const struct {
	const char *verb;
	const char *name;
	const char *identifier;
	const char *token;
	const char *answer;
} WRONG[] = {
	{"present", "site", "evil.example", TOKEN, ANSWER},
	{"present", "site", "b.example", TOKEN, ANSWER},
	{"present", "../site", "a.example", TOKEN, ANSWER},
	{"present", "other", "a.example", TOKEN, ANSWER},
	{"present", "broken", "c.example", TOKEN, ANSWER},
	{"present", "site", "a.example", "../index", ANSWER},
	{"present", "site", "a.example", "", ANSWER},
	{"present", "site", "a.example", TOKEN, "<script>"},
	{"present", "site", "a.example", TOKEN, TOKEN},
	{"present", "site", "a.example", TOKEN, TOKEN ".short"},
	{"present", "site", "a.example", TOKEN, ANSWER "A"},
	{"delete", "site", "a.example", TOKEN, ANSWER},
};

START_TEST(what_is_not_of_its_certificate_is_refused)
{
	struct error err = ask(WRONG[_i].verb, WRONG[_i].name,
		WRONG[_i].identifier, WRONG[_i].token, WRONG[_i].answer);

	ck_assert_int_ne(err.kind, ERROR_NONE);
	ck_assert_int_ne(access("www/.well-known", F_OK), 0);
}
END_TEST

START_TEST(a_conversation_is_about_one_certificate)
{
	ask("present", "site", "a.example", TOKEN, ANSWER);
	ck_assert_int_eq(
		ask("present", "lost", "d.example", TOKEN "x", ANSWER).kind,
		ERROR_REFUSED);
}
END_TEST

START_TEST(a_missing_root_comes_with_what_mends_it)
{
	struct error err = ask("present", "lost", "d.example", TOKEN, ANSWER);

	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.code, "H5");
	ck_assert_ptr_nonnull(
		strstr(err.text, "install -d -o acmed-hand /tmp/"));
	ck_assert_ptr_nonnull(strstr(err.text, "ReadWritePaths=/tmp/"));
}
END_TEST

START_TEST(a_member_that_is_missing_is_named)
{
	struct error err;
	json_t *question = json_pack("{s:i, s:s}", "id", 1, "verb", "present");
	json_t *reply = hand_answer(hand, question);

	ck_assert(message_is_error(reply, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "identifier"));
	json_decref(question);
	json_decref(reply);
}
END_TEST

START_TEST(there_is_an_end_to_what_it_publishes)
{
	char token[24];
	char answer[80];

	for (int i = 0; i <= HAND_PUBLICATIONS; i++) {
		snprintf(token, sizeof(token), "token%d", i);
		snprintf(answer, sizeof(answer), "%s%s", token,
			strchr(ANSWER, '.'));
		struct error err =
			ask("present", "site", "a.example", token, answer);
		ck_assert_int_eq(err.kind == ERROR_NONE, i < HAND_PUBLICATIONS);
	}
}
END_TEST

/* The program beside the folder of the tests. */
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
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* it is locked in */
	execl(path, "acmed-hand", "-c", main_file, (char *)NULL);
	_exit(127);
}

START_TEST(the_program_withdraws_at_the_end_whatever_the_signal)
{
	struct error err;
	int pair[2];
	int status;

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = start_program(pair[1]);
	close(pair[1]);
	json_t *question =
		request("present", "site", "a.example", TOKEN, ANSWER);
	ck_assert(message_send(pair[0], question, &err));
	json_t *reply = message_receive(pair[0], &err);
	ck_assert_ptr_nonnull(reply);
	ck_assert(!message_is_error(reply, &err));
	ck_assert_int_eq(access(PLACE, F_OK), 0);
	kill(pid, SIGTERM);
	kill(pid, SIGHUP);
	kill(pid, SIGINT);
	close(pair[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	ck_assert_int_ne(access(PLACE, F_OK), 0);
	json_decref(question);
	json_decref(reply);
}
END_TEST

START_TEST(the_program_ends_at_nonsense)
{
	int pair[2];
	int status;

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = start_program(pair[1]);
	close(pair[1]);
	ck_assert_int_eq(send(pair[0], "{", 1, 0), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	close(pair[0]);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("hand");
	Suite *suite = suite_create("hand");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, an_answer_is_published_and_withdrawn);
	tcase_add_loop_test(tests, what_is_not_of_its_certificate_is_refused, 0,
		sizeof(WRONG) / sizeof(*WRONG));
	tcase_add_test(tests, a_conversation_is_about_one_certificate);
	tcase_add_test(tests, a_missing_root_comes_with_what_mends_it);
	tcase_add_test(tests, a_member_that_is_missing_is_named);
	tcase_add_test(tests, there_is_an_end_to_what_it_publishes);
	tcase_add_test(
		tests, the_program_withdraws_at_the_end_whatever_the_signal);
	tcase_add_test(tests, the_program_ends_at_nonsense);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
