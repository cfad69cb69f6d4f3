# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# One function a client: account and one certificate to warm up, then ten
# times one name. What works at many certificates at once does that too;
# uacme, certbot and lego go one by one, so their figure is the same.

repeats=10

# --- acmed -------------------------------------------------------------------

# Loop and vault; the parent is what systemd is elsewhere.
acmed_pids()
{
	pgrep -P "$ACMED_PID" -x acmed
	pgrep -x acmed-vault
}

write_certificate()
{
	acmed_certificate "$1" <<-END
	[Certificate]
	Names=$1
	END
}

# has_issued NUMBER: so many certificates are switched in, since the start
has_issued()
{
	[ "$(grep -c ': issued: serial' "$DIR/acmed.log")" -ge "$1" ]
}

bench_acmed()
{
	local i pids_now before

	acmed_config <<-END
	[Daemon]
	MaxOrders=4

	[Challenge]
	Type=http-01
	Solver=standalone

	[Deploy]
	Verify=no
	END
	write_certificate one.example.test
	acmed_start
	wait_issued one.example.test
	mapfile -t pids_now < <(acmed_pids)

	start_measuring "${pids_now[@]}"
	for ((i = 0; i < repeats; i++)); do
		ctl renew one.example.test --force --wait >/dev/null
	done
	stop_measuring acmed "one by one" $repeats

	idle_acmed "${pids_now[@]}"

	for ((i = 1; i <= many; i++)); do
		write_certificate "many$i.example.test"
	done
	start_measuring "${pids_now[@]}"
	before=$(grep -c ': issued: serial' "$DIR/acmed.log")
	ctl reload >/dev/null
	wait_for 300 "certificates" has_issued $((before + many))
	stop_measuring acmed together "$many"
	acmed_stop || true
}

# Memory and wake-ups over a minute in which nothing happens.
idle_acmed()
{
	local before

	before=$(wakeups "$@")
	sleep "${BENCH_IDLE:-65}"
	echo "acmed idle with one certificate: loop and vault $(
		pss_kib "$@") KiB PSS, $(($(wakeups "$@") - before)) wake-ups in ${BENCH_IDLE:-65} s"
}

# --- Peers -------------------------------------------------------------------

# issue_one LABEL FUNCTION NAME: a try that fails is taken out of the figures.
# uacme 1.7 takes in no challenge without a token, as dns-persist-01 has none,
# and Pebble shuffles them: about half of its tries end at "failed to parse
# challenge", before it has come to the one that it means to use.
issue_one()
{
	local tries wall cpu asked opened

	for ((tries = 0; tries < 20; tries++)); do
		wall=$(now_ms) cpu=$(cpu_now)
		asked=$(requests) opened=$(connections)
		! "$2" "$3" >>"$DIR/$1.log" 2>&1 || return 0
		: $((wall_before += $(now_ms) - wall))
		: $((cpu_before += $(cpu_now) - cpu))
		: $((requests_before += $(requests) - asked))
		: $((connections_before += $(connections) - opened))
	done
	return 1
}

# bench_peer LABEL FUNCTION: FUNCTION NAME issues one certificate
bench_peer()
{
	local i

	start_measuring
	issue_one "$1" "$2" warm.example.test || {
		missing+=("$1 fails here: $(tail -n 1 "$DIR/$1.log")")
		return
	}
	start_measuring
	for ((i = 0; i < repeats; i++)); do
		issue_one "$1" "$2" "$1-$i.example.test" || {
			missing+=("$1 fails here: $(tail -n 1 "$DIR/$1.log")")
			return
		}
	done
	stop_measuring "$1" "one by one" $repeats
}

has_uacme()
{
	command -v uacme >/dev/null
}

uacme_hook()
{
	cat >"$DIR/uacme-hook" <<-END
	#!/bin/sh
	file=$DIR/www/.well-known/acme-challenge/\$4
	case \$1 in
	begin) [ \$2 = http-01 ] && printf %s "\$5" >\$file ;;
	*) rm -f \$file ;;
	esac
	END
	chmod +x "$DIR/uacme-hook"
}

issue_uacme()
{
	uacme -c "$DIR/uacme" -a "$PEBBLE_URL" -y -t EC \
		-h "$DIR/uacme-hook" issue "$1"
}

