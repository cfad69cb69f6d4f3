/* SPDX-License-Identifier: MIT */
#include "answer.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "server.h"
#include "suite.h"
#include "text.h"
#include "vault_run.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* The vault's loop, its jobs and those who speak to it, on a kernel that does
 * not give what they ask for. The linker leads its calls here (--wrap). */

static struct vault_run run; /* its folder */
static struct vault vault;
static json_t *walls;
static struct server server;
static int client;

static int pipes_fail, forks_fail, accepts_fail; /* so often */
static int send_error; /* once */
static int leaves_after; /* so many replies; 0: stays */
static uid_t other; /* who is at the other end; 0: who really is */

int __real_pipe2(int ends[2], int flags);
int __wrap_pipe2(int ends[2], int flags);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
int __real_accept4(
	int fd, struct sockaddr *address, socklen_t *size, int flags);
int __wrap_accept4(
	int fd, struct sockaddr *address, socklen_t *size, int flags);
ssize_t __real_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags);
int __real_getsockopt(
	int fd, int level, int name, void *value, socklen_t *size);
int __wrap_getsockopt(
	int fd, int level, int name, void *value, socklen_t *size);

static bool fails_so_often(int *times, int error)
{
	if (!*times)
		return false;
	--*times;
	errno = error;
	return true;
}

static bool fails_with(int *error)
{
	if (!*error)
		return false;
	errno = *error;
	*error = 0;
	return true;
}

int __wrap_pipe2(int ends[2], int flags)
{
	return fails_so_often(&pipes_fail, EMFILE) ? -1
						   : __real_pipe2(ends, flags);
}

pid_t __wrap_fork(void)
{
	return fails_so_often(&forks_fail, EAGAIN) ? -1 : __real_fork();
}

int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
	return fails_so_often(&accepts_fail, EMFILE)
		? -1
		: __real_accept4(fd, address, size, flags);
}

ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags)
{
	if (fails_with(&send_error))
		return -1;
	ssize_t sent = __real_send(fd, bytes, size, flags);
	if (leaves_after && !--leaves_after)
		shutdown(client, SHUT_WR);
	return sent;
}

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	int done = __real_getsockopt(fd, level, name, value, size);

	if (name == SO_PEERCRED && other)
		((struct ucred *)value)->uid = other;
	return done;
}

/* The server, and what is asked of it before it runs. */

static void configure(void)
{
	cleanup(json) json_t *request = json_pack("{s:s}", "verb", "configure");
	struct error err = {0};
	json_t *reply = NULL;

	do {
		json_decref(reply);
		json_object_set_new(
			request, "more", json_boolean(vault.taking != NULL));
		reply = verbs_answer(&vault, RIGHT_LOOP, request, &err);
		ck_assert_msg(reply != NULL, "%s", err.text);
	} while (vault.taking);
	json_decref(reply);
}

static int connect_one(void)
{
	int pair[2];

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	server_add(&server, pair[1]);
	return pair[0];
}

static void prepare(void)
{
	struct error err = {0};

	pipes_fail = forks_fail = accepts_fail = 0;
	send_error = leaves_after = 0;
	other = 0;
	run_prepare(&run);
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example\nKey=rsa-2048\n");
	ck_assert_int_eq(mkdir(run_path(&run, "state"), 0755), 0);
	setenv("CONFIGURATION_DIRECTORY", run_path(&run, "etc"), 1);
	setenv("STATE_DIRECTORY", run_path(&run, "state"), 1);
	vault = (struct vault){.state = -1};
	ck_assert(vault_open(&vault, &err));
	configure();
	walls = json_array();
	server = (struct server){
		.vault = &vault, .listener = -1, .walls = walls, .missing = ""};
	client = connect_one();
}

static void clean(void)
{
	close(client);
	server.has_ended = true;
	server_run(&server); /* frees who is left */
	vault_close(&vault);
	json_decref(walls);
	run_clean(&run);
}

static void ask(const char *verb, const char *member, const char *value)
{
	cleanup(json) json_t *request = json_pack(
		"{s:s, s:i, s:s}", "verb", verb, "id", 1, member, value);

	ck_assert(message_send(client, request, NULL));
}

/* To the end of what was asked. */
static void serve(void)
{
	shutdown(client, SHUT_WR);
	server_run(&server);
}

/* The next reply; an error gives NULL and err. */
static json_t *receive(struct error *err)
{
	*err = (struct error){0};
	json_t *reply = message_receive(client, err);

	ck_assert_ptr_nonnull(reply);
	if (!message_is_error(reply, err))
		return reply;
	json_decref(reply);
	return NULL;
}

static void expect_no_key(void)
{
	struct error err;

	ask("hello", "role", "loop");
	ask("csr", "name", "a.example");
	serve();
	json_decref(receive(&err));
	ck_assert_int_eq(err.kind, ERROR_NONE);
	ck_assert_ptr_null(receive(&err));
	ck_assert_ptr_nonnull(strstr(err.text, "could not make a key"));
}

START_TEST(a_key_without_a_pipe_for_it_is_told)
{
	pipes_fail = 1;
	expect_no_key();
}
END_TEST

START_TEST(a_key_without_a_process_for_it_is_told)
{
	forks_fail = 1;
	expect_no_key();
}
END_TEST

