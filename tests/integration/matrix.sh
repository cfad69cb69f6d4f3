# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The failure matrix: source this after lib.sh. Each row of tests/matrix/rows
# is a certificate of its own, issued while all was well. Its fault is made for
# real, a renewal is tried under it, and then
#
#   the cause is told by its code: at the first try, in status and journal
#   the next try comes when the retry class says
#   the CA has heard of no order where the class forbids it
#   live/ is what it was, key and certificate fit, and the server shows it
#   with the fault gone, it is renewed without a human
#
#   matrix_begin TEST   reads its rows, and issues a certificate for each
#   matrix_run          all of them, one after another
#   matrix_end          the faults are gone: each is renewed by itself
#
# A test may say before: matrix_certificate NAME ROW, which writes its file.

ROWS=()
declare -A CODE=() CLASS=() WRITES=() FAULT=() SERIAL=()
declare -A MENDED=() # by a human, who changed its file back: a fresh start
UNDO=()         # what takes the fault away, the last first
TRIES=          # of the row, when it says so: `tries N`
FAULTY=()       # rows that do not hold
SHOWN=8443      # where a server shows live/

# name_of ROW: N2.html is n2-html.test
name_of()
{
	local name=${1,,}

	echo "${name//./-}.test"
}

matrix_read()
{
	local row test code class writes fault

	while read -r row test code class writes fault; do
		[ "$test" = "$1" ] || continue
		ROWS+=("$row")
		CODE[$row]=$code CLASS[$row]=$class
		WRITES[$row]=$writes FAULT[$row]=$fault
	done < <(grep -v '^#' "$TOP/tests/matrix/rows")
	[ "${#ROWS[@]}" -gt 0 ] || fail "no rows for $1"
}

matrix_certificate()
{
	acmed_names "$1" "$1"
}

# A journal that only this test has; JOURNAL_STREAM is what the daemon asks for
journal_start()
{
	mkdir -p /run/systemd
	mount -t tmpfs none /run/systemd
	mkdir /run/systemd/journal
	socat -u -b 131072 UNIX-RECV:/run/systemd/journal/socket \
		"CREATE:$DIR/journal.log" &
	wait_for 60 "journal" test -S /run/systemd/journal/socket
	export JOURNAL_STREAM=1:1
}

# journal_has NAME CODE
journal_has()
{
	awk -v RS='MESSAGE=' -v name="ACMED_CERTIFICATE=$1\n" \
		-v code="ACMED_DIAGNOSIS=$2\n" \
		'index($0, name) && index($0, code) {found = 1}
		END {exit !found}' "$DIR/journal.log"
}

# A server that shows what is in live/ at each handshake
matrix_show()
{
	local live="$STATE_DIRECTORY/live/\$ssl_server_name"

	nginx_start <<-END
	server {
		listen $SHOWN ssl;
		ssl_certificate $live/fullchain.pem;
		ssl_certificate_key $live/privkey.pem;
	}
	$(cat)
	END
}

# matrix_begin TEST: acmed.conf is there, the CA runs
matrix_begin()
{
	local row

	matrix_read "$1"
	for row in "${ROWS[@]}"; do
		matrix_certificate "$(name_of "$row")" "$row"
	done
	journal_start
	acmed_start
	wait_for 300 "certificates" all_installed
}

all_installed()
{
	ctl status --json | jq -e \
		'[.certificates[].state | startswith("installed")] | all'
}

# --- Faults ------------------------------------------------------------------

# undo COMMAND...: takes it away again
undo()
{
	UNDO+=("${*@Q}")
}

undo_all()
{
	while [ "${#UNDO[@]}" -gt 0 ]; do
		eval "${UNDO[-1]}" >/dev/null
		unset 'UNDO[-1]'
	done
}

tries()
{
	TRIES=$1
}

# rule LINE...: the scripted CA follows them
rule()
{
	undo ca_script clear
	ca_script "$@"
}

# setting NAME VALUE BACK: of the scripted CA
setting()
{
	undo ca_script "set $1=$3"
	ca_script "set $1=$2"
}

