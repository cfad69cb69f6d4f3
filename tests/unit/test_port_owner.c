/* SPDX-License-Identifier: MIT */
#include "port_owner.h"

#include "suite.h"
#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* On all addresses, or on the loopback of IPv4 only. */
static int listen_somewhere(int family, bool is_local, uint16_t *port)
{
	struct sockaddr_in6 address = {.sin6_family = (sa_family_t)family};
	socklen_t length = family == AF_INET ? sizeof(struct sockaddr_in)
					     : sizeof(address);
	int fd = socket(family, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	if (is_local)
		((struct sockaddr_in *)&address)->sin_addr.s_addr =
			htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
		bind(fd, (const struct sockaddr *)&address, length), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&address, &length);
	*port = ntohs(address.sin6_port); /* at the same place in both */
	return fd;
}

START_TEST(who_listens_is_found_in_both_families)
{
	const int families[] = {AF_INET, AF_INET6};
	struct port_owner owner;
	uint16_t port;
	int fd = listen_somewhere(families[_i], false, &port);

	ck_assert(port_owner_find(port, &owner));
	ck_assert_uint_eq(owner.uid, getuid());
	ck_assert_int_eq(owner.address.family, families[_i]);
	ck_assert_str_eq(owner.address.text, _i ? "::1" : "127.0.0.1");
	close(fd);
	ck_assert(!port_owner_find(port, &owner));
}
END_TEST

START_TEST(who_listens_on_the_loopback_only_is_not_to_be_asked)
{
	struct port_owner owner;
	uint16_t port;
	int fd = listen_somewhere(AF_INET, true, &port);

	ck_assert(port_owner_find(port, &owner));
	ck_assert_int_eq(owner.address.family, 0);
	close(fd);
}
END_TEST

START_TEST(a_socket_that_does_not_listen_holds_nothing)
{
	struct port_owner owner;
	uint16_t port;
	int fd = listen_somewhere(AF_INET, false, &port);
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
		connect(client, (struct sockaddr *)&address, length), 0);
	getsockname(client, (struct sockaddr *)&address, &length);
	ck_assert(!port_owner_find(ntohs(address.sin_port), &owner));
	close(client);
	close(fd);
}
END_TEST

START_TEST(the_unit_is_named_where_it_is_known)
{
	struct port_owner owner = {.uid = 33};
	char text[128];

	port_owner_describe(&owner, text, sizeof(text));
	ck_assert_str_eq(text, "a program of uid 33");
	owner = (struct port_owner){.unit = "nginx.service"};
	port_owner_describe(&owner, text, sizeof(text));
	ck_assert_str_eq(text, "nginx.service (uid 0)");
	owner = (struct port_owner){.unit = "init.scope"};
	port_owner_describe(&owner, text, sizeof(text));
	ck_assert_str_eq(text, "a socket unit of systemd");
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("port_owner");
	Suite *suite = suite_create("port_owner");

	tcase_add_loop_test(tests, who_listens_is_found_in_both_families, 0, 2);
	tcase_add_test(
		tests, who_listens_on_the_loopback_only_is_not_to_be_asked);
	tcase_add_test(tests, a_socket_that_does_not_listen_holds_nothing);
	tcase_add_test(tests, the_unit_is_named_where_it_is_known);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
