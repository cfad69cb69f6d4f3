/* SPDX-License-Identifier: MIT */
#include "alpn_responder.h"

#include "mem.h"
#include "text.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#define HANDSHAKE_MAX 16384 /* bytes of theirs */
#define NAME_SIZE 256
#define NAME_AT 5 /* two lengths and a type before it */

/* "acme-tls/1" as ALPN has it; in the extension after the length of all. */
static const unsigned char OFFER[] = "\x00\x0b\x0a"
				     "acme-tls/1";
#define OFFER_LENGTH (sizeof(OFFER) - 1)
#define PROTOCOL_AT 3

struct session {
	struct guest guest;
	const struct alpn_responder *responder;
	SSL *ssl; /* owned */
	char name[NAME_SIZE]; /* of the answer that is shown */
};

struct alpn_responder {
	struct alpn_source source;
	SSL_CTX *context; /* owned */
	struct reception *reception; /* owned */
};

/* What the client says (RFC 8737 section 3). */

static bool offers_protocol(SSL *ssl)
{
	const unsigned char *bytes;
	size_t length;

	return SSL_client_hello_get0_ext(ssl,
		       TLSEXT_TYPE_application_layer_protocol_negotiation,
		       &bytes, &length) &&
		length == OFFER_LENGTH && memcmp(bytes, OFFER, length) == 0;
}

/* A list of names, of which there is one only (RFC 6066 section 3). */
static bool read_name(SSL *ssl, char name[static NAME_SIZE])
{
	const unsigned char *bytes;
	size_t length;

	if (!SSL_client_hello_get0_ext(
		    ssl, TLSEXT_TYPE_server_name, &bytes, &length) ||
		length <= NAME_AT || length - NAME_AT >= NAME_SIZE)
		return false;
	size_t said = (size_t)bytes[3] << 8U | bytes[4];
	if (bytes[2] != TLSEXT_NAMETYPE_host_name || said != length - NAME_AT ||
		memchr(bytes + NAME_AT, '\0', said))
		return false;
	memcpy(name, bytes + NAME_AT, said);
	name[said] = '\0';
	return true;
}

static bool show(SSL *ssl, const struct alpn_answer *answer)
{
	return SSL_use_certificate(ssl, answer->certificate) == 1 &&
		SSL_use_PrivateKey(ssl, answer->key) == 1;
}

static int on_hello(SSL *ssl, int *alert, void *data)
{
	const struct alpn_source *source = data;
	struct session *session = SSL_get_app_data(ssl);
	const struct alpn_answer *answer = NULL;

	*alert = SSL_AD_NO_APPLICATION_PROTOCOL;
	if (!offers_protocol(ssl))
		return SSL_CLIENT_HELLO_ERROR;
	*alert = SSL_AD_UNRECOGNIZED_NAME;
	if (read_name(ssl, session->name))
		answer = source->find(source->data, session->name);
	if (!answer)
		return SSL_CLIENT_HELLO_ERROR;
	*alert = SSL_AD_INTERNAL_ERROR;
	return show(ssl, answer) ? SSL_CLIENT_HELLO_SUCCESS
				 : SSL_CLIENT_HELLO_ERROR;
}

static int on_protocol(SSL *ssl, const unsigned char **out,
	unsigned char *out_length, const unsigned char *offered,
	unsigned offered_length, void *data)
{
	(void)ssl;
	(void)offered;
	(void)offered_length;
	(void)data;
	*out = OFFER + PROTOCOL_AT;
	*out_length = OFFER_LENGTH - PROTOCOL_AT;
	return SSL_TLSEXT_ERR_OK;
}

/* Sessions. */

static void finish(struct session *session)
{
	const struct alpn_source *source = &session->responder->source;

	SSL_shutdown(session->ssl);
	guest_linger(&session->guest);
	source->on_fetch(source->data, session->name);
}

/* What a handshake needs is much less: they may go. */
static bool says_too_much(const struct session *session)
{
	return BIO_number_read(SSL_get_rbio(session->ssl)) > HANDSHAKE_MAX;
}

static void on_ready(struct guest *guest)
{
	struct session *session = (struct session *)guest;

	ERR_clear_error();
	int result = SSL_accept(session->ssl);
	switch (SSL_get_error(session->ssl, result)) {
	case SSL_ERROR_NONE:
		finish(session);
		break;
	case SSL_ERROR_WANT_READ:
		if (says_too_much(session))
			guest_close(guest);
		else
			guest_await(guest, EV_READ);
		break;
	case SSL_ERROR_WANT_WRITE:
		guest_await(guest, EV_WRITE);
		break;
	default:
		guest_linger(guest); /* they may hear the alert */
	}
	ERR_clear_error();
}

static void on_open(struct guest *guest, void *data)
{
	struct session *session = (struct session *)guest;
	const struct alpn_responder *responder = data;

	session->responder = responder;
	session->ssl = SSL_new(responder->context);
	if (!session->ssl || !SSL_set_fd(session->ssl, guest->io.fd)) {
		guest_close(guest);
		return;
	}
	SSL_set_app_data(session->ssl, session);
	SSL_set_accept_state(session->ssl);
}

static void on_close(struct guest *guest)
{
	struct session *session = (struct session *)guest;

	SSL_free(session->ssl);
}

static SSL_CTX *make_context(struct alpn_source *source)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context)
		abort();
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(
		context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_client_hello_cb(context, on_hello, source);
	SSL_CTX_set_alpn_select_cb(context, on_protocol, NULL);
	return context;
}

struct alpn_responder *alpn_responder_new(
	struct ev_loop *loop, const struct alpn_source *source)
{
	struct alpn_responder *responder = mem_new(sizeof(*responder));
	const struct reception_host host = {
		.size = sizeof(struct session),
		.on_open = on_open,
		.on_ready = on_ready,
		.on_close = on_close,
		.data = responder,
		.deadline = source->deadline,
	};

	responder->source = *source;
	responder->context = make_context(&responder->source);
	responder->reception = reception_new(loop, &host);
	return responder;
}

void alpn_responder_free(struct alpn_responder *responder)
{
	if (!responder)
		return;
	reception_free(responder->reception);
	SSL_CTX_free(responder->context);
	free(responder);
}

struct reception *alpn_responder_reception(struct alpn_responder *responder)
{
	return responder->reception;
}