# certificate_is NAME LINE...: a human writes that into its file, below
# [Certificate] or the section that comes before
certificate_is()
{
	local file=$CONFIGURATION_DIRECTORY/certs.d/$1.conf line section=

	if [ ! -e "$file.good" ]; then
		MENDED[$ROW]=yes
		undo ctl reload
		undo mv "$file.good" "$file"
		cp -p "$file" "$file.good"
	fi
	for line in "${@:2}"; do
		[[ $line != \[* ]] || section=$line
		if [ -n "$section" ]; then
			echo "$line" >>"$file"
		else
			sed -i -e "/^${line%%=*}=/d" \
				-e "/^\[Certificate\]/a $line" "$file"
		fi
	done
	ctl reload
}

# drop RULE...: what nft is to throw away, or to reject
drop()
{
	local verdict=drop

	[[ $* != *reject* ]] || verdict=
	nft add table inet fault
	nft add chain inet fault in '{ type filter hook input priority 0; }'
	undo nft flush chain inet fault in
	nft add rule inet fault in "$@" $verdict
}

# redirect PORT: who calls the CA gets the listener at PORT
redirect()
{
	nft add table ip detour
	nft add chain ip detour out '{ type nat hook output priority -100; }'
	undo nft delete table ip detour
	nft add rule ip detour out ip daddr 127.0.0.1 tcp dport \
		"$(cut -d/ -f3 <<<"$CA_URL" | cut -d: -f2)" redirect to ":$1"
	ca_ask restart now # what is open goes on where it was
}

# answering PORT CERTIFICATE KEY TEXT: HTTPS that says TEXT
answering()
{
	printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%s: %d\r\n\r\n%s' \
		Content-Length "${#4}" "$4" >"$DIR/answer-$1"
	socat "OPENSSL-LISTEN:$1,fork,reuseaddr,verify=0,cert=$2,key=$3" \
		SYSTEM:"cat $DIR/answer-$1" >>"$DIR/socat.log" 2>&1 &
	wait_for 60 "server on $1" eval "ss -Hltn 'sport = :$1' | grep -q ."
}

# replace_file FILE: by standard input
replace_file()
{
	undo mv "$1.good" "$1"
	cp -p "$1" "$1.good"
	cat >"$1"
}

# --- One row -----------------------------------------------------------------

matrix_now()
{
	local offset=0

	[ ! -e "${ACMED_TEST_CLOCK:-}" ] || read -r offset <"$ACMED_TEST_CLOCK"
	awk -v now="$EPOCHSECONDS" -v offset="${offset#!}" \
		'BEGIN {printf "%d\n", now + offset}'
}

# orders_of NAME: how many the CA was asked for
orders_of()
{
	if [ -s "$CA_DIR/log.jsonl" ]; then
		grep '"kind": "newOrder"' "$CA_DIR/log.jsonl" |
			grep -cF "\"$1\"" || true
	else
		grep -cF "There are now" "$DIR/pebble.log" || true
	fi
}

# expect WANTED GOT WHAT, at_least and at_most likewise
expect()
{
	[ "$1" = "$2" ] || wrong "$3: wanted '$1', got '$2'"
}

within()
{
	if [ "$3" -lt "$1" ] || [ "$3" -gt "$2" ]; then
		wrong "$4: wanted $1 to $2, got $3"
	fi
}

wrong()
{
	echo "row $ROW: $*" >&2
	echo "$SAID" | tail -n 3 >&2
	exit 1
}

# due_after CLASS TRIES: between how many seconds is the next try?
due_after()
{
	case $1-$2 in
	Q1-3) echo 150 450 ;;
	Q2-3) echo 3000 9000 ;;
	Q4-*) echo 43200 129600 ;;
	Q3:*) echo "${1#*:} $((${1#*:} * 11 / 10 + 5))" | sed 's/-[0-9]*//' ;;
	*) echo 30 90 ;;
	esac
}

# tries_of CLASS: what tells that class from the others
tries_of()
{
	case $1 in
	Q1 | Q2 | Q5) echo "${TRIES:-3}" ;;
	*) echo "${TRIES:-1}" ;;
	esac
}

# try_renewal NAME: what it says is in $SAID
try_renewal()
{
	local status=0

	SAID=$(ctl renew "$1" --force --wait 2>&1) || status=$?
	return $status
}

