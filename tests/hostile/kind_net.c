/* SPDX-License-Identifier: MIT */

/*
 * Name servers, and strangers at the challenge port.
 */

#include "caa.h"
#include "dns_answer.h"
#include "http01.h"
#include "kind.h"
#include "mem.h"

/* The answer to "TXT a.example?": which texts it has. */
bool hostile_dns(struct text *seen, const char *bytes, size_t length)
{
	struct dns_question question = {
		.id = 0x1234, .type = DNS_TYPE_TXT, .name = "a.example"};
	struct dns_answer answer;
	struct dns_record record;
	char text[256];

	if (!dns_answer_open(&answer, (const unsigned char *)bytes, length,
		    &question, NULL) ||
		!dns_answer_check(&answer, &question, NULL))
		return false;
	while (dns_answer_next(&answer, DNS_TYPE_TXT, &record))
		if (dns_answer_text(&answer, &record, text, sizeof(text)))
			text_addf(seen, "[%s]", text);
	if (!seen->length)
		text_add(seen, "none");
	return true;
}

/* One CAA record: may "ca.example" issue? */
bool hostile_caa(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *issuers = json_pack("[s]", "ca.example");
	struct caa_wish wish = {.issuers = issuers,
		.account = "https://ca.example/account/1",
		.method = "http-01"};
	struct caa_set *set = mem_new(sizeof(*set));

	caa_add(set, (const unsigned char *)bytes, length);
	bool is_allowed = caa_allows(set, &wish, "a.example", NULL);
	free(set);
	text_add(seen, "taken");
	return is_allowed;
}

/* The status of the reply; "0" while the end has not come. */
bool hostile_http01(struct text *seen, const char *bytes, size_t length)
{
	struct http01_request request = {0};
	size_t used = http01_read(bytes, length, &request);

	text_addf(seen, "%d", used ? (int)request.status : 0);
	return true;
}
