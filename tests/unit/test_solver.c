/* SPDX-License-Identifier: MIT */
#include "solver.h"

#include "fake_helper.h"
#include "handshake.h"
#include "message.h"
#include "paths.h"
#include "reception.h"
#include "suite.h"
#include "text.h"
#include "tls_alpn.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
#define ANSWER TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define GET \
	"GET /.well-known/acme-challenge/" TOKEN " HTTP/1.0\r\n" \
	"Host: example.com\r\n\r\n"

static struct ev_loop *loop;
static struct events *events;
static struct solvers *solvers;
static struct fake_helper hand;
static struct config_challenge settings;
static struct challenge answer;

/* What the callbacks saw. */
static unsigned reports;
static unsigned fetches;
static bool sees;
static struct error last;
static json_t *asked; /* the requests to the hand */

static void on_request(struct fake_helper *from, const json_t *request)
{
	const char *verb = json_string_value(json_object_get(request, "verb"));

	json_array_append(asked, (json_t *)request);
	if (from->data && streq(verb, "present"))
		fake_helper_reply(from, request,
			json_pack("{s:{s:s, s:s, s:s}}", "error", "kind",
				"local", "code", "H16", "text", "sealed"));
	else
		fake_helper_reply(from, request, json_object());
}

static void set_up(void)
{
	struct error err;

	reports = fetches = 0;
	settings = (struct config_challenge){0};
	loop = ev_loop_new(EVFLAG_NOENV);
	hand = (struct fake_helper){.on_request = on_request};
	fake_helper_start(&hand, loop, "hand");
	ck_assert_int_eq(mkdir(paths_runtime(), 0755), 0);
	events = events_new();
	solvers = solvers_new(loop, events);
	asked = json_array();
	answer = (struct challenge){
		.type = CHALLENGE_HTTP_01,
		.token = strdup(TOKEN),
		.answer = strdup(ANSWER),
	};
	ck_assert(identifier_parse("example.com", &answer.identifier, &err));
}

static void tear_down(void)
{
	char command[256];

	solvers_free(solvers);
	events_free(events);
	json_decref(asked);
	free(answer.token);
	free(answer.answer);
	snprintf(command, sizeof(command), "rm -rf '%s'", paths_runtime());
	ck_assert_int_eq(system(command), 0);
	fake_helper_stop(&hand);
	ev_loop_destroy(loop);
}

static void on_published(void *data, const struct error *err, bool sees_fetches)
{
	(void)data;
	reports++;
	sees = sees_fetches;
	last = err ? *err : (struct error){0};
}

static void on_fetch(void *data)
{
	struct publication **publication = data;

	fetches++;
	if (!publication)
		return;
	solver_withdraw(*publication);
	*publication = NULL;
}

static struct publication *present(enum config_solver solver, void *data)
{
	settings.solver = solver;
	const struct publication_wish wish = {
		.certificate = "example.com",
		.challenge = &settings,
		.answer = &answer,
		.on_published = on_published,
		.on_fetch = on_fetch,
		.data = data,
	};

	return solver_present(solvers, &wish);
}

static void on_impatience(struct ev_loop *l, ev_timer *timer, int revents)
{
	(void)l;
	(void)timer;
	(void)revents;
	ck_abort_msg("nothing comes");
}

/* Turns the loop until *counter has reached `goal`. */
static void turn_until(const unsigned *counter, unsigned goal)
{
	ev_timer patience;

	ev_timer_init(&patience, on_impatience, 20., 0.);
	ev_timer_start(loop, &patience);
	while (*counter < goal)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &patience);
}

static bool file_exists(void)
{
	char path[512];

	snprintf(path, sizeof(path),
		"%s/webroot/.well-known/"
		"acme-challenge/" TOKEN,
		paths_runtime());
	return access(path, F_OK) == 0;
}