# look NAME CLASS: what status says, in $SEEN_*; Q6 is what the deployment says
look()
{
	local part=.error

	[ "$2" != Q6 ] || part=.deploy.error
	IFS='|' read -r SEEN_STATE SEEN_CODE SEEN_NEXT SEEN_REMEDY SEEN_TEXT < <(
		ctl status --json "$1" | jq -r ".certificates[0] | [.state,
			$part.code, (.next | fromdate),
			($part.remedy // \"\" | length), $part.text] |
			map(tostring) | join(\"|\")")
}

# fails_rightly NAME CODE CLASS: all tries fail, the first with that code
fails_rightly()
{
	local bounds tries begun

	tries=$(tries_of "$3")
	begun=$(matrix_now)
	! try_renewal "$1" || wrong "it succeeded"
	look "$1" "$3"
	expect "$2" "$SEEN_CODE" "code ($SEEN_TEXT)"
	[ "$SEEN_REMEDY" -gt 0 ] || wrong "no remedy"
	wait_for 60 "$2 in the journal" journal_has "$1" "$2"
	for _ in $(seq 2 "$tries"); do
		begun=$(matrix_now)
		! try_renewal "$1" || wrong "a later try succeeded"
	done
	look "$1" "$3"
	expect failing "$SEEN_STATE" state
	read -ra bounds < <(due_after "$3" "$tries")
	# from some moment between the begin of the last try and now
	[ $((SEEN_NEXT - begun)) -ge "${bounds[0]}" ] ||
		wrong "next try of class $3: $((SEEN_NEXT - begun)) s after it"
	[ $((SEEN_NEXT - $(matrix_now))) -le "${bounds[1]}" ] ||
		wrong "next try of class $3: in $((SEEN_NEXT - $(matrix_now))) s"
}

# is_untouched NAME SERIAL: what is served is what was
is_untouched()
{
	expect "$2" "$(serial_of "$(live "$1")")" "serial in live/"
	key_fits "$1" || wrong "key and certificate do not fit"
	expect "$2" "$(served_serial "127.0.0.1:$SHOWN" "$1")" "served serial"
}

# deploys_again NAME ORDERS: what failed is tried again, and costs no order
deploys_again()
{
	! SAID=$(ctl renew "$1" --wait 2>&1) || wrong "the second try succeeded"
	expect "$(($2 + 1))" "$(orders_of "$1")" "orders"
	key_fits "$1" || wrong "key and certificate do not fit"
}

# row_holds ROW: in a shell of its own
row_holds()
{
	local name orders

	name=$(name_of "$1")
	orders=$(orders_of "$name")
	if [ "${CODE[$1]}" = - ]; then
		try_renewal "$name" || wrong "it failed"
		is_issued "$name" "${SERIAL[$1]}" || wrong "not renewed"
		return
	fi
	fails_rightly "$name" "${CODE[$1]}" "${CLASS[$1]}"
	[ "${CLASS[$1]}" = Q6 ] || is_untouched "$name" "${SERIAL[$1]}"
	[ "${CLASS[$1]}" != Q6 ] || deploys_again "$name" "$orders"
	orders=$(($(orders_of "$name") - orders))
	case ${WRITES[$1]} in
	none) within 0 0 "$orders" orders ;;
	once) within 0 1 "$orders" orders ;;
	# A second one of a try is without what the first would replace.
	*) within 0 $((2 * $(tries_of "${CLASS[$1]}"))) "$orders" orders ;;
	esac
}

# matrix_fault ROW: as its line says
matrix_fault()
{
	local name

	ROW=$1 SAID='' TRIES=''
	name=$(name_of "$1")
	eval "${FAULT[$1]//@/$name}" >/dev/null
	SERIAL[$1]=$(serial_of "$(live "$name")")
}

matrix_run()
{
	local row

	for row in "${ROWS[@]}"; do
		matrix_fault "$row"
		if (row_holds "$row"); then
			echo "--- row $row"
		else
			FAULTY+=("$row")
		fi
		undo_all
	done
}

# matrix_wait: all at once, for rows that wait; one try each
matrix_wait()
{
	local row
	declare -A pids=()

	for row in "${ROWS[@]}"; do
		matrix_fault "$row"
	done
	for row in "${ROWS[@]}"; do
		(ROW=$row TRIES=1 row_holds "$row") &
		pids[$row]=$!
	done
	for row in "${ROWS[@]}"; do
		if wait "${pids[$row]}"; then
			echo "--- row $row"
		else
			FAULTY+=("$row")
		fi
	done
	undo_all
}

# Asking wakes a loop whose clock has moved.
is_renewed()
{
	local name

	name=$(name_of "$1")
	if [ "${CLASS[$1]}" != Q6 ] && is_issued "$name" "${SERIAL[$1]}"; then
		return
	fi
	ctl status "$name" >"$DIR/asked"
	[ "${MENDED[$1]:-}${CLASS[$1]}" != "${CLASS[$1]#Q6}" ] &&
		has "$name" .state '^installed'
}

# matrix_pass SPAN: so much time
matrix_pass()
{
	ca_clock "+$1"
}

# matrix_end [SPAN]: the longest wait passes, and nobody does anything
matrix_end()
{
	local row span=${1:-8d}

	[ "${#FAULTY[@]}" = 0 ] || fail "do not hold: ${FAULTY[*]}"
	matrix_pass "$span"
	for row in "${ROWS[@]}"; do
		wait_for 180 "renewal after $row" is_renewed "$row"
	done
	acmed_stop
}
