# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of scripts and units: what integration tests say things with.
# shellcheck source=../integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"