START_TEST(none_publishes_nothing_and_succeeds)
{
	struct publication *publication = present(SOLVER_NONE, NULL);

	ck_assert_uint_eq(reports, 0); /* never from inside */
	turn_until(&reports, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert(!sees);
	solver_withdraw(publication);
}
END_TEST

START_TEST(webroot_writes_into_our_own_folder)
{
	struct publication *publication = present(SOLVER_WEBROOT, NULL);

	turn_until(&reports, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert(!sees);
	ck_assert(file_exists());
	solver_withdraw(publication);
	ck_assert(!file_exists());
}
END_TEST

START_TEST(a_withdrawal_before_the_report_stops_it)
{
	struct publication *publication = present(SOLVER_WEBROOT, NULL);

	solver_withdraw(publication);
	ck_assert(!file_exists());
	publication = present(SOLVER_NONE, NULL);
	turn_until(&reports, 1);
	ck_assert_uint_eq(reports, 1);
	solver_withdraw(publication);
}
END_TEST

START_TEST(what_is_left_published_goes_with_the_solvers)
{
	present(SOLVER_WEBROOT, NULL);
	solvers_free(solvers);
	ck_assert(!file_exists());
	solvers = solvers_new(loop, events);
}
END_TEST

START_TEST(a_foreign_folder_is_the_business_of_the_hand)
{
	settings.webroot = (char *)"/srv/www";
	struct publication *first = present(SOLVER_WEBROOT, NULL);
	struct publication *second = present(SOLVER_WEBROOT, NULL);

	turn_until(&reports, 2);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert_uint_eq(json_array_size(asked), 2);
	const json_t *request = json_array_get(asked, 0);
	ck_assert_str_eq(
		json_string_value(json_object_get(request, "answer")), ANSWER);
	ck_assert_str_eq(json_string_value(json_object_get(request, "name")),
		"example.com");
	ck_assert_ptr_null(json_object_get(request, "path"));
	solver_withdraw(first);
	turn_until(&hand.packets, 3);
	request = json_array_get(asked, 2);
	ck_assert_str_eq(json_string_value(json_object_get(request, "verb")),
		"withdraw");
	solver_withdraw(second);
	while (hand.connection >= 0)
		ev_run(loop, EVRUN_ONCE); /* the last one ends the talk */
}
END_TEST

START_TEST(the_words_of_the_hand_are_passed_on)
{
	settings.webroot = (char *)"/srv/www";
	hand.data = &hand; /* refuses */
	present(SOLVER_WEBROOT, NULL);
	turn_until(&reports, 1);
	ck_assert_str_eq(last.code, "H16");
	ck_assert_ptr_nonnull(strstr(last.text, "sealed"));
}
END_TEST

START_TEST(a_missing_hand_is_an_error_and_no_hang)
{
	settings.webroot = (char *)"/srv/www";
	ck_assert_int_eq(unlink(hand.path), 0);
	present(SOLVER_WEBROOT, NULL);
	turn_until(&reports, 1);
	ck_assert_int_eq(last.kind, ERROR_LOCAL);
}
END_TEST

/* Asks for the token at the Unix socket; the reply. */
static const char *ask_socket(void)
{
	static char reply[2048];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = 0;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/http01.sock",
		paths_runtime());
	memset(reply, 0, sizeof(reply));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return strcpy(reply, strerror(errno));
	}
	ck_assert_int_eq(send(fd, GET, strlen(GET), 0), strlen(GET));
	for (;;) {
		ssize_t got = recv(fd, reply + length,
			sizeof(reply) - 1 - length, MSG_DONTWAIT);
		if (got == 0)
			break;
		if (got > 0)
			length += (size_t)got;
		else
			ev_run(loop, EVRUN_ONCE);
	}
	close(fd);
	return reply;
}

START_TEST(socket_serves_the_answer_and_tells_of_the_fetch)
{
	struct publication *publication = present(SOLVER_SOCKET, NULL);

	turn_until(&reports, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert(sees);
	ck_assert(text_ends_with(ask_socket(), "\r\n\r\n" ANSWER));
	turn_until(&fetches, 1);
	solver_withdraw(publication);
	ck_assert(!text_starts_with(ask_socket(), "HTTP/1.1"));
}
END_TEST

START_TEST(it_may_be_withdrawn_from_inside_the_fetch)
{
	struct publication *publication = NULL;

	publication = present(SOLVER_SOCKET, &publication);
	turn_until(&reports, 1);
	ck_assert(text_ends_with(ask_socket(), ANSWER));
	turn_until(&fetches, 1);
	ck_assert_ptr_null(publication);
}
END_TEST

START_TEST(standalone_names_who_has_its_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	char text[32];
	char *items[] = {text};
	int holder = socket(AF_INET, SOCK_STREAM, 0);

	bind(holder, (struct sockaddr *)&address, sizeof(address));
	listen(holder, 1);
	getsockname(holder, (struct sockaddr *)&address, &length);
	snprintf(text, sizeof(text), "%u", ntohs(address.sin_port));
	settings.listen = (struct strings){items, 1};
	present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 1);
	ck_assert_int_eq(last.kind, ERROR_REFUSED);
	ck_assert_str_eq(last.code, "H2");
	close(holder);
	struct publication *publication = present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 2);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	solver_withdraw(publication);
}
END_TEST

START_TEST(standalone_uses_the_socket_that_was_handed_over)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	bind(fd, (struct sockaddr *)&address, sizeof(address));
	listen(fd, 1);
	solvers_adopt_socket(solvers, "http01", fd);
	present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert(sees);
}
END_TEST

/* A socket that listens on 127.0.0.1, handed over; its port. */
static uint16_t hand_over(const char *name)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 1024), 0);
	getsockname(fd, (struct sockaddr *)&address, &length);
	solvers_adopt_socket(solvers, name, fd);
	return ntohs(address.sin_port);
}

static uint16_t free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	bind(fd, (struct sockaddr *)&address, sizeof(address));
	getsockname(fd, (struct sockaddr *)&address, &length);
	close(fd);
	return ntohs(address.sin_port);
}

