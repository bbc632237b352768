#!/bin/sh
# The modules of a run -> all of them off. Goes on after a failure and fails in the end, so that nobody believes that all is off.
failed=0
for serial in $(echo "$FATMASTER_MODULES" | tr -d '[]"' | tr ',' ' '); do
  tasks/ask.sh "$serial" off || {
    echo "$serial does not say that it is off" >&2
    failed=1
  }
done
exit $failed
