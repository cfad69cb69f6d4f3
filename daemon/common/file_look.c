/* SPDX-License-Identifier: MIT */
#include "file_look.h"

#include "duration.h"
#include "mem.h"
#include "paths.h"
#include "text.h"
#include "timestamp.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINK_MAX_BYTES 300
#define OTHERS (S_IRWXG | S_IRWXO)

struct look {
	const char *name;
	const struct config_certificate *certificate; /* or NULL */
	const struct finding_listener *listener;
	char *folder; /* owned: live/NAME */
	STACK_OF(X509) * chain; /* owned; or NULL */
	struct certificate_facts facts;
	enum finding_verdict verdict;
};

static const char *const CHECKS[] = {"link", "chain", "expiry", "key", "modes"};

bool file_look_has(const char *check)
{
	for (size_t i = 0; i < sizeof(CHECKS) / sizeof(*CHECKS); i++)
		if (streq(CHECKS[i], check))
			return true;
	return false;
}

static void good(struct look *look, const char *check, const char *text)
{
	look->verdict = finding_join(look->verdict, FINDING_GOOD);
	finding_good(look->listener, check, look->name, "%s", text);
}

static void unwell(struct look *look, const char *check,
	enum finding_verdict verdict, const struct error *err)
{
	look->verdict = finding_join(look->verdict, verdict);
	finding_error(look->listener, check, look->name, verdict, err);
}

static char *path_of(const struct look *look, const char *file)
{
	return mem_format("%s/%s", look->folder, file);
}

/* A whole file, or NULL with errno. */
static char *read_file(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	cleanup(string) char *bytes = mem_new(CHAIN_MAX_BYTES + 1);

	if (fd < 0)
		return NULL;
	ssize_t got = read(fd, bytes, CHAIN_MAX_BYTES);
	int number = errno;
	close(fd);
	errno = number;
	*length = got < 0 ? 0 : (size_t)got;
	return got < 0 ? NULL : take(bytes);
}

/* What is not there was taken away: acmed writes all of them (L7). */
static bool fail_file(struct error *err, int number, const char *path)
{
	if (number == ENOENT)
		return fail_cause(err, ERROR_LOCAL, "L7", "'%s' is gone", path);
	return fail_errno(err, number, "'%s'", path);
}

/* The link: where does live/NAME lead? */

static bool check_link(const struct look *look, char *target, struct error *err)
{
	struct stat status;

	if (lstat(look->folder, &status) < 0)
		return fail_file(err, errno, look->folder);
	if (!S_ISLNK(status.st_mode))
		return fail_cause(err, ERROR_LOCAL, "L7", "'%s' is no link",
			look->folder);
	ssize_t length = readlink(look->folder, target, LINK_MAX_BYTES - 1);
	if (length < 0)
		return fail_errno(err, errno, "'%s'", look->folder);
	target[length] = '\0';
	if (!text_starts_with(target, "../archive/"))
		return fail_cause(err, ERROR_LOCAL, "L7",
			"'%s' leads to '%.100s', not below archive/",
			look->folder, target);
	return stat(look->folder, &status) == 0 ||
		fail_file(err, errno, target);
}

static bool look_at_link(struct look *look)
{
	char target[LINK_MAX_BYTES];
	char text[LINK_MAX_BYTES + 128];
	struct error err;

	if (!check_link(look, target, &err)) {
		unwell(look, "link", FINDING_BAD, &err);
		return false;
	}
	snprintf(text, sizeof(text), "live/%.100s leads to %s", look->name,
		target);
	good(look, "link", text);
	return true;
}

/* The chain: does it parse, is it ours, does each sign the one before? */

static bool read_chain(struct look *look, struct error *err)
{
	cleanup(string) char *path = path_of(look, "fullchain.pem");
	size_t length = 0;
	cleanup(string) char *pem = read_file(path, &length);

	if (!pem)
		return fail_file(err, errno, path);
	look->chain = certificate_chain_parse(pem, length, err);
	if (!look->chain ||
		!certificate_read_facts(
			sk_X509_value(look->chain, 0), &look->facts, err)) {
		struct error failed = *err;
		return fail_cause(
			err, ERROR_LOCAL, "L2", "'%s': %s", path, failed.text);
	}
	return true;
}

static bool is_alive(const struct look *look)
{
	return look->facts.not_after > time(NULL);
}

static bool check_chain(const struct look *look, struct error *err)
{
	struct certificate_wish wish = {.now = time(NULL)};

	if (look->certificate) {
		wish.identifiers = look->certificate->identifiers;
		wish.identifier_count = look->certificate->identifier_count;
	}
	return certificate_is_placeholder(&look->facts) || !is_alive(look) ||
		certificate_check(look->chain, &wish, err);
}

static void look_at_chain(struct look *look)
{
	char text[400];
	struct error err;

	if (!read_chain(look, &err) || !check_chain(look, &err)) {
		unwell(look, "chain", FINDING_BAD, &err);
		return;
	}
	snprintf(text, sizeof(text), "serial %s, by %.200s, %d certificates",
		look->facts.serial, look->facts.issuer,
		sk_X509_num(look->chain));
	good(look, "chain", text);
}

/* How long is it valid? */

static bool check_expiry(const struct look *look, int64_t left,
	const char *words, struct error *err)
{
	const struct certificate_facts *facts = &look->facts;

	if (certificate_is_placeholder(facts))
		return fail(err, ERROR_REFUSED,
			"it is a placeholder: no CA has issued it yet");
	if (left <= 0)
		return fail(err, ERROR_REFUSED, "expired, %s", words);
	if (!look->certificate ||
		renewal_warn_time(&look->certificate->policy, facts->not_before,
			facts->not_after) > time(NULL))
		return true;
	return fail(err, ERROR_REFUSED,
		"should have been renewed by now: expires %s", words);
}

