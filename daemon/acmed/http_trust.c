/* SPDX-License-Identifier: MIT */
#include "http_trust.h"

#include "denied.h"
#include "diagnosis_transfer.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_SIZE 160

struct stored {
	LIST_ENTRY(stored) entry;
	char *file; /* owned; NULL: the system's */
	X509_STORE *store; /* owned */
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct http_trust {
	LIST_HEAD(, stored) stored;
};

static void drop(struct stored *stored)
{
	LIST_REMOVE(stored, entry);
	X509_STORE_free(stored->store);
	free(stored->file);
	free(stored);
}

static const char *default_path(const char *variable, const char *otherwise)
{
	const char *path = secure_getenv(variable);

	return path ? path : otherwise;
}

static bool fail_file(const char *file, int number, struct error *err)
{
	fail_cause(err, ERROR_LOCAL, "N4", "cannot read trust file '%s': %s",
		file, strerror(number));
	denied_explain(err, number, file, R_OK);
	return false;
}

static bool look_at_file(
	const char *file, struct stat *status, struct error *err)
{
	if (access(file, R_OK) == 0 && stat(file, status) == 0)
		return true;
	return fail_file(file, errno, err);
}

/* The file, or what of the system's trust shows a change: the bundle where
 * there is one, else the folder. */
static bool look_at(const char *file, struct stat *status, struct error *err)
{
	if (file)
		return look_at_file(file, status, err);
	const char *bundle = default_path(
		X509_get_default_cert_file_env(), X509_get_default_cert_file());
	const char *folder = default_path(
		X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
	if (stat(bundle, status) == 0 || stat(folder, status) == 0)
		return true;
	return fail_cause(err, ERROR_LOCAL, "N4",
		"this system trusts nobody: neither '%s' nor '%s' is there "
		"(install ca-certificates)",
		bundle, folder);
}

static bool is_current(const struct stored *stored, const struct stat *status)
{
	return stored->inode == status->st_ino &&
		stored->size == status->st_size &&
		stored->changed.tv_sec == status->st_mtim.tv_sec &&
		stored->changed.tv_nsec == status->st_mtim.tv_nsec;
}

static struct stored *find(struct http_trust *trust, const char *file)
{
	struct stored *stored = LIST_FIRST(&trust->stored);

	while (stored) {
		if (file && stored->file ? streq(file, stored->file)
					 : file == stored->file)
			return stored;
		stored = LIST_NEXT(stored, entry);
	}
	return NULL;
}

/* The first part of "5ed36f99.0", as OpenSSL looks for it. */
static bool is_hash_link(const char *name)
{
	return strspn(name, "0123456789abcdef") == 8 && name[8] == '.';
}

static bool is_hashed(const char *folder)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry = NULL;
	bool is = false;

	while (entries && !is && (entry = readdir(entries)))
		is = is_hash_link(entry->d_name);
	if (entries)
		closedir(entries);
	return is;
}

/* From a hashed folder only what is needed is read; the bundle costs 15 ms
 * and 1 MiB. */
static bool fill_from_system(X509_STORE *store)
{
	const char *folder = default_path(
		X509_get_default_cert_dir_env(), X509_get_default_cert_dir());

	if (!secure_getenv(X509_get_default_cert_file_env()) &&
		is_hashed(folder))
		return X509_STORE_load_path(store, folder) == 1;
	return X509_STORE_set_default_paths(store) == 1;
}

/* What OpenSSL was refused first: an errno, 0 when it was nothing of that. */
static int refused(void)
{
	unsigned long first = ERR_peek_error();

	return ERR_SYSTEM_ERROR(first) ? ERR_GET_REASON(first) : 0;
}

/* What keeps OpenSSL from opening a file says nothing of what is in it. */
static bool has_run_out(struct error *err)
{
	int number = refused();

	if (number != EMFILE && number != ENFILE)
		return false;
	fail_errno(err, number, "cannot read who is trusted");
	return true;
}

static void explain_nothing(const char *file, struct error *err)
{
	int number = refused();

	if (has_run_out(err))
		return;
	if (file && number)
		fail_file(file, number, err);
	else
		fail_cause(err, ERROR_LOCAL, "N4", "no certificates in %s%s%s",
			file ? "trust file '" : "",
			file ? file : "the system's trust", file ? "'" : "");
}

static bool fill(X509_STORE *store, const char *file, struct error *err)
{
	ERR_clear_error();
	if (file ? X509_STORE_load_file(store, file) == 1
		 : fill_from_system(store))
		return true;
	explain_nothing(file, err);
	ERR_clear_error();
	return false;
}

static struct stored *load(struct http_trust *trust, const char *file,
	const struct stat *status, struct error *err)
{
	cleanup(x509_store) X509_STORE *store = X509_STORE_new();

	if (!store) {
		fail_memory(err);
		return NULL;
	}
	if (!fill(store, file, err))
		return NULL;
	struct stored *stored = mem_new(sizeof(*stored));
	stored->file = mem_string(file);
	stored->store = take(store);
	stored->inode = status->st_ino;
	stored->size = status->st_size;
	stored->changed = status->st_mtim;
	LIST_INSERT_HEAD(&trust->stored, stored, entry);
	return stored;
}

static struct stored *current(
	struct http_trust *trust, const char *file, struct error *err)
{
	struct stored *stored = find(trust, file);
	struct stat status;

