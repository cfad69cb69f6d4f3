/* SPDX-License-Identifier: MIT */
#include "door.h"

#include "responder.h"
#include "suite.h"
#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct responder *responder;
static struct doors *doors;
static struct door_set set;
static struct error err;
static char folder[32];
static char path[64];

static void set_up(void)
{
	static const struct responder_source nobody = {0};

	strcpy(folder, "/tmp/acmed-door.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/http01.sock", folder);
	loop = ev_loop_new(EVFLAG_NOENV);
	responder = responder_new(loop, &nobody);
	doors = doors_new(responder_reception(responder));
	set = (struct door_set){0};
}

static void tear_down(void)
{
	door_set_close(&set);
	doors_free(doors);
	responder_free(responder);
	ev_loop_destroy(loop);
	unlink(path);
	rmdir(folder);
}

/* A socket on a port that the kernel gives to nobody, so that it stays free
 * when it is closed. */
static int take_port(uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint16_t next = (uint16_t)(10000 + getpid() % 20000);

	do {
		address.sin_port = htons(next++);
	} while (bind(fd, (struct sockaddr *)&address, length) < 0 &&
		errno == EADDRINUSE);
	ck_assert_int_eq(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&address, &length);
	*port = ntohs(address.sin_port);
	return fd;
}

static bool can_reach(int family, uint16_t port)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port),
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_addr = {htonl(INADDR_LOOPBACK)},
		.sin_port = htons(port),
	};
	int fd = socket(family, SOCK_STREAM, 0);
	int result = family == AF_INET
		? connect(fd, (struct sockaddr *)&v4, sizeof(v4))
		: connect(fd, (struct sockaddr *)&v6, sizeof(v6));

	close(fd);
	return result == 0;
}

static bool open_one(const char *address)
{
	char *items[] = {(char *)address};

	return door_set_open(&set, doors,
		&(struct strings){.items = items, .count = 1}, "80", &err);
}

START_TEST(a_port_alone_opens_both_families)
{
	uint16_t port;
	char address[16];

	close(take_port(&port));
	snprintf(address, sizeof(address), _i ? "*:%u" : "%u", port);
	ck_assert_msg(open_one(address), "%s", err.text);
	ck_assert(can_reach(AF_INET, port));
	ck_assert(can_reach(AF_INET6, port));
	door_set_close(&set);
	ck_assert(!can_reach(AF_INET, port));
}
END_TEST

START_TEST(an_address_opens_its_family_only)
{
	const char *const hosts[] = {"127.0.0.1", "[::1]"};
	uint16_t port;
	char address[32];

	close(take_port(&port));
	snprintf(address, sizeof(address), "%s:%u", hosts[_i], port);
	ck_assert_msg(open_one(address), "%s", err.text);
	ck_assert_int_eq(can_reach(AF_INET, port), _i == 0);
	ck_assert_int_eq(can_reach(AF_INET6, port), _i == 1);
}
END_TEST

START_TEST(a_taken_port_names_who_holds_it_and_the_ways_out)
{
	uint16_t port;
	char text[64];
	int holder = take_port(&port);

	snprintf(text, sizeof(text), "%u", port);
	ck_assert(!open_one(text));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.code, "H2");
	snprintf(text, sizeof(text), "port %u is not ours: served by ", port);
	ck_assert(text_starts_with(err.text, text));
	snprintf(text, sizeof(text), "uid %u", getuid());
	ck_assert_ptr_nonnull(strstr(err.text, text));
	ck_assert_ptr_nonnull(strstr(err.text, "Solver=webroot"));
	ck_assert(!can_reach(AF_INET6, port)); /* none stays open */
	close(holder);
}
END_TEST

START_TEST(a_port_that_we_may_not_bind_is_told)
{
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
	bool is_open = open_one("127.0.0.1:1");
	if (getuid() == 65534)
		ck_assert_int_eq(setresuid(0, 0, 0), 0);
	if (is_open)
		return; /* net.ipv4.ip_unprivileged_port_start is low here */
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_str_eq(err.code, "H3");
}
END_TEST

START_TEST(a_door_closes_with_its_last_user)
{
	uint16_t port;
	char address[32];
	struct door_set other = {0};

	close(take_port(&port));
	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	ck_assert(open_one(address));
	ck_assert(door_set_open(
		&other, doors, &(struct strings){0}, address, &err));
	door_set_close(&other);
	ck_assert(can_reach(AF_INET, port));
	door_set_close(&set);
	ck_assert(!can_reach(AF_INET, port));
}
END_TEST

START_TEST(a_socket_file_is_for_everybody_and_goes_again)
{
	struct stat status;
	struct sockaddr_un stale = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(stale.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&stale, sizeof(stale)), 0);
	close(fd);
	umask(0077);
	ck_assert_msg(open_one(path), "%s", err.text);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0666);
	door_set_close(&set);
	ck_assert_int_lt(stat(path, &status), 0);
}
END_TEST

START_TEST(a_file_that_is_no_socket_is_left_alone)
{
	fclose(fopen(path, "w"));
	ck_assert(!open_one(path));
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const wrong[] = {"", "x", "0", "65536", "1.2.3.4",
		"1.2.3.4:", "1.2.3:80", "[::1]", "::1]:80", "80 ", "-1"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_msg(!open_one(wrong[i]), "'%s'", wrong[i]);
		ck_assert_int_eq(err.kind, ERROR_REFUSED);
	}
}
END_TEST

START_TEST(a_socket_that_was_handed_over_stays_open)
{
	uint16_t port;

	ck_assert(!doors_have_adopted(doors, DOOR_TCP));
	doors_adopt(doors, take_port(&port));
	ck_assert(doors_have_adopted(doors, DOOR_TCP));
	ck_assert(!doors_have_adopted(doors, DOOR_UNIX));
	ck_assert(can_reach(AF_INET, port));
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("door");
	Suite *suite = suite_create("door");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_port_alone_opens_both_families, 0, 2);
	tcase_add_loop_test(tests, an_address_opens_its_family_only, 0, 2);
	tcase_add_test(tests, a_taken_port_names_who_holds_it_and_the_ways_out);
	tcase_add_test(tests, a_port_that_we_may_not_bind_is_told);
	tcase_add_test(tests, a_door_closes_with_its_last_user);
	tcase_add_test(tests, a_socket_file_is_for_everybody_and_goes_again);
	tcase_add_test(tests, a_file_that_is_no_socket_is_left_alone);
	tcase_add_test(tests, what_is_no_address_is_refused);
	tcase_add_test(tests, a_socket_that_was_handed_over_stays_open);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
