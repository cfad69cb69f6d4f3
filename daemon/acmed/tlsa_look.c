/* SPDX-License-Identifier: MIT */
#include "tlsa_look.h"

#include "config_endpoint.h"
#include "dns_lookup.h"
#include "mem.h"
#include "text.h"
#include "tlsa.h"
#include "verify_wish.h"

#include <openssl/pem.h>

struct tlsa_look {
	struct tlsa_look_wish wish;
	json_t *endpoints; /* owned */
	X509 *leaf; /* owned; NULL: it cannot be read */
	size_t next; /* endpoint */
	char *name; /* owned: that is looked up */
	struct dns_lookup *lookup; /* or NULL */
	ev_timer turn; /* of the next endpoint */
	enum finding_verdict verdict;
	struct error err;
};

void tlsa_look_cancel(struct tlsa_look *look)
{
	if (!look)
		return;
	dns_lookup_cancel(look->lookup);
	ev_timer_stop(look->wish.tools->loop, &look->turn);
	X509_free(look->leaf);
	json_decref(look->endpoints);
	free(look->name);
	free(look);
}

static void end(struct tlsa_look *look)
{
	struct tlsa_look_wish wish = look->wish;
	enum finding_verdict verdict = look->verdict;
	struct error err = look->err;

	tlsa_look_cancel(look);
	wish.on_end(wish.data, verdict, &err);
}

static void blame(struct tlsa_look *look)
{
	char value[TLSA_VALUE_SIZE] = "";

	tlsa_value(look->leaf, value);
	look->verdict = FINDING_BAD;
	fail_cause(&look->err, ERROR_LOCAL, "P11",
		"the TLSA records of '%.200s' do not cover the key that is "
		"served; publish '3 1 1 %s'",
		look->name, value);
}

static void on_answer(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct tlsa_look *look = data;
	struct tlsa_set set = {0};
	struct dns_record record;

	look->lookup = NULL;
	if (err)
		look->verdict = FINDING_UNKNOWN;
	while (answer && dns_answer_next(answer, TLSA_TYPE, &record))
		tlsa_add(&set, answer->reader.bytes + record.data,
			record.data_length);
	if (tlsa_shuts_out(&set, look->leaf)) {
		blame(look);
		end(look);
		return;
	}
	ev_timer_start(look->wish.tools->loop, &look->turn);
}

/* _25._tcp.mail.example.org; NULL for an address, which has no records. */
static char *name_of(const json_t *label)
{
	struct config_endpoint endpoint = {0};
	const char *text = json_string_value(label);
	char *name = NULL;

	if (!text || !config_endpoint_parse(text, &endpoint))
		return NULL;
	const char *host = verify_server_name(&endpoint);
	if (host)
		name = text_format("_%u._tcp.%s", endpoint.port, host);
	config_endpoint_clear(&endpoint);
	return name;
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct tlsa_look *look = timer->data;

	(void)loop;
	(void)events;
	free(take(look->name));
	while (!look->name && look->next < json_array_size(look->endpoints))
		look->name =
			name_of(json_array_get(look->endpoints, look->next++));
	if (look->name && look->leaf)
		look->lookup = dns_lookup_start(look->wish.tools, look->name,
			TLSA_TYPE, on_answer, look);
	else
		end(look);
}

static X509 *read_leaf(const char *path)
{
	BIO *file cleanup(bio) = BIO_new_file(path, "re");

	return file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
}

struct tlsa_look *tlsa_look_start(const struct tlsa_look_wish *wish)
{
	struct tlsa_look *look = mem_new(sizeof(*look));

	look->wish = *wish;
	look->endpoints = json_incref((json_t *)wish->endpoints);
	look->leaf = read_leaf(wish->leaf);
	look->verdict = look->leaf ? FINDING_GOOD : FINDING_UNKNOWN;
	ev_timer_init(&look->turn, on_turn, 0., 0.);
	look->turn.data = look;
	ev_timer_start(wish->tools->loop, &look->turn);
	return look;
}
