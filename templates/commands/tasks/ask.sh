#!/bin/sh
# A module's serial and a word (alive, current, temperature, off) -> its answer. THE ONLY FILE THAT KNOWS YOUR MODULES.
# Exit status 0: it answered. As it is, it answers from tasks/example_answers.csv, so that all else can be tried before there is hardware;
# put what talks to your modules in the place of the last line, for example:
#     address=$(awk -F, -v serial="$1" '$1 == serial { print $2 }' modules.csv)
#     echo "$2" | nc -w 5 "${address%:*}" "${address#*:}"
exec awk -F, -v serial="$1" -v word="$2" '$1 == serial && $2 == word { print $3; found = 1 } END { exit !found }' tasks/example_answers.csv
