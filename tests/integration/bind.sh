# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Real name servers (bind9) for tests, each at an address of its own on port
# 53; source it behind lib.sh.
#
#   127.0.0.2    primary of dyn.test, which acmed's key may write, of site.test,
#                which it may not, and of both's NS records
#   127.0.0.3    a secondary of dyn.test that follows at once
#   127.0.0.4    one that hears of nothing until bind_refresh, unless
#                bind_start is given `quick`
#   127.0.0.1    the resolver of the machine, and
#   127.0.0.5    that of the CA: each has a cache, of a second at most

BIND_SECRET=$(openssl rand -base64 32)
BIND_KEY=$CONFIGURATION_DIRECTORY/secrets/tsig
declare -A BIND_PIDS=()

# bind_options ADDRESS: what each server has in common
bind_options()
{
	local folder=$DIR/bind/$1

	cat <<-END
	key "acme" { algorithm hmac-sha256; secret "$BIND_SECRET"; };
	key "other" { algorithm hmac-sha512; secret "$BIND_SECRET"; };
	controls { inet $1 port 953 allow { any; } keys { "acme"; }; };
	options {
		directory "$folder";
		pid-file "$folder/pid";
		session-keyfile "$folder/session.key";
		managed-keys-directory "$folder";
		listen-on { $1; };
		listen-on-v6 { none; };
		query-source address $1;
		transfer-source $1;
		notify-source $1;
		allow-transfer { any; };
		dnssec-validation no;
		empty-zones-enable no;
		notify-delay 0;
	$(cat)
	};
	END
}

# bind_run ADDRESS: with named.conf in its folder; returns when it answers
bind_run()
{
	local folder=$DIR/bind/$1

	# It listens at addresses that an interface has, no others.
	ip address replace "$1/8" dev lo
	named -n 1 -g -c "$folder/named.conf" >>"$DIR/named-$1.log" 2>&1 &
	BIND_PIDS[$1]=$!
	wait_for 60 "start of the name server at $1" \
		grep -q ' running$' "$DIR/named-$1.log"
}

bind_zone()
{
	cat <<-END
	\$TTL 1
	@ SOA ns1.dyn.test. ops.dyn.test. 1 86400 3600 864000 1
	@ NS ns1.dyn.test.
	$(cat)
	END
}

# bind_primary [quick]
bind_primary()
{
	local folder=$DIR/bind/127.0.0.2

	mkdir -p "$folder"
	bind_zone >"$folder/dyn.test" <<-END
	@ NS ns2.dyn.test.
	@ NS ns3.dyn.test.
	ns1 A 127.0.0.2
	ns2 A 127.0.0.3
	ns3 A 127.0.0.4
	END
	bind_zone >"$folder/site.test" <<-END
	_acme-challenge CNAME hop.site.test.
	hop CNAME site.acme.dyn.test.
	_acme-challenge.loop CNAME _acme-challenge.loop
	_acme-challenge.lost CNAME lost.nowhere.test.
	END
	{
		bind_options 127.0.0.2 <<-END
		recursion no;
		notify explicit;
		also-notify { 127.0.0.3; ${1:+127.0.0.4;} };
		END
		cat <<-END
		zone "dyn.test" {
			type primary; file "dyn.test"; max-journal-size 1m;
			update-policy { grant acme zonesub TXT; };
		};
		zone "site.test" { type primary; file "site.test"; };
		END
	} >"$folder/named.conf"
	bind_run 127.0.0.2
}

# bind_secondary ADDRESS
bind_secondary()
{
	local folder=$DIR/bind/$1

	mkdir -p "$folder"
	{
		bind_options "$1" <<-END
		recursion no;
		notify no;
		END
		cat <<-END
		zone "dyn.test" {
			type secondary; file "dyn.test";
			primaries { 127.0.0.2; };
		};
		END
	} >"$folder/named.conf"
	bind_run "$1"
	wait_for 60 "transfer of dyn.test to $1" \
		bind_has "$1" dyn.test SOA 'ops\.dyn\.test'
}

