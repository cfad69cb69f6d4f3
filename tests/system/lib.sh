# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What system tests are written with: what integration tests have, and the
# installed acmed. A test runs as root in a throw-away machine, whose source
# tree is /srv/acmed, read-only.

# shellcheck source=../integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"

# The installed service has the folders of the contract, which acmectl knows.
export -n CONFIGURATION_DIRECTORY=/etc/acmed
export -n STATE_DIRECTORY=/var/lib/acmed
export -n RUNTIME_DIRECTORY=/run/acmed

# install_acmed: as an administrator would
install_acmed()
{
	make -s -C "$TOP" install >"$DIR/install.log" 2>&1 ||
		fail "make install failed"
}

# as USER COMMAND...: that user and nothing of root
as()
{
	local user=$1

	shift
	setpriv --reuid="$user" --regid="$user" --clear-groups \
		--bounding-set=-all --no-new-privs "$@"
}

# manager METHOD SIGNATURE ARGUMENT...: a call of systemd over D-Bus
manager()
{
	busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
		org.freedesktop.systemd1.Manager "$@"
}

# assert_inside WANTED PID CALL...: what a call of that process comes to. Where
# nobody can look, end_test says so.
unseen=
assert_inside()
{
	local got

	if [ "$(uname -m)" != x86_64 ]; then
		unseen="tests/system/inject knows x86_64 only"
		return
	fi
	got=$("$TOP/tests/system/inject" "${@:2}")
	[[ $got =~ ^($1)$ ]] || fail "${*:2}: wanted $1, got $got"
}

# end_test: passed, or skipped when a wall was not touched
end_test()
{
	[ -z "$unseen" ] || skip "walls were not touched from inside: $unseen"
}

# property UNIT NAME
property()
{
	systemctl show -P "$2" "$1"
}

is_property()
{
	[ "$(property "$1" "$2")" = "$3" ]
}

# status_is REGEX: is that the status that systemd has of acmed?
status_is()
{
	[[ $(property acmed.service StatusText) =~ $1 ]]
}

# journal OPTION...: all that was said until now, once journald has heard it
journal()
{
	journalctl --sync 2>/dev/null || true
	journalctl -b --no-pager "$@"
}

# journal_has UNIT REGEX: among its messages (read to their end: a journalctl
# whose reader has gone fails)
journal_has()
{
	journal -u "$1" -o cat | grep -E -- "$2" >/dev/null
}

# journal_json UNIT JQ-FILTER: its entries as JSON
journal_json()
{
	journal -u "$1" -o json | jq -r "$2"
}

# wait_journal UNIT REGEX: until one of its messages is so
wait_journal()
{
	wait_for 60 "message '$2' of $1" journal_has "$@"
}

# main_pid UNIT
main_pid()
{
	property "$1" MainPID
}

# web_server: the machine's nginx.service, with server blocks from standard
# input, started
web_server()
{
	cat >/etc/nginx/conf.d/test.conf
	rm -f /etc/nginx/sites-enabled/default
	systemctl start nginx.service
}

ctl()
{
	acmectl "$@"
}

# mail_system: a sendmail with a setgid program behind it, as postfix has one;
# letters go to $LETTERS, which only its group may write
LETTERS=/var/spool/letters/all
mail_system()
{
	install -d -m 0770 -g mail "$(dirname $LETTERS)"
	install -m 2755 -g mail "$(command -v tee)" /usr/sbin/drop-letter
	cat >/usr/sbin/sendmail <<-END
	#!/bin/sh
	{ echo "to \$2 by \$(id -un)"; cat; } |
		/usr/sbin/drop-letter -a $LETTERS >/dev/null
	END
	chmod 755 /usr/sbin/sendmail
}

# Machine and service stand: names, CA, acmed installed; acmed.conf below what
# names the CA comes from standard input.
install_with_ca()
{
	dns_start
	pebble_start
	install_acmed
	acmed_config
}

# The same with the scripted CA, which waits for what a gate holds back; after
# ca.sh
install_with_gate()
{
	dns_start
	gate_ca
	ca_script 'set resolver=127.0.0.1:53'
	install_acmed
	acmed_config
}

# drop_in UNIT NAME: from standard input
drop_in()
{
	mkdir -p "/etc/systemd/system/$1.d"
	cat >"/etc/systemd/system/$1.d/$2.conf"
	systemctl daemon-reload
}
