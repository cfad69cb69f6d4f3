/* SPDX-License-Identifier: MIT */
#include "dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool fill_address(const struct dns_address *address, uint16_t port,
	struct sockaddr_storage *out, socklen_t *length)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;

	if (address->family == AF_INET6) {
		*in6 = (struct sockaddr_in6){
			.sin6_family = AF_INET6, .sin6_port = htons(port)};
		*length = sizeof(*in6);
		return inet_pton(AF_INET6, address->text, &in6->sin6_addr) == 1;
	}
	*in = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port)};
	*length = sizeof(*in);
	return inet_pton(AF_INET, address->text, &in->sin_addr) == 1;
}

int dial(const struct dns_address *address, uint16_t port, struct error *err)
{
	struct sockaddr_storage to;
	socklen_t length;

	if (!fill_address(address, port, &to, &length)) {
		fail(err, ERROR_TRANSIENT, "'%s' is no address", address->text);
		errno = EINVAL;
		return -1;
	}
	int fd = socket(
		address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
		(connect(fd, (void *)&to, length) == 0 || errno == EINPROGRESS))
		return fd;
	int number = errno;
	fail(err, ERROR_TRANSIENT, "%s", strerror(number));
	if (fd >= 0)
		close(fd);
	errno = number;
	return -1;
}