# bind_resolver ADDRESS: it asks any of the three, so that a CA which is told
# too early is likely to see it; broken.test has no server that knows it.
bind_resolver()
{
	local folder=$DIR/bind/$1

	mkdir -p "$folder"
	cat >"$folder/root" <<-END
	\$TTL 1
	@ SOA ns. ops. 1 86400 3600 864000 1
	@ NS ns.
	ns A $1
	END
	{
		bind_options "$1" <<-END
		recursion yes;
		max-cache-ttl 0;
		max-ncache-ttl 0;
		servfail-ttl 0;
		END
		cat <<-END
		zone "." { type primary; file "root"; };
		zone "dyn.test" { type static-stub;
			server-addresses { 127.0.0.2; 127.0.0.3; 127.0.0.4; }; };
		zone "site.test" { type static-stub;
			server-addresses { 127.0.0.2; }; };
		zone "broken.test" { type static-stub;
			server-addresses { 127.0.0.2; }; };
		END
	} >"$folder/named.conf"
	bind_run "$1"
}

# bind_start [quick]: all of them
bind_start()
{
	bind_primary "$@"
	bind_secondary 127.0.0.3
	bind_secondary 127.0.0.4
	bind_resolver 127.0.0.1
	bind_resolver 127.0.0.5
	resolv_conf "nameserver 127.0.0.1"
	# shellcheck disable=SC2034 # lib.sh uses it
	PEBBLE_DNS=127.0.0.5:53
}

# bind_key NAME [ALGORITHM [SECRET]]: what KeyFile= holds
bind_key()
{
	mkdir -p "$(dirname "$BIND_KEY")"
	cat >"$BIND_KEY" <<-END
	key "$1" {
		algorithm ${2:-hmac-sha256};
		secret "${3:-$BIND_SECRET}";
	};
	END
	chmod 640 "$BIND_KEY"
}

# bind_control ADDRESS WORD...
bind_control()
{
	cat >"$DIR/bind/rndc.conf" <<-END
	key "acme" { algorithm hmac-sha256; secret "$BIND_SECRET"; };
	options { default-key "acme"; };
	END
	rndc -q -c "$DIR/bind/rndc.conf" -s "$1" "${@:2}"
}

# bind_wrong_clock ADDRESS: one more primary of dyn.test, two hours ahead
bind_wrong_clock()
{
	local folder=$DIR/bind/$1 library=$BUILD/tests/ca/shared_clock.so

	[ -e "$library" ] || make -s -C "$TOP" "${library#"$TOP/"}"
	mkdir -p "$folder"
	echo 7200.000000 >"$folder/clock"
	bind_zone <<<"ns1 A $1" >"$folder/dyn.test"
	{
		bind_options "$1" <<<"recursion no; notify no;"
		cat <<-END
		zone "dyn.test" {
			type primary; file "dyn.test";
			update-policy { grant acme zonesub TXT; };
		};
		END
	} >"$folder/named.conf"
	LD_PRELOAD=$library ACMED_TEST_CLOCK=$folder/clock bind_run "$1"
}

# bind_refresh: the late secondary looks whether there is something new
bind_refresh()
{
	bind_control 127.0.0.4 refresh dyn.test
}

# bind_ask ADDRESS NAME TYPE
bind_ask()
{
	dig +short +norecurse +tries=3 +time=10 "@$1" "$2" "$3"
}

# bind_finds NAME TYPE REGEX: does the resolver of the machine?
bind_finds()
{
	dig +short +tries=1 +time=5 @127.0.0.1 "$1" "$2" | grep -Eq -- "$3"
}

# bind_has ADDRESS NAME TYPE REGEX
bind_has()
{
	bind_ask "$1" "$2" "$3" | grep -Eq -- "$4"
}

# bind_count ADDRESS NAME TYPE: how many records?
bind_count()
{
	bind_ask "$1" "$2" "$3" | grep -c . || true
}

# bind_counts ADDRESS NAME N: has it N TXT records there?
bind_counts()
{
	[ "$(bind_count "$1" "$2" TXT)" = "$3" ]
}

# bind_is_clean NAME: nothing at the primary
bind_is_clean()
{
	bind_counts 127.0.0.2 "$1" 0
}

# bind_write LINE...: what somebody else writes
bind_write()
{
	printf '%s\n' "server 127.0.0.2" "zone dyn.test" "$@" send |
		nsupdate -y "hmac-sha256:acme:$BIND_SECRET"
}

# records_are_forgotten: acmed has nothing to remove any more
records_are_forgotten()
{
	[ -z "$(ls "$STATE_DIRECTORY/records")" ]
}

# bind_stop ADDRESS
bind_stop()
{
	kill "${BIND_PIDS[$1]}"
	wait "${BIND_PIDS[$1]}" || true
}
