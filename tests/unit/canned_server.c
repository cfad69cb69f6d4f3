/* SPDX-License-Identifier: MIT */
#include "canned_server.h"

#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DAY 86400L

struct canned_peer {
	struct canned_server *server;
	int socket;
	SSL *tls; /* NULL: plain */
	unsigned number;
	unsigned requests;
};

static X509 *make_certificate(const char *name, EVP_PKEY *key, X509 *issuer,
	EVP_PKEY *issuer_key, const char *alternatives)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);
	X509V3_CTX context;

	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * DAY);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 10 * DAY);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
		(const unsigned char *)name, -1, -1, 0);
	if (!issuer)
		issuer = certificate;
	X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
	X509_set_pubkey(certificate, key);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context,
		alternatives ? NID_subject_alt_name : NID_basic_constraints,
		alternatives ? alternatives : "critical,CA:TRUE");
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	ck_assert_int_gt(X509_sign(certificate, issuer_key, EVP_sha256()), 0);
	return certificate;
}

static void write_trust(struct canned_server *server, X509 *ca)
{
	snprintf(server->trust_file, sizeof(server->trust_file),
		"/tmp/acmed-unit-trust-XXXXXX");
	int file = mkstemp(server->trust_file);
	ck_assert_int_ge(file, 0);
	FILE *stream = fdopen(file, "w");
	PEM_write_X509(stream, ca);
	fclose(stream);
}

static void shift(X509 *certificate, EVP_PKEY *key, long days)
{
	X509_gmtime_adj(X509_getm_notBefore(certificate), (days - 1) * DAY);
	X509_gmtime_adj(X509_getm_notAfter(certificate), (days + 1) * DAY);
	X509_sign(certificate, key, EVP_sha256());
}

