# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Debian packages of another suite, unpacked and not installed: a private apt
# configuration fetches them from the mirror that this machine's own apt
# already uses. For the scripts beside.
#
#   deb_unpack SUITE FOLDER PACKAGE...

# The base URL of the Debian archive, as apt itself reads its sources (.list
# or deb822, whatever the machine has): the one with this release's main.
deb_mirror()
{
	local release

	release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	apt-get update --print-uris 2>/dev/null | sed -n \
		"s,^'\(.*\)/dists/\(${release:-stable}\|stable\)/main/binary-.*,\1,p" |
		head -n 1
}

# deb_apt FOLDER ARGUMENT...: apt with a life of its own in that folder;
# proxies and credentials stay those of the machine
deb_apt()
{
	local own=$1

	shift
	apt-get -q \
		-o Dir::State="$own/state" \
		-o Dir::State::lists="$own/lists" \
		-o Dir::State::status="$own/status" \
		-o Dir::Cache="$own/cache" \
		-o Dir::Etc::sourcelist="$own/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o Acquire::Languages=none \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
		-o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
		-o APT::Update::Post-Invoke::= -o APT::Sandbox::User=root \
		-o APT::Architecture="$(dpkg --print-architecture)" "$@"
}

# deb_fetch OWN SUITE PACKAGE...: the .deb files lie in OWN then
deb_fetch()
{
	local own=$1 suite=$2 mirror
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	shift 2
	mirror=$(deb_mirror)
	[ -n "$mirror" ] ||
		{ echo "this machine's apt names no Debian mirror"; return 1; }
	mkdir -p "$own"/{state,lists/partial,cache/archives/partial}
	: >"$own/status"
	echo "deb [signed-by=$keyring] $mirror $suite main" \
		>"$own/sources.list"
	if ! { deb_apt "$own" update &&
		(cd "$own" && deb_apt "$own" download "$@"); } \
		>"$own/log" 2>&1; then
		tail -n 5 "$own/log"
		return 1
	fi
}

deb_unpack()
{
	local suite=$1 folder=$2 own file

	shift 2
	command -v apt-get >/dev/null ||
		{ echo "it needs Debian's apt" >&2; return 1; }
	own=$(mktemp -d)
	deb_fetch "$own" "$suite" "$@" >&2 || { rm -rf "$own"; return 1; }
	mkdir -p "$folder"
	for file in "$own"/*.deb; do
		dpkg-deb -x "$file" "$folder"
	done
	rm -rf "$own"
}
