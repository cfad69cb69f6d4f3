/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The real acmed-vault in a folder of its own: started with one end of a
 * socket pair, asked over the other. And a little CA that signs its CSRs.
 */

#include <jansson.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct vault_run {
	char folder[64]; /* etc/, state/ and run/ are below it */
	pid_t pid; /* 0: does not run */
	int socket;
	unsigned kill_at; /* not 0: see kill_at.h */
	int id;
	json_t *reply; /* the last one */
	char text[1024]; /* text of the last error, or "" */
	char code[8];
	char kind[16];
};

/* Makes the folders and a configuration with one certificate, "a.example"
 * for a.example and www.a.example, by the CA "little". */
void run_prepare(struct vault_run *run);
/* Ends the vault, and removes everything. */
void run_clean(struct vault_run *run);

/* Starts the vault and says nothing to it. */
void run_start(struct vault_run *run);
/* Starts it with a listening socket, as systemd does, and connects. */
void run_start_listening(struct vault_run *run);
/* Another connection; run->socket says which one is used. */
int run_connect(struct vault_run *run);
/* Starts it, says hello and has it configured. */
void run_begin(struct vault_run *run);
/* Closes the connection: the vault has to end with status 0. */
void run_end(struct vault_run *run);
/* Waits for the end of a vault that was to be killed; was it? */
bool run_was_killed(struct vault_run *run);
/* kill -9 */
void run_kill(struct vault_run *run);
/* So many descriptors at most from now on, for want of more. */
void run_let_open(const struct vault_run *run, rlim_t descriptors);

/* Sends {"verb": VERB, ...} and waits for its reply. True when that is no
 * error. The format is jansson's, of members only: "s:s, s:b". */
bool run_ask(struct vault_run *run, const char *verb, const char *format, ...);
/* False when the vault has gone; an error fails the test. */
bool run_try(struct vault_run *run, const char *verb, const char *format, ...);
/* Like run_ask(), but fails the test on an error. */
const json_t *run_do(
	struct vault_run *run, const char *verb, const char *format, ...);
/* Sends, and waits for nothing: gives the id. */
int run_send(struct vault_run *run, const char *verb, const char *format, ...);
/* Receives one reply; false at end of file. */
bool run_receive(struct vault_run *run);

/* Writes a file below the folder; free() what run_read() gives (NULL: none). */
void run_write(struct vault_run *run, const char *path, const char *text);
/* Closed to others, as a secret has to be. */
void run_write_secret(
	struct vault_run *run, const char *path, const char *text);
char *run_read(struct vault_run *run, const char *path);
void run_remove(struct vault_run *run, const char *path);
bool run_exists(struct vault_run *run, const char *path);
/* A path below the folder, in a static buffer. */
const char *run_path(struct vault_run *run, const char *path);
/* The mode of a file, or 0. */
unsigned run_mode(struct vault_run *run, const char *path);
/* What a link says, in a static buffer; "" for none. */
const char *run_link(struct vault_run *run, const char *path);

/* A chain for a CSR in base64url: leaf and intermediate; free() it. */
struct little_ca {
	EVP_PKEY *root_key, *key;
	X509 *root, *intermediate;
	int days; /* of the next leaf; negative: it has expired */
	int age; /* days since that began; 0: an hour */
	long seconds; /* that it lasts, when not 0, in the place of days */
	bool is_reversed; /* the wrong order */
};
void little_ca_open(struct little_ca *ca);
void little_ca_close(struct little_ca *ca);
char *little_ca_sign(struct little_ca *ca, const char *csr);
/* For a key of its own. */
char *little_ca_sign_other(struct little_ca *ca, const char *name);
char *little_ca_root(struct little_ca *ca);
