/* SPDX-License-Identifier: MIT */
#include "server.h"

#include "answer.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "rest.h"
#include "text.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A new connection beyond the limit waits in the kernel's queue. */
#define POLL_MAX (1 + SERVER_PEERS + JOBS_AT_ONCE)
/* Who only looks whether we are there ends nothing: the next may be a loop. */
#define IDLE_MILLISECONDS 5000

void server_add(struct server *server, int socket)
{
	struct peer *peer = peer_new(socket);

	if (!peer)
		return;
	peer->next = server->peers;
	server->peers = peer;
	server->peer_count++;
}

/* Requests. */

static const struct peer *find_loop(const struct server *server)
{
	for (const struct peer *c = server->peers; c; c = c->next)
		if (c->is_loop)
			return c;
	return NULL;
}

static json_t *list_walls(const struct server *server, const struct peer *peer)
{
	json_t *walls = json_deep_copy(server->walls);

	if (geteuid() != peer->uid)
		json_array_append_new(walls, json_string("user"));
	return walls;
}

static json_t *hello(struct server *server, struct peer *peer,
	const json_t *request, struct error *err)
{
	const struct peer *loop = find_loop(server);

	if (!streq(member_string_or(request, "role", ""), "loop")) {
		fail(err, ERROR_REFUSED, "only a loop says hello");
		return NULL;
	}
	if (loop && loop != peer) {
		fail_cause(err, ERROR_LOCAL, "L8",
			"the vault serves another acmed, process %d",
			(int)loop->pid);
		return NULL;
	}
	peer->is_loop = true;
	return json_pack("{s:s, s:i, s:o, s:s}", "version", ACMED_VERSION,
		"pid", (int)getpid(), "walls", list_walls(server, peer),
		"missing", server->missing);
}

static unsigned rights_of(const struct peer *peer)
{
	bool is_root = peer->uid == 0 || peer->uid == geteuid();

	return (peer->is_loop ? RIGHT_LOOP : RIGHT_NONE) |
		(is_root ? RIGHT_ROOT : RIGHT_NONE);
}

static json_t *answer(struct server *server, struct peer *peer,
	const json_t *request, struct error *err)
{
	if (server->broken.kind != ERROR_NONE) {
		*err = server->broken;
		return NULL;
	}
	if (streq(member_string_or(request, "verb", ""), "hello"))
		return hello(server, peer, request, err);
	return verbs_answer(server->vault, rights_of(peer), request, err);
}

/* For a key that takes long: the request is served again when it is made. */
static bool wait_for_key(
	struct server *server, struct peer *peer, const json_t *request)
{
	const struct vault *vault = server->vault;

	return vault->wants_key &&
		job_add(&server->jobs, peer, request, vault->wanted);
}

static void serve(
	struct server *server, struct peer *peer, const json_t *request)
{
	struct vault *vault = server->vault;
	struct error err = {0};

	vault->wants_key = false;
	json_t *reply = answer(server, peer, request, &err);
	EVP_PKEY_free(take(vault->made));
	if (reply) {
		peer_reply(peer, request, reply);
		return;
	}
	if (!wait_for_key(server, peer, request))
		peer_reply_error(peer, request, &err);
}

/* Nonsense ends a conversation: what comes after it means nothing. */
static void receive(struct server *server, struct peer *peer)
{
	struct error err = {0};
	cleanup(json) json_t *request = message_receive(peer->socket, &err);

	if (request) {
		serve(server, peer, request);
		return;
	}
	peer->is_closing = true;
	if (err.kind != ERROR_NONE)
		peer_reply_error(peer, NULL, &err);
}

/* Keys that children made. */

static void finish_job(struct server *server, struct job *job)
{
	struct peer *peer = job->peer;
	cleanup(json) json_t *request = json_incref(job->request);
	struct error err = {0};
	EVP_PKEY *key = job_key(job, &err);

	server->vault->made = key;
	server->vault->made_type = job->type;
	job_remove(&server->jobs, job);
	if (key)
		serve(server, peer, request);
	else
		peer_reply_error(peer, request, &err);
}

/* Connections. */

static void drop(struct server *server, struct peer *peer)
{
	struct peer **link = &server->peers;

	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	server->peer_count--;
	server->has_ended |= peer->is_loop;
	jobs_drop(&server->jobs, peer);
	peer_free(peer);
}

static void flush(struct server *server)
{
	struct peer *next;

	for (struct peer *c = server->peers; c; c = next) {
		next = c->next;
		bool is_there = peer_flush(c);
		if (!is_there || (c->is_closing && !peer_is_waiting(c)))
			drop(server, c);
	}
}

static void accept_one(struct server *server)
{
	int socket = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

	if (socket >= 0)
		server_add(server, socket);
	else
		rest_after_failure();
}

/* Waiting. */

static short wanted_events(const struct peer *peer)
{
	return peer_is_waiting(peer) ? POLLOUT : POLLIN;
}

static nfds_t list_sockets(const struct server *server, struct pollfd *polls)
{
	bool has_room = server->peer_count < SERVER_PEERS;
	nfds_t count = 0;

	polls[count++] = (struct pollfd){
		.fd = has_room ? server->listener : -1, .events = POLLIN};
	for (const struct peer *c = server->peers; c; c = c->next)
		polls[count++] = (struct pollfd){
			.fd = c->socket, .events = wanted_events(c)};
	unsigned running = 0;
	for (const struct job *job = server->jobs;
		job && running < JOBS_AT_ONCE; job = job->next, running++)
		polls[count++] =
			(struct pollfd){.fd = job->pipe, .events = POLLIN};
	return count;
}

static bool is_ready(const struct pollfd *polls, nfds_t count, int fd)
{
	for (nfds_t i = 0; i < count; i++)
		if (polls[i].fd == fd)
			return polls[i].revents != 0;
	return false;
}

static void receive_all(
	struct server *server, const struct pollfd *polls, nfds_t count)
{
	for (struct peer *c = server->peers; c; c = c->next)
		if (!peer_is_waiting(c) && is_ready(polls, count, c->socket))
			receive(server, c);
}

/* A job without a pipe could not be started. */
static void read_jobs(
	struct server *server, const struct pollfd *polls, nfds_t count)
{
	struct job *next;

	for (struct job *job = server->jobs; job; job = next) {
		next = job->next;
		bool is_due =
			job->pipe < 0 || is_ready(polls, count, job->pipe);
		if (job->pid != 0 && is_due && job_read(job))
			finish_job(server, job);
	}
}

static bool has_failed_job(const struct server *server)
{
	for (const struct job *job = server->jobs; job; job = job->next)
		if (job->pid != 0 && job->pipe < 0)
			return true;
	return false;
}

static int longest_wait(const struct server *server)
{
	if (has_failed_job(server))
		return 0;
	return server->peers ? -1 : IDLE_MILLISECONDS;
}

static void turn(struct server *server)
{
	struct pollfd polls[POLL_MAX];

	jobs_start(server->jobs);
	nfds_t count = list_sockets(server, polls);
	int ready = poll(polls, count, longest_wait(server));
	if (ready < 0) {
		rest_after_failure();
		return;
	}
	server->has_ended |= ready == 0 && !server->peers;
	receive_all(server, polls, count);
	read_jobs(server, polls, count);
	flush(server);
	if (polls[0].revents)
		accept_one(server);
}

void server_run(struct server *server)
{
	while (!server->has_ended && (server->peers || server->listener >= 0))
		turn(server);
	jobs_drop(&server->jobs, NULL);
	while (server->peers)
		drop(server, server->peers);
}