static int dial(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static unsigned answers;
static unsigned refusals;

static void on_leaf(void *data, X509 *leaf, const struct error *err)
{
	(void)data;
	refusals += err != NULL;
	answers += leaf && tls_alpn_is_answer(leaf);
}

static void shake_hands(SSL_CTX *context, uint16_t port)
{
	const struct dns_address address = {AF_INET, "127.0.0.1"};

	handshake_start(loop,
		&(struct handshake_wish){
			.context = context,
			.address = &address,
			.port = port,
			.sni = "EXAMPLE.com",
			.protocol = TLS_ALPN_PROTOCOL,
			.deadline = 20.,
			.on_end = on_leaf,
		});
}

START_TEST(a_challenge_of_tls_is_answered_by_its_server_name)
{
	SSL_CTX *context = handshake_context();
	uint16_t port = hand_over("tlsalpn01");

	answer.type = CHALLENGE_TLS_ALPN_01;
	struct publication *publication = present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert(sees);
	shake_hands(context, port);
	turn_until(&answers, 1);
	turn_until(&fetches, 1);
	solver_withdraw(publication);
	shake_hands(context, port); /* nothing of it is left */
	turn_until(&refusals, 1);
	ck_assert_uint_eq(answers, 1);
	SSL_CTX_free(context);
}
END_TEST

START_TEST(one_name_has_one_answer_at_a_time)
{
	answer.type = CHALLENGE_TLS_ALPN_01;
	hand_over("tlsalpn01");
	struct publication *first = present(SOLVER_STANDALONE, NULL);
	struct publication *same = present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 2);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	answer.answer[0] = 'X';
	present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 3);
	ck_assert_int_eq(last.kind, ERROR_TRANSIENT);
	ck_assert_ptr_nonnull(strstr(last.text, "'example.com' is open"));
	solver_withdraw(first);
	solver_withdraw(same);
	present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 4);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
}
END_TEST

/* T3: a port that happens to be free. */
START_TEST(a_port_that_the_ca_never_comes_to_is_told)
{
	const enum challenge_type types[] = {
		CHALLENGE_HTTP_01, CHALLENGE_TLS_ALPN_01};
	struct error cause = {0};
	char text[32];
	char *items[] = {text};

	answer.type = types[_i];
	snprintf(text, sizeof(text), "127.0.0.1:%u", free_port());
	settings.listen = (struct strings){items, 1};
	struct publication *publication = present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	solver_explain(publication, &cause);
	ck_assert_str_eq(cause.code, "T3");
	ck_assert_ptr_nonnull(strstr(cause.text,
		_i ? "is not port 443, where" : "is not port 80, where"));
	solver_withdraw(publication);
	settings.listen = (struct strings){0};
}
END_TEST

/* T5: one more than there is room for. */
START_TEST(strangers_who_take_all_places_are_told)
{
	int fds[RECEPTION_GUESTS + 1];
	struct error cause = {0};
	uint16_t port = hand_over("tlsalpn01");

	answer.type = CHALLENGE_TLS_ALPN_01;
	struct publication *publication = present(SOLVER_STANDALONE, NULL);
	turn_until(&reports, 1);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		fds[i] = dial(port);
	solver_explain(publication, &cause);
	ck_assert_int_eq(cause.kind, ERROR_NONE);
	while (cause.kind == ERROR_NONE) {
		ev_run(loop, EVRUN_ONCE);
		solver_explain(publication, &cause);
	}
	ck_assert_str_eq(cause.code, "T5");
	ck_assert_str_eq(
		cause.text, "1 connections were dropped for others meanwhile");
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		close(fds[i]);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("solver");
	Suite *suite = suite_create("solver");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, none_publishes_nothing_and_succeeds);
	tcase_add_test(tests, webroot_writes_into_our_own_folder);
	tcase_add_test(tests, a_withdrawal_before_the_report_stops_it);
	tcase_add_test(tests, what_is_left_published_goes_with_the_solvers);
	tcase_add_test(tests, a_foreign_folder_is_the_business_of_the_hand);
	tcase_add_test(tests, the_words_of_the_hand_are_passed_on);
	tcase_add_test(tests, a_missing_hand_is_an_error_and_no_hang);
	tcase_add_test(tests, socket_serves_the_answer_and_tells_of_the_fetch);
	tcase_add_test(tests, it_may_be_withdrawn_from_inside_the_fetch);
	tcase_add_test(tests, standalone_names_who_has_its_port);
	tcase_add_test(tests, standalone_uses_the_socket_that_was_handed_over);
	tcase_add_test(
		tests, a_challenge_of_tls_is_answered_by_its_server_name);
	tcase_add_test(tests, one_name_has_one_answer_at_a_time);
	tcase_add_loop_test(
		tests, a_port_that_the_ca_never_comes_to_is_told, 0, 2);
	tcase_add_test(tests, strangers_who_take_all_places_are_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
