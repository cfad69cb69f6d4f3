# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What integration tests are written with. A test is a script that sources
# this file first; tests/run gave it namespaces of its own, an empty folder
# and a deadline, so it never cleans up and never picks a port.
#
#   pebble_start         the CA, at $PEBBLE_URL, trusted by $PEBBLE_TRUST
#   dns_start            the name server that /etc/resolv.conf names
#   nginx_start          a web server with the given server blocks
#   acmed_start          build/acmed on $ACMED_DIR/{etc,state,run}

set -eEuo pipefail
trap 'echo "failed at line $LINENO: $BASH_COMMAND" >&2' ERR

TOP=${TEST_TOP:-$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")}
BUILD=${BUILD:-$TOP/build}
DIR=${TEST_DIR:-$(mktemp -d)}

# Most tests ask again and again until something is so: jq 1.6 takes 40 ms of
# processor time to start, and gojq 3 ms.
if command -v gojq >/dev/null; then
	jq()
	{
		gojq "$@"
	}
fi

# And openssl 40 ms to read the CAs of the machine, which no test asks for. (One
# that stays is started as `command openssl`: $! has to be its own.)
openssl()
{
	SSL_CERT_FILE=/nonexistent command openssl "$@"
}

# --- Saying things -----------------------------------------------------------

step()
{
	echo "--- $*"
}

fail()
{
	echo "FAILED: $*" >&2
	local log

	# A hundred names take their steps at once, and hide what was said.
	if grep -q ' -> ' "$DIR/acmed.log" 2>/dev/null; then
		echo "--- what acmed said last"
		grep -v ' -> ' "$DIR/acmed.log" | tail -n 12
	fi
	for log in "$DIR"/*.log; do
		[ -s "$log" ] || continue
		echo "--- the end of $(basename "$log")"
		tail -n 25 "$log"
	done
	exit 1
} >&2

skip()
{
	echo "$*"
	exit 77
}

# assert_equal WANTED GOT [WHAT]
assert_equal()
{
	[ "$1" = "$2" ] || fail "${3:-value}: wanted '$1', got '$2'"
}

# assert_match REGEX TEXT [WHAT]
assert_match()
{
	[[ $2 =~ $1 ]] || fail "${3:-text}: nothing like '$1' in '$2'"
}

# assert_exit STATUS COMMAND...: the output is kept in $output
assert_exit()
{
	local wanted=$1 status=0

	shift
	output=$("$@" 2>&1) || status=$?
	[ "$status" = "$wanted" ] ||
		fail "'$*' ended with $status, wanted $wanted: $output"
}

# assert_mode MODE[:OWNER:GROUP] FILE
assert_mode()
{
	local format=%a

	[[ $1 != *:* ]] || format=%a:%U:%G
	assert_equal "$1" "$(stat -c $format "$2")" "mode of $2"
}

# wait_for SECONDS WHAT COMMAND...: looks every 50 ms until it succeeds
wait_for()
{
	local seconds=$1 what=$2 end=$((SECONDS + $1))

	shift 2
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $end ] || fail "no $what within $seconds s"
		sleep 0.05
	done
}

# --- Keys and certificates ---------------------------------------------------

# serial_of FILE, and served_serial HOST:PORT [NAME]: in upper-case hex
serial_of()
{
	openssl x509 -noout -serial -in "$1" | serial_octets
}

# A serial number as acmed shows it, with the zero that keeps it positive
serial_octets()
{
	sed -E 's/^serial=//; s/^[89A-F]/00&/'
}

served_serial()
{
	openssl s_client -connect "$1" -servername "${2:-${1%:*}}" \
		</dev/null 2>/dev/null |
		openssl x509 -noout -serial | serial_octets
}

# serves SERIAL HOST:PORT [NAME]
serves()
{
	[ "$(served_serial "${@:2}")" = "$1" ]
}

# not_after FILE: seconds since 1970
not_after()
{
	date -d "$(openssl x509 -noout -enddate -in "$1" | cut -d= -f2)" +%s
}

# make_server_certificate FOLDER: a CA of its own (ca.pem) and what it says
# of this machine (server.pem, server.key)
make_server_certificate()
{
	mkdir -p "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=Test API CA" -days 2 -keyout "$1/ca.key" \
		-out "$1/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj /CN=localhost -keyout "$1/server.key" \
		-out "$1/server.csr" 2>/dev/null
	openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" \
		-CAkey "$1/ca.key" -days 2 -out "$1/server.pem" -extfile - \
		2>/dev/null <<<"subjectAltName=DNS:localhost,IP:127.0.0.1"
}

# --- The CA ------------------------------------------------------------------

# Knobs, to be set before pebble_start; PEBBLE_VA_NOSLEEP, _WFE_NONCEREJECT
# and _AUTHZREUSE of the environment are Pebble's own.
PEBBLE_PORT=14000 PEBBLE_MANAGEMENT=15000
PEBBLE_HTTP_PORT=80 PEBBLE_TLS_PORT=443
PEBBLE_VALIDITY=$((90 * 86400)) # a life in seconds (profile "short")
PEBBLE_RETRY_AUTHZ=0     # Retry-After while processing, 0: none
PEBBLE_RETRY_ORDER=0
PEBBLE_EAB=false         # external account binding; key "kid-1" is below
PEBBLE_BLOCKED=blocked.test
PEBBLE_KEY=ecdsa         # of root and intermediate, or rsa
PEBBLE_URL=https://127.0.0.1:$PEBBLE_PORT/dir
PEBBLE_TRUST=$DIR/pebble/ca.pem
PEBBLE_DNS=
# (reuse 0 still reuses one valid authorization in a hundred; Pebble's own 5
# refused nonces in a hundred are for the tests that do not count requests)
export PEBBLE_AUTHZREUSE=${PEBBLE_AUTHZREUSE:-0}
export PEBBLE_VA_NOSLEEP=${PEBBLE_VA_NOSLEEP:-1}
export PEBBLE_WFE_NONCEREJECT=${PEBBLE_WFE_NONCEREJECT:-0}

pebble_config()
{
	cat <<-END
	{"pebble": {
	  "listenAddress": "127.0.0.1:$PEBBLE_PORT",
	  "managementListenAddress": "127.0.0.1:$PEBBLE_MANAGEMENT",
	  "certificate": "$DIR/pebble/server.pem",
	  "privateKey": "$DIR/pebble/server.key",
	  "httpPort": $PEBBLE_HTTP_PORT, "tlsPort": $PEBBLE_TLS_PORT,
	  "ocspResponderURL": "", "keyAlgorithm": "$PEBBLE_KEY",
	  "externalAccountBindingRequired": $PEBBLE_EAB,
	  "externalAccountMACKeys":
	    {"kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"},
	  "domainBlocklist": ["$PEBBLE_BLOCKED"],
	  "retryAfter": {"authz": $PEBBLE_RETRY_AUTHZ,
	    "order": $PEBBLE_RETRY_ORDER},
	  "profiles": {"short": {"description": "for tests",
	    "validityPeriod": $PEBBLE_VALIDITY}}
	}}
	END
}

pebble_answers()
{
	curl -sf --cacert "$PEBBLE_TRUST" "$PEBBLE_URL"
}

pebble_start()
{
	[ -e "$PEBBLE_TRUST" ] || make_server_certificate "$DIR/pebble"
	pebble_config >"$DIR/pebble/config.json"
	"$BUILD/pebble/pebble" -strict -config "$DIR/pebble/config.json" \
		${PEBBLE_DNS:+-dnsserver "$PEBBLE_DNS"} \
		>>"$DIR/pebble.log" 2>&1 &
	PEBBLE_PID=$!
	wait_for 60 "answer of Pebble" pebble_answers
}

# The root and intermediate that Pebble made for this run.
pebble_root()
{
	curl -sf --cacert "$PEBBLE_TRUST" \
		"https://127.0.0.1:$PEBBLE_MANAGEMENT/roots/0"
}

pebble_stop()
{
	kill "$PEBBLE_PID"
	wait "$PEBBLE_PID" || true
}

# How many requests of a kind Pebble has seen: pebble_count 'POST /order-plz'
pebble_count()
{
	grep -c -- "$1" "$DIR/pebble.log" || true
}

# --- Names -------------------------------------------------------------------

# dns_start [PORT]: challtestsrv as name server; every name is 127.0.0.1 until
# told otherwise. On port 53 it is what /etc/resolv.conf names.
dns_start()
{
	local port=${1:-53}

	"$BUILD/pebble/pebble-challtestsrv" -dnsserver "127.0.0.1:$port" \
		-management 127.0.0.1:8055 -defaultIPv4 127.0.0.1 \
		-defaultIPv6 "" -http01 "" -https01 "" -tlsalpn01 "" -doh "" \
		>>"$DIR/dns.log" 2>&1 &
	PEBBLE_DNS=127.0.0.1:$port
	wait_for 60 "answer of the name server" dns_ask clear-a '{"host":"x"}'
	[ "$port" != 53 ] || resolv_conf "nameserver 127.0.0.1"
}

# dns_ask VERB JSON: set-default-ipv4, add-a, set-servfail, ...
dns_ask()
{
	curl -sf "http://127.0.0.1:8055/$1" -d "$2"
}

# dns_a NAME ADDRESS...
dns_a()
{
	local name=$1

	shift
	dns_ask add-a "$(jq -nc --arg host "$name" \
		'{host: $host, addresses: $ARGS.positional}' --args "$@")"
}

# resolv_conf LINE...: only this test sees it
resolv_conf()
{
	printf '%s\n' "$@" >"$DIR/resolv.conf"
	mountpoint -q "$(realpath /etc/resolv.conf)" ||
		mount --bind "$DIR/resolv.conf" "$(realpath /etc/resolv.conf)"
}

# --- Web servers -------------------------------------------------------------

# nginx_start: the server blocks come on standard input; NGINX_MAIN is what
# stands outside of http { }
NGINX_MAIN=
nginx_start()
{
	mkdir -p "$DIR/nginx"
	cat >"$DIR/nginx/servers.conf"
	cat >"$DIR/nginx/nginx.conf" <<-END
	user $(id -un);
	worker_processes 1;
	daemon off;
	pid $DIR/nginx/pid;
	error_log $DIR/nginx.log info;
	$NGINX_MAIN
	events {}
	http {
		access_log $DIR/nginx.log;
		client_body_temp_path $DIR/nginx/body;
		proxy_temp_path $DIR/nginx/proxy;
		fastcgi_temp_path $DIR/nginx/fastcgi;
		uwsgi_temp_path $DIR/nginx/uwsgi;
		scgi_temp_path $DIR/nginx/scgi;
		include $DIR/nginx/servers.conf;
	}
	END
	nginx -e "$DIR/nginx.log" -p "$DIR/nginx" -c "$DIR/nginx/nginx.conf" &
	NGINX_PID=$!
	wait_for 60 "start of nginx" test -s "$DIR/nginx/pid"
}

# nginx_reload: until only workers with the new configuration are left
# (an earlier reload may still have its own old one)
nginx_reload()
{
	local workers

	mapfile -t workers < <(pgrep -P "$NGINX_PID")
	kill -HUP "$NGINX_PID"
	wait_for 60 "end of nginx's old workers" have_ended "${workers[@]}"
}

# have_ended PID...
have_ended()
{
	local pid

	for pid in "$@"; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

# --- Mail --------------------------------------------------------------------

# sendmail_install: a /usr/sbin/sendmail that only this test sees. It keeps
# letters as $DIR/mail/NUMBER, or does what $DIR/sendmail.do says.
sendmail_install()
{
	mkdir -p "$DIR/mail" "$DIR/sbin"
	chmod 755 "$DIR/sbin"
	cat >"$DIR/sbin/sendmail" <<-END
	#!/bin/sh
	[ ! -e $DIR/sendmail.do ] || . $DIR/sendmail.do
	number=1
	while ! mkdir $DIR/mail/\$number.taken 2>/dev/null; do
		number=\$((number + 1))
	done
	echo "\$@" >$DIR/mail/\$number.arguments
	cat >$DIR/mail/\$number.new
	mv $DIR/mail/\$number.new $DIR/mail/\$number
	END
	chmod 755 "$DIR/sbin/sendmail"
	mount -t overlay overlay -o "lowerdir=$DIR/sbin:/usr/sbin" /usr/sbin
}

# prove_channel: somebody would be told now, by mail
prove_channel()
{
	sendmail_install
	ctl reload
	ctl notify-test
}

# hook_start: a service behind NotifyURLFile= that keeps what it gets, a body
# a line, in $DIR/hook.log; it answers what $DIR/hook.status says (200). Its
# first line of settings is in $DIR/hook.url.
hook_start()
{
	cp "$PEBBLE_TRUST" "$CONFIGURATION_DIRECTORY/hook.pem"
	python3 "$TOP/tests/integration/hook.py" 8443 "$DIR/pebble" \
		"$DIR/hook.log" "$DIR/hook.status" 2>>"$DIR/hook.err" &
	printf 'https://127.0.0.1:8443/hook?secret=SECRET\nTrustFile=%s\n' \
		"$CONFIGURATION_DIRECTORY/hook.pem" >"$DIR/hook.url"
	wait_for 60 "answer of the hook" curl -sf \
		--cacert "$PEBBLE_TRUST" https://127.0.0.1:8443/
}

# hook_has JQ-FILTER: has the last one that came such members?
hook_has()
{
	tail -n 1 "$DIR/hook.log" | jq -e "$1" >/dev/null
}

# mail_has NUMBER REGEX: has that letter come, and has it such a line?
mail_has()
{
	grep -Eq -- "$2" "$DIR/mail/$1"
}

# --- acmed -------------------------------------------------------------------

ACMED_DIR=$DIR/acmed
export CONFIGURATION_DIRECTORY=$ACMED_DIR/etc
export STATE_DIRECTORY=$ACMED_DIR/state
export RUNTIME_DIRECTORY=$ACMED_DIR/run
mkdir -p "$ACMED_DIR"/{state,run}

# acmed_config: acmed.conf from standard input, below what makes Pebble its CA
# (the loop reads a TrustFile= of the configuration's folder, none elsewhere)
acmed_config()
{
	mkdir -p "$CONFIGURATION_DIRECTORY"/{certs.d,acmed.conf.d,secrets}
	[ ! -e "$PEBBLE_TRUST" ] ||
		cp "$PEBBLE_TRUST" "$CONFIGURATION_DIRECTORY/ca.pem"
	{
		cat <<-END
		[CA pebble]
		Directory=$PEBBLE_URL
		TrustFile=$CONFIGURATION_DIRECTORY/ca.pem
		Contact=ops@example.com
		AgreeToTerms=yes

		[Certificate]
		CA=pebble

		END
		cat
	} >"$CONFIGURATION_DIRECTORY/acmed.conf"
}

# acmed_certificate NAME: its file from standard input
acmed_certificate()
{
	cat >"$CONFIGURATION_DIRECTORY/certs.d/$1.conf"
}

# acmed_names NAME IDENTIFIER...: a file that says no more than Names=
acmed_names()
{
	acmed_certificate "$1" <<-END
	[Certificate]
	Names=${*:2}
	END
}

# acmed_standalone: acmed.conf for a machine without a web server, what
# standard input says below it
acmed_standalone()
{
	acmed_config < <(
		printf '[Challenge]\nSolver=standalone\n'
		printf '[Deploy]\nVerify=no\n'
		cat
	)
}

# acmed_gated: as acmed_standalone, but the CA, and nobody before it, finds a
# gate on port 80
acmed_gated()
{
	acmed_standalone < <(
		printf '[Challenge]\nListen=127.0.0.1:8402\n'
		printf '[Daemon]\nRehearse=no\n'
		cat
	)
	gate_start 8402
}

# gate_start PORT: port 80 leads to that one, but stays shut until gate_open,
# and until somebody listens behind it (Pebble would wait for 5 s only: it is
# the scripted CA that is asked, with gate_ca)
gate_start()
{
	cat >"$DIR/gate" <<-END
	touch $DIR/knocked
	until [ -e $DIR/open ]; do sleep 0.02; done
	exec socat STDIO TCP:127.0.0.1:$1,retry=3000,interval=0.02
	END
	socat TCP-LISTEN:80,fork,reuseaddr EXEC:"sh $DIR/gate" \
		>>"$DIR/gate.log" 2>&1 &
}

gate_open()
{
	touch "$DIR/open"
}

# gate_shut: wait_knock then tells when the CA has come again
gate_shut()
{
	rm -f "$DIR/open" "$DIR/knocked"
}

wait_knock()
{
	wait_for 60 "knock of the CA on port 80" test -e "$DIR/knocked"
}

# acmed_start [ARGUMENT...]: returns when the control socket answers
acmed_start()
{
	"$BUILD/acmed" -d "$@" >>"$DIR/acmed.log" 2>&1 &
	ACMED_PID=$!
	wait_for 60 "answer of acmed" acmed_answers
}

acmed_answers()
{
	kill -0 "$ACMED_PID" 2>/dev/null || fail "acmed ended at its start"
	ctl status
}

# acmed_stop: and its exit status
acmed_stop()
{
	kill "$ACMED_PID" || fail "acmed has ended already"
	wait "$ACMED_PID"
}

# acmed_pid acmed|acmed-vault: the loop or the vault below the small parent
acmed_pid()
{
	pgrep -P "$ACMED_PID" -x "$1"
}

# within PID FILES: the loop is that process still, and has no more open files
# than so many, and never had more than 32 MiB
within()
{
	local loop open peak

	loop=$(acmed_pid acmed)
	open=$(find "/proc/$loop/fd" -mindepth 1 | wc -l)
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$loop/status")
	echo "$open open files, $peak KiB at the most"
	assert_equal "$1" "$loop" "process id of the loop"
	[ "$open" -le "$2" ] || fail "$open open files"
	[ "$peak" -le 32768 ] || fail "$peak KiB at the most"
}

# acmed_crash: all of it at once, as when the power fails
acmed_crash()
{
	local pids pid

	pids="$ACMED_PID $(pgrep -P "$ACMED_PID" | xargs)"
	# shellcheck disable=SC2086 # one word a process
	kill -KILL $pids
	wait "$ACMED_PID" || true
	for pid in $pids; do
		wait_for 60 "end of process $pid" has_ended "$pid"
	done
}

has_ended()
{
	! grep -q '^State:.[^Z]' "/proc/$1/status"
}

ctl()
{
	"$BUILD/acmectl" "$@"
}

# acmed_log REGEX: did the daemon say so?
acmed_log()
{
	grep -Eq -- "$1" "$DIR/acmed.log"
}

# deploy_due NAME: as if the time until its next deployment had passed; acmed
# has stopped
deploy_due()
{
	local file=$STATE_DIRECTORY/state/$1.json

	jq -e .deploy.next "$file" >/dev/null ||
		fail "no deployment of $1 is to come"
	jq -c '.deploy.next = "2020-01-01T00:00:00Z"' "$file" >"$DIR/due.json"
	cat "$DIR/due.json" >"$file"
}

# field NAME FILTER: of what status says about a certificate, by jq
field()
{
	ctl status --json "$1" | jq -r ".certificates[0]$2 // empty"
}

# has NAME FILTER REGEX: does it match?
has()
{
	[[ $(field "$1" "$2") =~ $3 ]]
}

# wait_state NAME REGEX
wait_state()
{
	wait_for 60 "state '$2' of $1" has "$1" .state "$2"
}

# key_fits NAME: key and certificate in live/ belong together
key_fits()
{
	[ "$(openssl x509 -noout -pubkey -in "$(live "$1")")" = \
		"$(openssl pkey -pubout -in "$(live "$1" privkey.pem)")" ]
}

live()
{
	echo "$STATE_DIRECTORY/live/$1/${2:-cert.pem}"
}

# wait_issued NAME [SERIAL]: until live/NAME is no placeholder, nor SERIAL
wait_issued()
{
	wait_for 60 "certificate $1" is_issued "$@"
	wait_for 60 "word of certificate $1" is_over "$1"
}

# is_over NAME: does acmed know of no issue that is under way?
is_over()
{
	ctl status --json "$1" |
		jq -e '.certificates[0].action != "renewing"'
}

is_issued()
{
	local file

	file=$(live "$1")
	openssl x509 -noout -issuer -in "$file" | grep -Eq 'Pebble|Scripted' &&
		[ "$(serial_of "$file")" != "${2:-}" ]
}
