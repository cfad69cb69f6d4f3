/* SPDX-License-Identifier: MIT */
#include "fake_tls.h"

#include <arpa/inet.h>
#include <check.h>
#undef fail
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HUGE_CHAIN 1000

static SSL_CTX *make_context(const struct fake_tls *server, X509 *certificate)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	SSL_CTX_use_certificate(context, certificate);
	SSL_CTX_use_PrivateKey(context, server->key);
	if (server->manner == FAKE_TLS_HUGE)
		for (int i = 0; i < HUGE_CHAIN; i++)
			SSL_CTX_add1_chain_cert(context, certificate);
	if (server->manner == FAKE_TLS_ASKS_US)
		SSL_CTX_set_verify(context,
			SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			NULL);
	return context;
}

static bool is_new(const struct fake_tls *server, unsigned number)
{
	switch (server->manner) {
	case FAKE_TLS_OLD:
		return false;
	case FAKE_TLS_ALTERNATES:
		return number % 2;
	case FAKE_TLS_SWITCHES:
		return number >= server->switch_after;
	case FAKE_TLS_NEW:
	case FAKE_TLS_ASKS_US:
	case FAKE_TLS_GARBAGE:
	case FAKE_TLS_MUTE:
	case FAKE_TLS_HANGS_UP:
	case FAKE_TLS_HUGE:
		break;
	}
	return true;
}

static void shake(SSL_CTX *context, int connection)
{
	SSL *ssl = SSL_new(context);
	char byte;

	SSL_set_fd(ssl, connection);
	if (SSL_accept(ssl) == 1)
		SSL_read(ssl, &byte, 1);
	SSL_free(ssl);
	close(connection);
}

static void talk(const struct fake_tls *server, int peer)
{
	char heard[256];

	for (size_t i = 0; server->words && server->words[i]; i++) {
		size_t length = strlen(server->words[i]);
		if (i > 0 && read(peer, heard, sizeof(heard)) <= 0)
			return;
		if (write(peer, server->words[i], length) != (ssize_t)length)
			return;
	}
}

static void answer(const struct fake_tls *server, SSL_CTX *context, int peer)
{
	talk(server, peer);
	if (server->manner == FAKE_TLS_GARBAGE &&
		write(peer, "220 mail.example ESMTP\r\n", 24) != 24)
		abort();
	if (server->manner == FAKE_TLS_MUTE)
		return; /* and keep it open */
	if (server->manner == FAKE_TLS_GARBAGE ||
		server->manner == FAKE_TLS_HANGS_UP)
		close(peer);
	else
		shake(context, peer);
}

/* A worker that waits for its client must not hold up the next one. */
static void serve(const struct fake_tls *server, int listening)
{
	SSL_CTX *contexts[] = {
		make_context(server, server->old ? server->old : server->new),
		make_context(server, server->new),
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int peer = accept(listening, NULL, NULL);
		unsigned number = (*server->connections)++;
		answer(server, contexts[is_new(server, number)], peer);
	}
}

void fake_tls_start(struct fake_tls *server)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(listening, (void *)&address, length), 0);
	ck_assert_int_eq(listen(listening, 64), 0);
	getsockname(listening, (void *)&address, &length);
	server->port = ntohs(address.sin_port);
	server->connections = mmap(NULL, sizeof(*server->connections),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(server->connections, MAP_FAILED);
	server->pid = fork();
	if (server->pid == 0)
		serve(server, listening);
	close(listening);
}

void fake_tls_stop(struct fake_tls *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	munmap(server->connections, sizeof(*server->connections));
}
