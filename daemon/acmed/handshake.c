/* SPDX-License-Identifier: MIT */
#include "handshake.h"

#include "certificate.h"
#include "dial.h"
#include "mem.h"
#include "offer.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reason codes of alerts that the other side sent (ssl_err.c). */
#define FIRST_ALERT SSL_AD_REASON_OFFSET

#define FAREWELL 1.0 /* seconds */

struct handshake {
	struct ev_loop *loop; /* borrowed */
	int socket; /* owned, -1: none */
	bool is_connected;
	struct starttls talk;
	bool is_leaving; /* the certificate is seen */
	SSL *ssl; /* owned */
	STACK_OF(X509) * chain; /* owned; as soon as it was shown */
	double deadline; /* seconds */
	ev_io io;
	ev_timer timer;
	struct error err; /* of the start, delivered by the timer */
	void (*on_chain)(void *data, STACK_OF(X509) * chain);
	void (*on_end)(void *data, X509 *leaf, const struct error *err);
	void *data; /* borrowed */
};

static void release(struct handshake *handshake)
{
	ev_io_stop(handshake->loop, &handshake->io);
	ev_timer_stop(handshake->loop, &handshake->timer);
	SSL_free(handshake->ssl);
	certificate_chain_free(handshake->chain);
	if (handshake->socket >= 0)
		close(handshake->socket);
	ERR_clear_error();
	free(handshake);
}

static void end(struct handshake *handshake, const struct error *err)
{
	void *data = handshake->data;
	void (*on_end)(void *, X509 *, const struct error *) =
		handshake->on_end;
	void (*on_chain)(void *, STACK_OF(X509) *) = handshake->on_chain;
	cleanup(chain) STACK_OF(X509) *chain = take(handshake->chain);

	release(handshake);
	if (!err && on_chain && chain)
		on_chain(data, chain);
	on_end(data, err ? NULL : sk_X509_value(chain, 0), err);
}

static void end_errno(struct handshake *handshake, int number)
{
	struct error err;

	fail(&err, ERROR_TRANSIENT, "%s", strerror(number));
	end(handshake, &err);
}

static void wait_for(struct handshake *handshake, int events)
{
	if (handshake->io.events == events && ev_is_active(&handshake->io))
		return;
	ev_io_stop(handshake->loop, &handshake->io);
	ev_io_set(&handshake->io, handshake->socket, events);
	ev_io_start(handshake->loop, &handshake->io);
}

/* A server that asks for a certificate of ours ends with an alert; by then
 * it has shown its own and signed with its key. */
static void refuse(struct handshake *handshake)
{
	unsigned long error = ERR_peek_error();
	const char *reason = ERR_reason_error_string(error);
	struct error err;

	if (handshake->chain && ERR_GET_LIB(error) == ERR_LIB_SSL &&
		ERR_GET_REASON(error) >= FIRST_ALERT) {
		end(handshake, NULL);
		return;
	}
	fail(&err, ERROR_REFUSED, "the TLS handshake failed: %s",
		reason ? reason : "the connection was closed");
	end(handshake, &err);
}

/* Waits for the server's last word, or its silence. */
static void leave(struct handshake *handshake)
{
	char byte;

	ERR_clear_error();
	int result = SSL_read(handshake->ssl, &byte, 1);
	if (SSL_get_error(handshake->ssl, result) == SSL_ERROR_WANT_READ) {
		wait_for(handshake, EV_READ);
		return;
	}
	if (result == 1)
		SSL_shutdown(handshake->ssl);
	end(handshake, NULL);
}

static void say_farewell(struct handshake *handshake)
{
	size_t length;
	const void *farewell =
		starttls_farewell(handshake->talk.protocol, &length);

	if (!farewell ||
		SSL_write(handshake->ssl, farewell, (int)length) <= 0) {
		SSL_shutdown(handshake->ssl);
		end(handshake, NULL);
		return;
	}
	handshake->is_leaving = true;
	ev_timer_stop(handshake->loop, &handshake->timer);
	ev_timer_set(&handshake->timer, FAREWELL, 0.);
	ev_timer_start(handshake->loop, &handshake->timer);
	leave(handshake);
}

static void shake(struct handshake *handshake)
{
	ERR_clear_error();
	int result = SSL_connect(handshake->ssl);
	switch (SSL_get_error(handshake->ssl, result)) {
	case SSL_ERROR_NONE:
		say_farewell(handshake);
		return;
	case SSL_ERROR_WANT_READ:
		wait_for(handshake, EV_READ);
		return;
	case SSL_ERROR_WANT_WRITE:
		wait_for(handshake, EV_WRITE);
		return;
	default:
		refuse(handshake);
	}
}

/* What comes before TLS. */

static bool send_output(struct handshake *handshake)
{
	size_t length;
	const void *output = starttls_take_output(&handshake->talk, &length);

	return !output ||
		send(handshake->socket, output, length, MSG_NOSIGNAL) ==
		(ssize_t)length;
}

