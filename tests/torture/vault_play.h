/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Plays the loop and the CA against the real acmed-vault, in a folder of its
 * own, traced or not. Nothing here fails by ending the program: a vault that
 * is gone, or that refuses, is what the harness is about.
 */

#include "trace.h"
#include "vault_run.h"

#define PLAY_NAME "a.example"

struct play {
	char folder[64]; /* etc/, state/ and run/ are below it */
	struct trace *trace; /* borrowed */
	pid_t pid; /* of the vault or its tracer; 0: does not run */
	int socket;
	unsigned patience; /* seconds, of a reply; 0: as on a busy machine */
	int id;
	bool is_gone; /* it hung up */
	bool is_taken; /* it was configured */
	json_t *reply; /* the last one, owned */
	json_t *lineage; /* of PLAY_NAME as it was loaded last, owned */
	char text[512]; /* why the last step failed */
	char flaw[512]; /* what must never be, or "" */
	/* The CA. */
	struct little_ca ca;
	unsigned orders, accounts;
	char account[64]; /* the thumbprint that it knows */
};

/* Makes the folders and a configuration of one certificate. */
void play_open(struct play *play, struct trace *trace, const char *folder);
/* Removes everything. */
void play_close(struct play *play);
const char *play_path(struct play *play, const char *path);
void play_write(struct play *play, const char *path, const char *text);

/* Starts it, has it configured and loads. The tracer counts when armed. */
bool play_start(struct play *play, bool is_traced);
/* Hangs up, and waits for its end as long as for a reply. */
void play_await_end(struct play *play);
/* Hangs up and waits: its exit status, or 128 and its signal. */
int play_end(struct play *play);

/* Asks for a verb; members in jansson's format: "s:s, s:b". False when the
 * vault is gone or refuses: play->text says why. */
bool play_ask(struct play *play, const char *verb, const char *format, ...);
/* Reads anew what is known of PLAY_NAME, or of another name. */
bool play_load(struct play *play, const char *name);
bool play_configure(struct play *play);
/* The number of what is installed, or 0; its serial number, or "". */
int play_version(const struct play *play);
const char *play_serial(const struct play *play);
bool play_fail(struct play *play, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Notes what must never be. */
void play_flaw(struct play *play, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
