# shellcheck shell=bash
# The command line so far -> what may come next: commands, options, files, titles of steps. What exists is asked of the
# program's own --help, so that nothing here has to be kept in step.
# Installed as share/bash-completion/completions/fatmaster; `source` it to try.

# The help of a command: its options and operands stand in lines that begin with two spaces.
_fatmaster_help() {
  timeout 2 "${COMP_WORDS[0]}" "$@" --help 2>/dev/null
}

# What option $2 of command $1 takes, e.g. STEP; one space behind it; empty: it is a flag.
_fatmaster_value_of() {
  case "$2" in
    -C) echo DIR ;;
    --as) echo NAME ;;
    *) _fatmaster_help "$1" | awk -v start="  $2 " 'index($0, start) == 1 && substr($0, length(start) + 1, 1) != " " { print $2 }' ;;
  esac
}

# Titles of the steps of the station in $1 that begin with $2; they may hold spaces.
_fatmaster_titles() {
  local title
  while IFS= read -r title; do
    if [[ "$title" == "$2"* ]]; then
      printf '%q\n' "$title"
    fi
  done < <(timeout 2 "${COMP_WORDS[0]}" -C "$1" list --titles 2>/dev/null)
}

# Serial numbers of the modules of the run in the station $1.
_fatmaster_modules() {
  timeout 2 "${COMP_WORDS[0]}" -C "$1" status --json 2>/dev/null | grep -o '"serial":"[^"]*"' | cut -d '"' -f 4
}

# Names of the snapshots of the station $1.
_fatmaster_snapshots() {
  timeout 5 "${COMP_WORDS[0]}" -C "$1" restore --list 2>/dev/null | grep -o 'run_[^/]*[.]tar[.]zst'
}

# What can be broken of the virtual station that runs for the station $1.
_fatmaster_virtual() {
  timeout 2 "${COMP_WORDS[0]}" -C "$1" sim fault --list 2>/dev/null
}

# Folders, and files with suffix $1, that begin with $2.
_fatmaster_files() {
  compgen -d -S / -- "$2"
  compgen -f -X "!*.$1" -- "$2"
}

# Words for something called $1 (STEP, SCHEDULE, retry|continue ...) of the station in $2 that begin with $3.
_fatmaster_words() {
  case "$1" in
    *"|"*) compgen -W "${1//|/ }" -- "$3" ;;
    STEP) _fatmaster_titles "$2" "${3//\\/}" ;;
    MODULE | SERIAL) compgen -W "$(_fatmaster_modules "$2")" -- "$3" ;;
    SCHEDULE | FILE) _fatmaster_files ini "$3" ;;
    RUN_JSON | RUN) _fatmaster_files json "$3" ;;
    CHECK) compgen -W "setup modules peripherals laser-frequency laser-visibility filters gain dark-rate laser-supply logbook" -- "$3" ;;
    CSV) _fatmaster_files csv "$3" ;;
    PATH) compgen -f -- "$3" ;;
    TEMPLATE) compgen -W "full room" -- "$3"; _fatmaster_files ini "$3" ;;
    SUBJECT) compgen -W "verify data" -- "$3"; _fatmaster_files json "$3" ;;
    SNAPSHOT) compgen -W "$(_fatmaster_snapshots "$2")" -- "$3"; _fatmaster_files tar.zst "$3" ;;
    TARGET) compgen -W "$(sed -n 's/^\[backup \(.*\)\]$/\1/p' "$2/station.ini" 2>/dev/null)" -- "$3" ;;
    DIR | FOLDER) compgen -d -S / -- "$3" ;;
    TASK) compgen -W "$(_fatmaster_help tasks | awk '/^  [a-z]/ { print $1 }')" -- "$3" ;;
    DEVICE) compgen -W "$(_fatmaster_virtual "$2" | awk '{ print $1 }')" -- "$3" ;;
    FAULT) compgen -W "$(_fatmaster_virtual "$2" | sed 's/   BROKEN: .*//; s/^[^ ]* *//' | tr ' ' '\n' | sort -u)" -- "$3" ;;
    CHANGE) compgen -W "add remove list password token" -- "$3" ;;
    VERB) compgen -W "list take renew free take-over run" -- "$3" ;;
    INSTRUMENT) compgen -W "$(sed -n 's/^\[device \(.*\)\]$/\1/p' "$2/station.ini" 2>/dev/null)" -- "$3" ;;
    ACTION) compgen -W "check fault graph states" -- "$3" ;;
    SERVICE) compgen -W "all $(sed -n 's/^\[service \(.*\)\]$/\1/p; s/^group *= *\(.*\)$/\1:*/p' "$2/station.ini" 2>/dev/null | sort -u)" -- "$3" ;;
    DO) compgen -W "status start stop restart tail" -- "$3" ;;
    CHANNEL) compgen -W "lower upper 1 2 3 4 $(sed -n 's/^\[channel \(.*\)\]$/\1/p' "$2/station.ini" 2>/dev/null)" -- "$3" ;;
    VALUE) compgen -W "yes no" -- "$3" ;;
    OUTCOME) compgen -W "done failed" -- "$3" ;;
    WHAT) compgen -W "retry continue pause" -- "$3" ;;
  esac
}

_fatmaster() {
  local word=$2 before=$3 command="" station=. operands=0 index value
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; ++index)); do
    case "${COMP_WORDS[index]}" in
      -C) station=${COMP_WORDS[++index]:-.} ;;
      --as) ((++index)) ;;
      -*) if [[ -n $command && -n "$(_fatmaster_value_of "$command" "${COMP_WORDS[index]}")" ]]; then ((++index)); fi ;;
      *) if [[ -z $command ]]; then command=${COMP_WORDS[index]}; else ((++operands)); fi ;;
    esac
  done

  value=""
  if [[ $before == -* ]]; then
    value=$(_fatmaster_value_of "$command" "$before")
  fi
  if [[ -z $value && $word == -* && -n $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--help $(_fatmaster_help "$command" | awk '/^  -/ { print $1 }')" -- "$word")
    return
  fi
  if [[ -z $value && -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "-C --as --virtual --version $(_fatmaster_help | awk '/^  [a-z]/ { print $1 }') --help" -- "$word")
    return
  fi
  if [[ -z $value ]]; then # the next of the command's operands
    value=$(_fatmaster_help "$command" | awk -v skip="$operands" '/^  [A-Z]/ && skip-- == 0 { print $1 }')
  fi
  mapfile -t COMPREPLY < <(_fatmaster_words "$value" "$station" "$word")
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == */ ]]; then
    compopt -o nospace
  fi
}

complete -F _fatmaster fatmaster