	if (!look_at(file, &status, err))
		return NULL;
	if (stored && is_current(stored, &status))
		return stored;
	if (stored)
		drop(stored);
	return load(trust, file, &status, err);
}

static void write_name(const X509_NAME *name, char out[static NAME_SIZE])
{
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;

	out[0] = '\0';
	if (!bio || !name ||
		X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) < 0)
		return;
	long length = BIO_get_mem_data(bio, &bytes);
	text_clean(out, NAME_SIZE, bytes, length > 0 ? (size_t)length : 0);
}

/* Not yet or no longer valid: the clock is as suspicious as the CA. */
static void blame_clock(int result, const X509 *peer, struct error *err)
{
	char now[TIMESTAMP_SIZE];
	char subject[NAME_SIZE];

	timestamp_format(time(NULL), now);
	write_name(X509_get_subject_name(peer), subject);
	fail_cause(err, ERROR_TRANSIENT, "C1",
		"its TLS certificate '%s' is not accepted: %s; is the clock "
		"right? It says %s",
		subject, X509_verify_cert_error_string(result), now);
}

static bool is_valid_now(const X509 *certificate)
{
	return certificate &&
		X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
		X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

static void explain(X509_STORE_CTX *context, struct error *err)
{
	int result = X509_STORE_CTX_get_error(context);
	const X509 *peer = X509_STORE_CTX_get_current_cert(context);
	char issuer[NAME_SIZE] = "";

	const X509 *leaf = X509_STORE_CTX_get0_cert(context);
	const char *code = diagnosis_of_verify(result, is_valid_now(leaf));
	if (has_run_out(err))
		return;
	if (!peer)
		peer = leaf;
	if (streq(code, "C1")) {
		blame_clock(result, peer, err);
		return;
	}
	if (peer)
		write_name(X509_get_issuer_name(peer), issuer);
	fail_cause(err, ERROR_TRANSIENT, code,
		"its TLS certificate is not trusted: %s (issuer '%s')",
		X509_verify_cert_error_string(result), issuer);
}

static int verify(X509_STORE_CTX *context, void *data)
{
	int result = X509_verify_cert(context);

	if (result <= 0)
		explain(context, data);
	return result;
}

struct http_trust *http_trust_new(void)
{
	return mem_new(sizeof(struct http_trust));
}

void http_trust_free(struct http_trust *trust)
{
	if (!trust)
		return;
	while (!LIST_EMPTY(&trust->stored))
		drop(LIST_FIRST(&trust->stored));
	free(trust);
}

bool http_trust_apply(struct http_trust *trust, const char *file,
	SSL_CTX *context, struct error *err)
{
	struct stored *stored = current(trust, file, err);

	if (!stored)
		return false;
	SSL_CTX_set1_cert_store(context, stored->store);
	SSL_CTX_set_cert_verify_callback(context, verify, err);
	/* The callback's err is gone after the handshake. */
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	return true;
}