static void make_tls(struct canned_server *server)
{
	cleanup(pkey) EVP_PKEY *ca_key = EVP_EC_gen("P-256");
	cleanup(pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
	cleanup(x509) X509 *ca =
		make_certificate("canned CA", ca_key, NULL, ca_key, NULL);
	cleanup(x509) X509 *stranger =
		make_certificate("strange CA", ca_key, NULL, ca_key, NULL);
	cleanup(x509) X509 *leaf = make_certificate("canned server", key,
		server->certificate == CANNED_STRANGER ? stranger : ca, ca_key,
		server->certificate == CANNED_OTHER_NAME
			? "DNS:other.example"
			: "DNS:localhost,IP:127.0.0.1");

	if (server->certificate == CANNED_EXPIRED)
		shift(leaf, ca_key, -5);
	if (server->certificate == CANNED_FUTURE)
		shift(leaf, ca_key, 5);
	write_trust(server, ca);
	server->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(server->tls, leaf);
	SSL_CTX_use_PrivateKey(server->tls, key);
}

static int listen_on_loopback(int backlog, uint16_t *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(listening, (void *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listening, backlog), 0);
	getsockname(listening, (void *)&address, &length);
	*port = ntohs(address.sin_port);
	return listening;
}

static ssize_t read_some(struct canned_peer *peer, char *bytes, size_t size)
{
	if (peer->tls)
		return SSL_read(peer->tls, bytes, (int)size);
	return recv(peer->socket, bytes, size, 0);
}

/* Reads until the body is there: its start, or NULL at the end. */
static char *read_request(struct canned_peer *peer, char *bytes, size_t size)
{
	size_t have = 0;

	while (have + 1 < size) {
		ssize_t got = read_some(peer, bytes + have, size - have - 1);
		if (got <= 0)
			return NULL;
		have += (size_t)got;
		bytes[have] = '\0';
		char *body = strstr(bytes, "\r\n\r\n");
		if (!body)
			continue;
		const char *length = strcasestr(bytes, "Content-Length: ");
		size_t wanted = length && length < body
			? strtoul(length + 16, NULL, 10)
			: 0;
		if (strlen(body + 4) >= wanted)
			return body + 4;
	}
	return NULL;
}

static bool answer_one(struct canned_peer *peer)
{
	static _Thread_local char bytes[256 * 1024];
	struct canned_server *server = peer->server;
	char *body = read_request(peer, bytes, sizeof(bytes));
	char *rest;

	if (!body)
		return false;
	body[-2] = '\0';
	struct canned_request request = {
		.method = strtok_r(bytes, " ", &rest),
		.path = strtok_r(NULL, " ", &rest),
		.headers = strchr(rest, '\n') + 1,
		.body = body,
		.connection = peer->number,
		.on_connection = ++peer->requests,
	};
	pthread_mutex_lock(&server->lock);
	request.number = ++server->shared->requests;
	bool goes_on = server->answer(peer, &request, server->data);
	pthread_mutex_unlock(&server->lock);
	return goes_on;
}

static void talk(struct canned_peer *peer)
{
	char byte;

	if (peer->server->manner == CANNED_SPEAKS_FIRST)
		canned_printf(peer, "HTTP/1.1 400 Bad Request\r\n\r\n");
	if (peer->server->manner == CANNED_MUTE)
		while (recv(peer->socket, &byte, 1, 0) > 0)
			continue;
	if (peer->server->manner == CANNED_MUTE)
		return;
	if (peer->tls && SSL_accept(peer->tls) != 1)
		return;
	while (answer_one(peer))
		continue;
	if (peer->tls)
		SSL_shutdown(peer->tls);
}

static void *serve(void *data)
{
	struct canned_peer *peer = data;
	struct canned_server *server = peer->server;
	const struct linger reset = {.l_onoff = 1};

	if (server->manner == CANNED_RESET)
		setsockopt(peer->socket, SOL_SOCKET, SO_LINGER, &reset,
			sizeof(reset));
	else
		talk(peer);
	SSL_free(peer->tls);
	close(peer->socket);
	free(peer);
	return NULL;
}

static void accept_all(struct canned_server *server)
{
	int socket;

	while ((socket = accept(server->listening, NULL, NULL)) >= 0) {
		struct canned_peer *peer = mem_new(sizeof(*peer));
		pthread_t thread;
		peer->server = server;
		peer->socket = socket;
		peer->number = ++server->shared->connections;
		if (server->manner == CANNED_TLS) {
			peer->tls = SSL_new(server->tls);
			SSL_set_fd(peer->tls, socket);
		}
		pthread_create(&thread, NULL, serve, peer);
		pthread_detach(thread);
	}
}

void canned_start(struct canned_server *server)
{
	pthread_mutex_init(&server->lock, NULL);
	server->shared = mmap(NULL, sizeof(*server->shared),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(server->shared, MAP_FAILED);
	make_tls(server);
	server->listening = listen_on_loopback(64, &server->port);
	snprintf(server->url, sizeof(server->url), "https://127.0.0.1:%u",
		server->port);
	server->process = fork();
	ck_assert_int_ge(server->process, 0);
	if (server->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		accept_all(server);
		_exit(0);
	}
	close(server->listening);
}

void canned_stop(struct canned_server *server)
{
	kill(server->process, SIGKILL);
	waitpid(server->process, NULL, 0);
	munmap(server->shared, sizeof(*server->shared));
	SSL_CTX_free(server->tls);
	unlink(server->trust_file);
}

void canned_write(struct canned_peer *peer, const void *bytes, size_t length)
{
	if (peer->tls)
		SSL_write(peer->tls, bytes, (int)length);
	else
		send(peer->socket, bytes, length, MSG_NOSIGNAL);
}

void canned_printf(struct canned_peer *peer, const char *format, ...)
{
	va_list arguments;
	char *bytes;

	va_start(arguments, format);
	int length = vasprintf(&bytes, format, arguments);
	va_end(arguments);
	ck_assert_int_ge(length, 0);
	canned_write(peer, bytes, (size_t)length);
	free(bytes);
}

void canned_reply(struct canned_peer *peer, int status, const char *headers,
	const char *body)
{
	canned_printf(peer,
		"HTTP/1.1 %d Whatever\r\n%sContent-Length: %zu\r\n"
		"\r\n%s",
		status, headers, strlen(body), body);
}

void canned_sleep(struct canned_peer *peer, unsigned milliseconds)
{
	const struct timespec wait = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000,
	};

	pthread_mutex_unlock(&peer->server->lock);
	nanosleep(&wait, NULL);
	pthread_mutex_lock(&peer->server->lock);
}

uint16_t canned_black_hole(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	uint16_t port;
	struct pollfd full = {
		.fd = listen_on_loopback(0, &port), .events = POLLIN};
	int filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons(port);
	ck_assert_int_eq(connect(filler, (void *)&address, sizeof(address)), 0);
	ck_assert_int_eq(poll(&full, 1, -1), 1);
	return port;
}