static bool receive(struct handshake *handshake, struct error *err)
{
	char bytes[512];
	ssize_t length = recv(handshake->socket, bytes, sizeof(bytes), 0);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (length < 0)
		return fail(err, ERROR_TRANSIENT, "%s", strerror(errno));
	if (length == 0)
		return fail(err, ERROR_REFUSED,
			"the connection was closed before TLS");
	return starttls_read(&handshake->talk, bytes, (size_t)length, err);
}

static void converse(struct handshake *handshake)
{
	struct error err;

	if (!receive(handshake, &err)) {
		end(handshake, &err);
		return;
	}
	if (!send_output(handshake))
		end_errno(handshake, errno);
	else if (starttls_is_ready(&handshake->talk))
		shake(handshake);
	else
		wait_for(handshake, EV_READ);
}

static void begin(struct handshake *handshake)
{
	handshake->is_connected = true;
	if (starttls_is_ready(&handshake->talk))
		shake(handshake);
	else if (send_output(handshake))
		wait_for(handshake, EV_READ);
	else
		end_errno(handshake, errno);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct handshake *handshake = io->data;
	int number = 0;
	socklen_t size = sizeof(number);

	(void)loop;
	(void)events;
	if (!handshake->is_connected)
		getsockopt(handshake->socket, SOL_SOCKET, SO_ERROR, &number,
			&size);
	if (number)
		end_errno(handshake, number);
	else if (!handshake->is_connected)
		begin(handshake);
	else if (!starttls_is_ready(&handshake->talk))
		converse(handshake);
	else if (handshake->is_leaving)
		leave(handshake);
	else
		shake(handshake);
}

static const char *awaited(const struct handshake *handshake)
{
	if (!handshake->is_connected)
		return "no connection";
	return starttls_is_ready(&handshake->talk)
		? "no end of the TLS handshake"
		: "no answer to the wish for TLS";
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct handshake *handshake = timer->data;

	(void)loop;
	(void)events;
	if (handshake->is_leaving) {
		end(handshake, NULL);
		return;
	}
	if (handshake->err.kind == ERROR_NONE)
		fail(&handshake->err, ERROR_TRANSIENT, "%s within %g s",
			awaited(handshake), handshake->deadline);
	struct error err = handshake->err;
	end(handshake, &err);
}

/* In place of OpenSSL's verification: keeps the chain, says that all is
 * well. */
static int on_certificate(X509_STORE_CTX *store, void *data)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
		store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct handshake *handshake = SSL_get_app_data(ssl);

	(void)data;
	if (!handshake->chain)
		handshake->chain =
			X509_chain_up_ref(X509_STORE_CTX_get0_untrusted(store));
	return 1;
}

static bool open_tls(
	struct handshake *handshake, const struct handshake_wish *wish)
{
	handshake->ssl = SSL_new(wish->context);
	if (!handshake->ssl || !SSL_set_fd(handshake->ssl, handshake->socket))
		return fail_memory(&handshake->err);
	if (wish->sni && !SSL_set_tlsext_host_name(handshake->ssl, wish->sni))
		return fail(&handshake->err, ERROR_TRANSIENT,
			"'%s' is no server name", wish->sni);
	if (wish->key_type && !offer_key(handshake->ssl, wish->key_type))
		return fail_memory(&handshake->err);
	if (wish->protocol && !offer_protocol(handshake->ssl, wish->protocol))
		return fail_memory(&handshake->err);
	SSL_set_app_data(handshake->ssl, handshake);
	return true;
}

SSL_CTX *handshake_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (!context)
		abort();
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	/* What is weak is still to be seen. */
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(context, on_certificate, NULL);
	SSL_CTX_set_max_cert_list(context, CHAIN_MAX_BYTES);
	return context;
}

struct handshake *handshake_start(
	struct ev_loop *loop, const struct handshake_wish *wish)
{
	struct handshake *handshake = mem_new(sizeof(*handshake));

	handshake->loop = loop;
	handshake->deadline = wish->deadline;
	handshake->on_chain = wish->on_chain;
	handshake->on_end = wish->on_end;
	handshake->data = wish->data;
	starttls_start(&handshake->talk, wish->starttls);
	ev_init(&handshake->io, on_io);
	/* What came in time counts, also when both are seen at once. */
	ev_set_priority(&handshake->io, 1);
	handshake->io.data = handshake;
	handshake->socket = dial(wish->address, wish->port, &handshake->err);
	bool is_open = handshake->socket >= 0 && open_tls(handshake, wish);
	ev_timer_init(
		&handshake->timer, on_timer, is_open ? wish->deadline : 0., 0.);
	handshake->timer.data = handshake;
	ev_timer_start(loop, &handshake->timer);
	if (is_open)
		wait_for(handshake, EV_WRITE);
	return handshake;
}

void handshake_cancel(struct handshake *handshake)
{
	if (handshake)
		release(handshake);
}
