/* SPDX-License-Identifier: MIT */
#include "port_owner.h"

#include "text.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_SECONDS 1
#define FOLDER_DEPTH 12
#define FOLDERS_MAX 20000

/* Where the second version of control groups is mounted, alone or beside the
 * first. */
static const char *const CGROUP_ROOTS[] = {
	"/sys/fs/cgroup",
	"/sys/fs/cgroup/unified",
};

/* The search for the folder of a control group. */
struct search {
	uint64_t inode;
	unsigned left; /* folders that may still be opened */
	char *unit;
	size_t size;
};

static bool is_unit(const char *name)
{
	return text_ends_with(name, ".service") ||
		text_ends_with(name, ".scope") ||
		text_ends_with(name, ".socket");
}

static bool find_unit(
	struct search *search, int folder, const char *unit, int depth);

static bool enter(struct search *search, int parent, const char *name,
	const char *unit, int depth)
{
	int folder = openat(
		parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (folder < 0)
		return false;
	return find_unit(search, folder, is_unit(name) ? name : unit, depth);
}

/* Goes down from `folder`, which it closes; `unit` is the nearest one above. */
static bool find_unit(
	struct search *search, int folder, const char *unit, int depth)
{
	struct stat status;
	bool is_found = false;

	if (fstat(folder, &status) == 0 && status.st_ino == search->inode) {
		snprintf(search->unit, search->size, "%s", unit);
		close(folder);
		return true;
	}
	DIR *listing = fdopendir(folder);
	if (!listing) {
		close(folder);
		return false;
	}
	const struct dirent *entry;
	while (!is_found && depth && search->left &&
		(entry = readdir(listing))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		search->left--;
		is_found = enter(
			search, dirfd(listing), entry->d_name, unit, depth - 1);
	}
	closedir(listing);
	return is_found;
}

/* Inodes of the first version mean something else. */
static int open_root(const char *path)
{
	struct statfs status;
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root >= 0 && fstatfs(root, &status) == 0 &&
		status.f_type == CGROUP2_SUPER_MAGIC)
		return root;
	if (root >= 0)
		close(root);
	return -1;
}

static void name_unit(struct port_owner *owner)
{
	struct search search = {
		.inode = owner->cgroup,
		.left = FOLDERS_MAX,
		.unit = owner->unit,
		.size = sizeof(owner->unit),
	};

	for (size_t i = 0; i < sizeof(CGROUP_ROOTS) / sizeof(*CGROUP_ROOTS);
		i++) {
		int root = open_root(CGROUP_ROOTS[i]);
		if (root >= 0 && find_unit(&search, root, "", FOLDER_DEPTH))
			return;
	}
}

static int ask(int family, uint16_t port)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} request = {
		.head =
			{
				.nlmsg_len = sizeof(request),
				.nlmsg_type = SOCK_DIAG_BY_FAMILY,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			},
		.body =
			{
				.sdiag_family = (unsigned char)family,
				.sdiag_protocol = IPPROTO_TCP,
				.idiag_states = 1u << TCP_LISTEN,
				.id = {.idiag_sport = htons(port)},
			},
	};
	struct timeval patience = {.tv_sec = ANSWER_SECONDS};
	int netlink = socket(
		AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (netlink < 0)
		return -1;
	setsockopt(
		netlink, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(netlink, &request, sizeof(request), 0) == sizeof(request))
		return netlink;
	close(netlink);
	return -1;
}

static uint64_t cgroup_of(const struct nlmsghdr *head)
{
	struct inet_diag_msg *socket_facts = NLMSG_DATA(head);
	struct rtattr *attribute = (struct rtattr *)(socket_facts + 1);
	unsigned left = (unsigned)NLMSG_PAYLOAD(head, sizeof(*socket_facts));
	uint64_t cgroup = 0;

	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == INET_DIAG_CGROUP_ID &&
			RTA_PAYLOAD(attribute) == sizeof(cgroup))
			memcpy(&cgroup, RTA_DATA(attribute), sizeof(cgroup));
	return cgroup;
}

/* Who listens on all addresses is asked on the loopback. */
static void name_address(
	struct port_owner *owner, const struct inet_diag_msg *facts)
{
	static const struct in6_addr any = IN6ADDR_ANY_INIT;
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
	static const unsigned char loopback_v4[] = {127, 0, 0, 1};
	const void *address = facts->id.idiag_src;
	bool is_v4 = facts->idiag_family == AF_INET;
	size_t size = is_v4 ? 4 : 16;

	if (memcmp(address, &any, size) == 0)
		address = is_v4 ? (const void *)loopback_v4 : &loopback;
	else if (is_v4 ? *(const unsigned char *)address == IN_LOOPBACKNET
		       : memcmp(address, &loopback, size) == 0)
		return;
	owner->address.family = facts->idiag_family;
	inet_ntop(facts->idiag_family, address, owner->address.text,
		sizeof(owner->address.text));
}

/* Looks through one packet; *is_end when no more will come. */
static bool read_packet(const char *bytes, size_t length, uint16_t port,
	struct port_owner *owner, bool *is_end)
{
	const struct nlmsghdr *head = (const struct nlmsghdr *)bytes;

	for (; NLMSG_OK(head, length); head = NLMSG_NEXT(head, length)) {
		if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
			*is_end = true;
			return false;
		}
		const struct inet_diag_msg *facts = NLMSG_DATA(head);
		if (head->nlmsg_len < NLMSG_LENGTH(sizeof(*facts)) ||
			facts->id.idiag_sport != htons(port))
			continue;
		owner->uid = facts->idiag_uid;
		owner->cgroup = cgroup_of(head);
		name_address(owner, facts);
		return true;
	}
	return false;
}

static bool find_in(int family, uint16_t port, struct port_owner *owner)
{
	_Alignas(struct nlmsghdr) char bytes[16384];
	bool is_found = false;
	bool is_end = false;
	int netlink = ask(family, port);

	if (netlink < 0)
		return false;
	while (!is_found && !is_end) {
		ssize_t length = recv(netlink, bytes, sizeof(bytes), 0);
		if (length <= 0)
			break;
		is_found = read_packet(
			bytes, (size_t)length, port, owner, &is_end);
	}
	close(netlink);
	return is_found;
}

bool port_owner_find(uint16_t port, struct port_owner *owner)
{
	*owner = (struct port_owner){.uid = 0};
	if (!find_in(AF_INET, port, owner) && !find_in(AF_INET6, port, owner))
		return false;
	if (owner->cgroup)
		name_unit(owner);
	return true;
}

void port_owner_describe(const struct port_owner *owner, char *out, size_t size)
{
	/* Sockets of socket units are made by the manager itself. */
	if (streq(owner->unit, "init.scope"))
		snprintf(out, size, "a socket unit of systemd");
	else if (owner->unit[0])
		snprintf(out, size, "%s (uid %u)", owner->unit, owner->uid);
	else
		snprintf(out, size, "a program of uid %u", owner->uid);
}
