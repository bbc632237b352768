#!/bin/sh
# A word that modules know (current, temperature) and its unit -> one measurement of each module that is still in the run.
# A module that does not answer is said to be unresponsive: it is put into quarantine, the others go on.
for serial in $(echo "$FATMASTER_MODULES" | tr -d '[]"' | tr ',' ' '); do
  if value=$(tasks/ask.sh "$serial" "$1"); then
    echo '{"measurement": {"module": "'"$serial"'", "name": "'"$1"'", "value": '"$value"', "unit": "'"$2"'"}}' >&"$FATMASTER_REPORT_FD"
  else
    echo '{"module": "'"$serial"'", "state": "unresponsive", "reason": "no answer to '"$1"'"}' >&"$FATMASTER_REPORT_FD"
  fi
done