bench_uacme()
{
	serve_files
	uacme_hook
	SSL_CERT_FILE=$PEBBLE_TRUST CURL_CA_BUNDLE=$PEBBLE_TRUST
	export SSL_CERT_FILE CURL_CA_BUNDLE
	trust_pebble
	uacme -c "$DIR/uacme" -a "$PEBBLE_URL" -y new >"$DIR/uacme.log" 2>&1 ||
		true
	bench_peer uacme issue_uacme
	stop_serving
}

has_certbot()
{
	command -v certbot >/dev/null
}

issue_certbot()
{
	REQUESTS_CA_BUNDLE=$PEBBLE_TRUST certbot certonly -n --quiet \
		--server "$PEBBLE_URL" --agree-tos -m ops@example.com \
		--config-dir "$DIR/certbot" --work-dir "$DIR/certbot" \
		--logs-dir "$DIR/certbot" --webroot -w "$DIR/www" -d "$1"
}

bench_certbot()
{
	serve_files
	bench_peer certbot issue_certbot
	stop_serving
}

has_lego()
{
	command -v lego >/dev/null
}

issue_lego()
{
	LEGO_CA_CERTIFICATES=$PEBBLE_TRUST lego --server "$PEBBLE_URL" \
		--path "$DIR/lego" --accept-tos --email ops@example.com \
		--http --http.port 127.0.0.1:80 --domains "$1" run
}

bench_lego()
{
	bench_peer lego issue_lego
}

has_mod_md()
{
	[ -e /usr/lib/apache2/modules/mod_md.so ]
}

# mod_md works by itself: what is measured is the time until the files of all
# names are there, and the processor time of the servers.
md_conf()
{
	local name

	cat <<-END
	ServerName localhost
	Listen 127.0.0.1:80
	PidFile $DIR/md/pid
	ErrorLog $DIR/md.log
	DefaultRuntimeDir $DIR/md
	User www-data
	Group www-data
	END
	for name in mpm_event ssl watchdog md; do
		[ ! -e /usr/lib/apache2/modules/mod_$name.so ] || echo \
		    "LoadModule ${name}_module /usr/lib/apache2/modules/mod_$name.so"
	done
	cat <<-END
	MDStoreDir $DIR/md/store
	MDCertificateAuthority $PEBBLE_URL
	MDCACertificateFile $PEBBLE_TRUST
	MDCertificateAgreement accepted
	MDContactEmail ops@example.com
	MDPortMap http:80
	END
	for name in "$@"; do
		printf 'MDomain %s\n<VirtualHost *:80>\nServerName %s\n' \
			"$name" "$name"
		echo '</VirtualHost>'
	done
}

md_staged()
{
	local name

	for name in "$@"; do
		[ -s "$DIR/md/store/staging/$name/pubcert.pem" ] || return
	done
}

# issue_md NAME...: a server that starts, gets them all, and stops
issue_md()
{
	md_conf "$@" >"$DIR/md/conf"
	apache2 -f "$DIR/md/conf" -DFOREGROUND &
	local pid=$!
	wait_for 90 "certificates of mod_md" md_staged "$@"
	kill $pid
	wait $pid || true
}

bench_mod_md()
{
	local names=() i

	chmod 755 "$DIR"
	mkdir -p "$DIR/md"
	chown www-data "$DIR/md"
	issue_md warm.example.test
	start_measuring
	issue_md md-one.example.test
	stop_measuring mod_md "one by one" 1
	for ((i = 0; i < many; i++)); do
		names+=("md$i.example.test")
	done
	start_measuring
	issue_md "${names[@]}"
	stop_measuring mod_md together "$many"
}

# --- What peers need ---------------------------------------------------------

# The document root of peers that write files.
serve_files()
{
	mkdir -p "$DIR/www/.well-known/acme-challenge"
	nginx_start <<<"server { listen 80; root $DIR/www; }"
}

stop_serving()
{
	kill "$NGINX_PID"
	wait "$NGINX_PID" || true
	rm -f "$DIR/nginx/pid"
}

# For those that know only the system's bundle: this namespace's is Pebble's.
trust_pebble()
{
	mount --bind "$PEBBLE_TRUST" /etc/ssl/certs/ca-certificates.crt
}