static void look_at_expiry(struct look *look)
{
	int64_t left = look->facts.not_after - time(NULL);
	char date[TIMESTAMP_SIZE], wait[DURATION_SIZE], text[128];
	struct error err;

	timestamp_format(look->facts.not_after, date);
	duration_format(left < 0 ? -left : left, wait);
	snprintf(text, sizeof(text), "%s, %s%s", date, wait,
		left < 0 ? " ago" : " left");
	if (!check_expiry(look, left, text, &err)) {
		unwell(look, "expiry", FINDING_BAD, &err);
		return;
	}
	snprintf(text, sizeof(text), "valid until %s, %s left", date, wait);
	good(look, "expiry", text);
}

enum finding_verdict file_look_expiry(const char *name,
	const struct config_certificate *certificate,
	const struct certificate_facts *facts,
	const struct finding_listener *listener)
{
	struct look look = {
		.name = name,
		.certificate = certificate,
		.listener = listener,
		.facts = *facts,
		.verdict = FINDING_UNKNOWN,
	};

	look_at_expiry(&look);
	return look.verdict;
}

/* The key: is it the one of the chain? */

static bool check_key(const struct look *look, const char *path,
	const char *pem, size_t length, struct error *err)
{
	cleanup(bio) BIO *bio = BIO_new_mem_buf(pem, (int)length);
	cleanup(pkey) EVP_PKEY *key =
		bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	if (!key)
		return fail_cause(err, ERROR_LOCAL, "L2",
			"there is no private key in '%s'", path);
	return X509_check_private_key(sk_X509_value(look->chain, 0), key) ||
		fail_cause(err, ERROR_LOCAL, "L6",
			"'%s' is not the key of the certificate beside it",
			path);
}

/* With CSR= it is elsewhere, and no file here has it. */
static bool has_key(const struct look *look)
{
	cleanup(string) char *path = path_of(look, "privkey.pem");

	return !look->certificate || !look->certificate->csr_file ||
		access(path, F_OK) == 0;
}

/* Whose it is cannot be told from whom it is kept. */
static bool is_of_another(const struct look *look)
{
	struct stat status;

	return geteuid() != 0 && stat(look->folder, &status) == 0 &&
		status.st_uid != geteuid();
}

static void look_at_key(struct look *look)
{
	cleanup(string) char *path = path_of(look, "privkey.pem");
	size_t length = 0;
	cleanup(string) char *pem = read_file(path, &length);
	int number = errno;
	struct error err;

	if (!pem && number == EACCES && is_of_another(look)) {
		fail(&err, ERROR_LOCAL, "only root can see whether it fits");
		unwell(look, "key", FINDING_UNKNOWN, &err);
	} else if (!pem) {
		fail_file(&err, number, path);
		unwell(look, "key", FINDING_BAD, &err);
	} else if (!check_key(look, path, pem, length, &err))
		unwell(look, "key", FINDING_BAD, &err);
	else
		good(look, "key", "fits the certificate");
	OPENSSL_cleanse(pem, pem ? length : 0);
}

/* Modes: keys are for nobody else, the rest is for everybody. */

static bool check_mode(const struct look *look, const char *file,
	mode_t forbidden, mode_t needed, struct error *err)
{
	cleanup(string) char *path = path_of(look, file);
	struct stat status;

	if (forbidden == OTHERS && !has_key(look))
		return true;
	if (stat(path, &status) < 0)
		return fail_file(err, errno, path);
	if (status.st_mode & forbidden)
		return fail_cause(err, ERROR_LOCAL, "P7",
			"'%s' has mode %04o: others may touch it", path,
			status.st_mode & 07777);
	return (status.st_mode & needed) == needed ||
		fail_cause(err, ERROR_LOCAL, "L4",
			"'%s' has mode %04o: servers cannot read it", path,
			status.st_mode & 07777);
}

static void look_at_modes(struct look *look)
{
	static const struct {
		const char *file;
		mode_t forbidden;
		mode_t needed;
	} FILES[] = {
		{".", S_IWGRP | S_IWOTH, S_IXOTH},
		{"privkey.pem", OTHERS, 0},
		{"combined.pem", OTHERS, 0},
		{"cert.pem", S_IWGRP | S_IWOTH, S_IROTH},
		{"chain.pem", S_IWGRP | S_IWOTH, S_IROTH},
		{"fullchain.pem", S_IWGRP | S_IWOTH, S_IROTH},
	};
	struct error err;

	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++)
		if (!check_mode(look, FILES[i].file, FILES[i].forbidden,
			    FILES[i].needed, &err)) {
			unwell(look, "modes", FINDING_BAD, &err);
			return;
		}
	good(look, "modes", "keys are private, chains are not");
}

enum finding_verdict file_look(const char *name,
	const struct config_certificate *certificate,
	const struct finding_listener *listener)
{
	struct look look = {
		.name = name,
		.certificate = certificate,
		.listener = listener,
		.folder = mem_format("%s/live/%s", paths_state(), name),
		.verdict = FINDING_UNKNOWN,
	};

	if (look_at_link(&look)) {
		look_at_chain(&look);
		if (look.facts.not_after)
			look_at_expiry(&look);
		if (look.chain && has_key(&look))
			look_at_key(&look);
		look_at_modes(&look);
	}
	certificate_chain_free(look.chain);
	certificate_facts_clear(&look.facts);
	free(look.folder);
	return look.verdict;
}
