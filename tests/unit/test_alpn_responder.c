/* SPDX-License-Identifier: MIT */
#include "alpn_responder.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME "a.example"
#define ACME \
	"\x0a" \
	"acme-tls/1"
#define DEADLINE 60. /* so that none ends by it */
#define PATIENCE 20. /* of the tests; nothing waits for it when all is well */

static struct ev_loop *loop;
static struct alpn_responder *responder;
static struct alpn_answer *answer;
static struct sockaddr_in address;
static SSL_CTX *context;
static ev_timer patience;
static unsigned fetches;
static double deadline;

static const struct alpn_answer *on_find(void *data, const char *name)
{
	(void)data;
	return strcasecmp(name, NAME) == 0 ? answer : NULL;
}

static void on_fetch(void *data, const char *name)
{
	(void)data;
	ck_assert_int_eq(strcasecmp(name, NAME), 0);
	fetches++;
}

static void on_impatience(struct ev_loop *l, ev_timer *timer, int events)
{
	(void)l;
	(void)timer;
	(void)events;
	ck_abort_msg("the responder does not answer");
}

static void make_answer(void)
{
	struct challenge challenge = {.answer = (char *)"token.thumbprint"};
	struct error err = {0};

	ck_assert(identifier_parse(NAME, &challenge.identifier, &err));
	answer = alpn_answer_new(&challenge, &err);
	ck_assert_msg(answer, "%s", err.text);
}

static void set_up(void)
{
	struct alpn_source source = {
		.find = on_find,
		.on_fetch = on_fetch,
		.deadline = deadline > 0 ? deadline : DEADLINE,
	};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	signal(SIGPIPE, SIG_IGN);
	address = (struct sockaddr_in){.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 1024), 0);
	getsockname(fd, (struct sockaddr *)&address, &length);
	make_answer();
	context = SSL_CTX_new(TLS_client_method());
	loop = ev_loop_new(EVFLAG_NOENV);
	ev_timer_init(&patience, on_impatience, PATIENCE, 0.);
	ev_timer_start(loop, &patience);
	responder = alpn_responder_new(loop, &source);
	reception_listen(alpn_responder_reception(responder), fd);
}

