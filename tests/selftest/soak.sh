#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# No connection whose peer answers ends, whatever its program does, and those whose
# peer is gone end in their time: 100 connections for an hour. A whole one:
#
#     tests/vm/run --virtual --mem 4096 --timeout 14400 -- /kapolicy/tests/selftest/soak.sh 2000 24

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

connections=${1:-100} hours=${2:-1} seed=${3:-1}

load_module
host a
host b
link a b
SERVER4=${IP4[b.a]} SERVER6=${IP6[b.a]} "$SELFTEST/soak" "$connections" "$hours" "$seed" > "$TMP/soak" 2>&1
tap_is $? 0 "$connections connections live for $hours hours; of half of them the peer then dies"
tail -n 20 "$TMP/soak" | while IFS= read -r line; do tap_diag "$line"; done
tap_like "$(tail -n 1 "$TMP/soak")" 'outages=[0-9]{2,} found=[0-9]{2,} ' '... and there was something to notice'
