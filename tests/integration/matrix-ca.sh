# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What a scripted CA does to the rows of the matrix: source this after ca.sh
# and matrix.sh.
#
#   matrix_ca TEST   all of it, with the rows of TEST

# gone: nobody listens at the CA's address
gone()
{
	undo ca_ask listen true
	ca_ask listen false
}

# account STATUS: the CA has given it that
account()
{
	undo ca_ask account/1 '{"status": "valid"}'
	ca_ask account/1 "{\"status\": \"$1\"}" >/dev/null
}

# moved STATUS: the CA's resources are elsewhere, its directory says STATUS
moved()
{
	setting prefix '"v2"' '""'
	rule "directory every status=$1 content-type=text/plain body=gone"
}

# validation NAME TYPE DETAIL: the verdict on each challenge of NAME
validation()
{
	setting validations "$(jq -nc --arg name "$1" --arg type "$2" \
		--arg detail "$3" '{($name): {$type, $detail}}')" '{}'
}

# more_ca NAME LINE...: of the same directory, with an account of its own
more_ca()
{
	cat <<-END
	[CA $1]
	Directory=$CA_URL
	TrustFile=$CONFIGURATION_DIRECTORY/ca.pem
	AgreeToTerms=yes
	Contact=ops@example.com
	$(printf '%s\n' "${@:2}")
	END
}

# matrix_config: acmed.conf, with a CA for each way to be wrong
matrix_config()
{
	local secrets=$CONFIGURATION_DIRECTORY/secrets

	acmed_standalone < <(
		more_ca fresh
		more_ca shy
		more_ca plain
		more_ca bound EABKeyID=expired "EABKeyFile=$secrets/eab"
		more_ca typo | sed 's,/directory,/direktory,'
		more_ca rooted "RootFile=$CONFIGURATION_DIRECTORY/root.pem"
	)
	cp "$CA_ROOT" "$CONFIGURATION_DIRECTORY/root.pem"
	openssl rand -base64 32 | tr '/+' _- | tr -d = >"$secrets/eab"
	chmod 640 "$secrets/eab"
}

matrix_ca()
{
	step "a certificate for each row"
	ca_start
	ca_share_clock
	ca_script 'set validation=real'
	matrix_config
	matrix_show </dev/null
	matrix_begin "$1"
	matrix_run
	matrix_end
}