static void tear_down(void)
{
	alpn_responder_free(responder);
	alpn_answer_free(answer);
	SSL_CTX_free(context);
	ev_timer_stop(loop, &patience);
	ev_loop_destroy(loop);
	deadline = 0;
	fetches = 0;
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Waits for the end of the connection; false when data came first. */
static bool is_closed(int fd)
{
	char byte;

	for (;;) {
		ssize_t got = recv(fd, &byte, 1, 0);
		if (got == 0 || (got < 0 && errno != EAGAIN))
			return true;
		if (got > 0)
			return false;
		ev_run(loop, EVRUN_ONCE);
	}
}

/* A client that offers `protocols` (NULL: no ALPN) and asks for `name`. */
static SSL *client_new(const char *protocols, const char *name)
{
	SSL *ssl = SSL_new(context);

	SSL_set_fd(ssl, dial());
	if (protocols)
		SSL_set_alpn_protos(ssl, (const unsigned char *)protocols,
			(unsigned)strlen(protocols));
	if (name)
		SSL_set_tlsext_host_name(ssl, name);
	return ssl;
}

static void client_free(SSL *ssl)
{
	int fd = SSL_get_fd(ssl);

	SSL_free(ssl);
	close(fd);
}

/* Shakes hands while the loop turns; the alert's number, 0 for success. */
static int shake(SSL *ssl)
{
	for (;;) {
		ERR_clear_error();
		int result = SSL_connect(ssl);
		int error = SSL_get_error(ssl, result);
		if (error == SSL_ERROR_NONE)
			return 0;
		if (error == SSL_ERROR_WANT_READ ||
			error == SSL_ERROR_WANT_WRITE) {
			ev_run(loop, EVRUN_ONCE);
			continue;
		}
		return ERR_GET_REASON(ERR_peek_error()) - SSL_AD_REASON_OFFSET;
	}
}

static void await_fetch(void)
{
	while (!fetches)
		ev_run(loop, EVRUN_ONCE);
}

static void check_success(SSL *ssl)
{
	const unsigned char *protocol;
	unsigned length;

	ck_assert_int_eq(shake(ssl), 0);
	SSL_get0_alpn_selected(ssl, &protocol, &length);
	ck_assert_uint_eq(length, strlen(ACME) - 1);
	ck_assert_mem_eq(protocol, &ACME[1], length);
	cleanup(x509) X509 *leaf = SSL_get1_peer_certificate(ssl);
	ck_assert_int_eq(X509_cmp(leaf, answer->certificate), 0);
	await_fetch();
	ck_assert_uint_eq(fetches, 1);
}

static const int VERSIONS[] = {TLS1_2_VERSION, TLS1_3_VERSION};

/* L02, L04: it is shaken to the end, and nothing follows. */
START_TEST(the_right_protocol_and_name_see_the_answer)
{
	char byte;
	SSL *ssl = client_new(ACME, NAME);

	SSL_set_max_proto_version(ssl, VERSIONS[_i]);
	check_success(ssl);
	int result = SSL_read(ssl, &byte, 1); /* it ends, and says so */
	while (SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ) {
		ev_run(loop, EVRUN_ONCE);
		result = SSL_read(ssl, &byte, 1);
	}
	ck_assert_int_eq(SSL_get_error(ssl, result), SSL_ERROR_ZERO_RETURN);
	client_free(ssl);
}
END_TEST

/* L03. */
START_TEST(the_name_may_come_in_any_case)
{
	SSL *ssl = client_new(ACME, "A.eXample");

	check_success(ssl);
	client_free(ssl);
}
END_TEST

static const struct {
	const char *protocols;
	const char *name;
	int alert;
} REFUSED[] = {
	{NULL, NAME, SSL_AD_NO_APPLICATION_PROTOCOL},
	{"\x02h2", NAME, SSL_AD_NO_APPLICATION_PROTOCOL},
	{"\x02h2" ACME, NAME, SSL_AD_NO_APPLICATION_PROTOCOL},
	{ACME "\x02h2", NAME, SSL_AD_NO_APPLICATION_PROTOCOL},
	{"\x0a"
	 "ACME-TLS/1",
		NAME, SSL_AD_NO_APPLICATION_PROTOCOL},
	{ACME, NULL, SSL_AD_UNRECOGNIZED_NAME},
	{ACME, "b.example", SSL_AD_UNRECOGNIZED_NAME},
	{ACME, "a.example.org", SSL_AD_UNRECOGNIZED_NAME},
	{NULL, NULL, SSL_AD_NO_APPLICATION_PROTOCOL},
};

/* L02, L03. */
START_TEST(all_others_get_an_alert_and_no_certificate)
{
	SSL *ssl = client_new(REFUSED[_i].protocols, REFUSED[_i].name);

	ck_assert_int_eq(shake(ssl), REFUSED[_i].alert);
	cleanup(x509) X509 *leaf = SSL_get1_peer_certificate(ssl);
	ck_assert_ptr_null(leaf);
	ck_assert_uint_eq(fetches, 0);
	client_free(ssl);
}
END_TEST

/* L04. */
START_TEST(an_old_version_is_refused)
{
	SSL *ssl = client_new(ACME, NAME);

	SSL_set_security_level(ssl, 0);
	SSL_set_min_proto_version(ssl, TLS1_1_VERSION);
	SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
	ck_assert_int_ne(shake(ssl), 0);
	ck_assert_uint_eq(fetches, 0);
	client_free(ssl);
}
END_TEST

/* L02. */
START_TEST(data_after_the_handshake_is_thrown_away)
{
	SSL *ssl = client_new(ACME, NAME);
	int fd = SSL_get_fd(ssl);

	check_success(ssl);
	SSL_write(ssl, "GET / HTTP/1.0\r\n\r\n", 18);
	shutdown(fd, SHUT_WR);
	while (!is_closed(fd))
		continue;
	ck_assert_uint_eq(fetches, 1);
	client_free(ssl);
}
END_TEST

/* L08: RSA comes first, as of a client that likes it better. */
START_TEST(the_answer_does_not_depend_on_the_keys_that_are_preferred)
{
	SSL *ssl = client_new(ACME, NAME);

	SSL_set1_sigalgs_list(
		ssl, "rsa_pss_rsae_sha256:RSA+SHA256:ECDSA+SHA256");
	check_success(ssl);
	client_free(ssl);
}
END_TEST

/* `count` records of 16 KiB of a handshake message that has `length` bytes. */
static void send_hello(int fd, size_t length, int count)
{
	unsigned char record[5 + 16384] = {22, 3, 1, 0x40, 0, 1};

	record[6] = (unsigned char)(length >> 16U);
	record[7] = (unsigned char)(length >> 8U);
	record[8] = (unsigned char)length;
	for (int i = 0; i < count; i++) {
		if (send(fd, record, sizeof(record), MSG_NOSIGNAL) < 0)
			return;
		ev_run(loop, EVRUN_NOWAIT);
	}
}

/* More than is taken, and more than OpenSSL itself would take. */
static const size_t LENGTHS[] = {120000, 16000000};

START_TEST(a_huge_hello_is_cut_short)
{
	int fd = dial();

	send_hello(fd, LENGTHS[_i], 2);
	while (!is_closed(fd))
		continue;
	close(fd);
	SSL *ssl = client_new(ACME, NAME);
	check_success(ssl);
	client_free(ssl);
}
END_TEST

START_TEST(what_is_no_tls_is_closed)
{
	static const char http[] = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
	int fd = dial();

	ck_assert_int_eq(
		send(fd, http, strlen(http), 0), (ssize_t)strlen(http));
	shutdown(fd, SHUT_WR);
	while (!is_closed(fd))
		continue;
	close(fd);
	ck_assert_uint_eq(fetches, 0);
}
END_TEST

/* Speaks through a pair of memory BIOs, so that the bytes can be split. */
static BIO *begin(SSL *ssl)
{
	BIO *out = BIO_new(BIO_s_mem());

	BIO_up_ref(out);
	SSL_set0_wbio(ssl, out);
	SSL_connect(ssl);
	return out;
}

START_TEST(a_hello_may_come_byte_by_byte)
{
	SSL *ssl = client_new(ACME, NAME);
	int fd = SSL_get_fd(ssl);
	BIO *network = SSL_get_rbio(ssl);
	char *bytes;

	BIO_up_ref(network);
	BIO *out = begin(ssl);
	long length = BIO_get_mem_data(out, &bytes);
	for (long i = 0; i < length; i++) {
		ck_assert_int_eq(send(fd, bytes + i, 1, 0), 1);
		ev_run(loop, EVRUN_NOWAIT);
	}
	SSL_set0_wbio(ssl, network);
	BIO_free(out);
	check_success(ssl);
	client_free(ssl);
}
END_TEST

/* Every byte of a good one in turn, and all behind it cut off in every other
 * case; whoever hangs up is forgotten. */
START_TEST(a_spoilt_hello_hurts_nobody)
{
	SSL *ssl = client_new(ACME, NAME);
	BIO *out = begin(ssl);
	char *bytes;
	long length = BIO_get_mem_data(out, &bytes);

	for (long i = 0; i < length; i++) {
		int fd = dial();
		bytes[i] = (char)(bytes[i] ^ (1 << i % 8));
		send(fd, bytes, (size_t)(i % 2 ? i + 1 : length), 0);
		shutdown(fd, SHUT_WR);
		bytes[i] = (char)(bytes[i] ^ (1 << i % 8));
		ev_run(loop, EVRUN_NOWAIT);
		close(fd);
	}
	ck_assert_uint_eq(fetches, 0);
	BIO_free(out);
	client_free(ssl);
	ssl = client_new(ACME, NAME);
	check_success(ssl);
	client_free(ssl);
}
END_TEST

START_TEST(of_too_many_half_open_ones_the_oldest_goes)
{
	int fds[RECEPTION_GUESTS + 8];
	size_t count = sizeof(fds) / sizeof(*fds);

	for (size_t i = 0; i < count; i++)
		fds[i] = dial();
	SSL *ssl = client_new(ACME, NAME);
	check_success(ssl);
	for (size_t i = 0; i < 9; i++)
		ck_assert(is_closed(fds[i]));
	ck_assert_uint_eq(
		reception_losses(alpn_responder_reception(responder)), 9);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	client_free(ssl);
}
END_TEST

START_TEST(half_a_handshake_does_not_wait_for_ever)
{
	int fd = dial();

	ck_assert_int_eq(send(fd, "\x16\x03\x01", 3, 0), 3);
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

static void set_short_deadline(void)
{
	deadline = 0.2;
	set_up();
}

int main(void)
{
	TCase *tests = tcase_create("alpn_responder");
	TCase *late = tcase_create("deadline");
	Suite *suite = suite_create("alpn_responder");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(
		tests, the_right_protocol_and_name_see_the_answer, 0, 2);
	tcase_add_test(tests, the_name_may_come_in_any_case);
	tcase_add_loop_test(tests, all_others_get_an_alert_and_no_certificate,
		0, sizeof(REFUSED) / sizeof(*REFUSED));
	tcase_add_test(tests, an_old_version_is_refused);
	tcase_add_test(tests, data_after_the_handshake_is_thrown_away);
	tcase_add_test(tests,
		the_answer_does_not_depend_on_the_keys_that_are_preferred);
	tcase_add_loop_test(tests, a_huge_hello_is_cut_short, 0, 2);
	tcase_add_test(tests, what_is_no_tls_is_closed);
	tcase_add_test(tests, a_hello_may_come_byte_by_byte);
	tcase_add_test(tests, a_spoilt_hello_hurts_nobody);
	tcase_add_test(tests, of_too_many_half_open_ones_the_oldest_goes);
	suite_add_tcase(suite, tests);
	tcase_add_checked_fixture(late, set_short_deadline, tear_down);
	tcase_add_test(late, half_a_handshake_does_not_wait_for_ever);
	suite_add_tcase(suite, late);
	return suite_run(suite);
}