START_TEST(a_connection_that_cannot_be_taken_waits)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct error err;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		run_path(&run, "run/vault"));
	server.listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(server.listener, (struct sockaddr *)&address,
				 sizeof(address)),
		0);
	ck_assert_int_eq(listen(server.listener, 1), 0);
	close(client);
	client = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		connect(client, (struct sockaddr *)&address, sizeof(address)),
		0);
	accepts_fail = 1;
	ask("hello", "role", "loop");
	serve();
	ck_assert_int_eq(accepts_fail, 0);
	json_decref(receive(&err));
	ck_assert_int_eq(err.kind, ERROR_NONE);
	close(server.listener);
}
END_TEST

/* Nobody waits for one who has gone. */
START_TEST(a_full_house_empties)
{
	int ends[SERVER_PEERS];

	for (unsigned i = 1; i < SERVER_PEERS; i++)
		ends[i] = connect_one();
	for (unsigned i = 1; i < SERVER_PEERS; i++)
		close(ends[i]);
	serve();
	ck_assert_uint_eq(server.peer_count, 0);
	peer_free(NULL); /* nobody is there to be freed */
}
END_TEST

START_TEST(another_user_is_a_wall_and_no_root)
{
	struct error err;

	close(client);
	other = geteuid() + 12345;
	client = connect_one();
	ask("hello", "role", "loop");
	ask("hello", "role", "loop");
	ask("permit", "what", "close");
	serve();
	json_decref(receive(&err));
	cleanup(json) json_t *second = receive(&err);
	const json_t *list = json_object_get(second, "walls");
	ck_assert_uint_eq(json_array_size(list), 1);
	ck_assert_ptr_null(receive(&err));
	ck_assert_ptr_nonnull(strstr(err.text, "you may not"));
}
END_TEST

START_TEST(the_user_of_the_vault_is_root_to_it)
{
	uid_t before = geteuid();
	struct error err;

	close(client);
	other = before ? before : 12345;
	client = connect_one();
	ask("permit", "what", "close");
	ck_assert_int_eq(seteuid(other), 0);
	serve();
	ck_assert_int_eq(seteuid(before), 0);
	ck_assert_ptr_null(receive(&err));
	ck_assert_ptr_nonnull(strstr(err.text, "'ca'"));
}
END_TEST

START_TEST(who_sends_nonsense_is_told_before_it_is_dropped)
{
	struct error err;

	ck_assert_int_eq(__real_send(client, "x", 1, 0), 1);
	send_error = EAGAIN;
	server_run(&server);
	ck_assert_int_eq(send_error, 0);
	ck_assert_uint_eq(server.peer_count, 0);
	ck_assert_ptr_null(receive(&err));
}
END_TEST

START_TEST(a_reply_waits_while_nobody_can_take_it)
{
	static const int ERRORS[] = {EINTR, EAGAIN, ENOBUFS};
	struct error err;

	for (size_t i = 0; i < sizeof(ERRORS) / sizeof(*ERRORS); i++) {
		send_error = ERRORS[i];
		peer_reply(server.peers, NULL, json_object());
		peer_reply(server.peers, NULL, json_object());
		ck_assert(peer_flush(server.peers));
		ck_assert(peer_flush(server.peers));
		ck_assert(!peer_is_waiting(server.peers));
		json_decref(receive(&err));
		json_decref(receive(&err));
	}
	send_error = ECONNRESET;
	peer_reply(server.peers, NULL, json_object());
	ck_assert(!peer_flush(server.peers));
	serve();
}
END_TEST

START_TEST(a_reply_that_is_too_long_is_an_error)
{
	cleanup(string) char *text = calloc(1, 400001);
	struct error err;

	memset(text, 'x', 400000);
	peer_reply(server.peers, NULL, json_pack("{s:s}", "text", text));
	ck_assert(peer_flush(server.peers));
	ck_assert_ptr_null(receive(&err));
	ck_assert_int_ne(err.kind, ERROR_NONE);
	serve();
}
END_TEST

/* Jobs. */

START_TEST(who_leaves_takes_waiting_jobs_along)
{
	cleanup(json) json_t *request = json_object();

	for (unsigned i = 0; i <= JOBS_AT_ONCE; i++)
		ck_assert(job_add(
			&server.jobs, server.peers, request, KEY_ED25519));
	serve();
	ck_assert_ptr_null(server.jobs);
	ck_assert_uint_eq(server.peer_count, 0);
}
END_TEST

/* Nothing else wakes the vault up. */
START_TEST(who_waits_in_silence_is_told_that_there_is_no_key)
{
	struct error err;

	ask("hello", "role", "loop");
	ask("csr", "name", "a.example");
	pipes_fail = 1;
	leaves_after = 2;
	server_run(&server);
	json_decref(receive(&err));
	ck_assert_ptr_null(receive(&err));
	ck_assert_ptr_nonnull(strstr(err.text, "could not make a key"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_server");
	TCase *tests = tcase_create("vault_server");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_key_without_a_pipe_for_it_is_told);
	tcase_add_test(tests, a_key_without_a_process_for_it_is_told);
	tcase_add_test(tests, a_connection_that_cannot_be_taken_waits);
	tcase_add_test(tests, a_full_house_empties);
	tcase_add_test(tests, another_user_is_a_wall_and_no_root);
	tcase_add_test(tests, the_user_of_the_vault_is_root_to_it);
	tcase_add_test(tests, who_sends_nonsense_is_told_before_it_is_dropped);
	tcase_add_test(tests, a_reply_waits_while_nobody_can_take_it);
	tcase_add_test(tests, who_leaves_takes_waiting_jobs_along);
	tcase_add_test(
		tests, who_waits_in_silence_is_told_that_there_is_no_key);
	tcase_add_test(tests, a_reply_that_is_too_long_is_an_error);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
