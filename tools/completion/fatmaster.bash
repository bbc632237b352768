# shellcheck shell=bash
# The command line so far -> what may come next: commands, options, files, titles of steps, numbers of runs.
# Installed as share/bash-completion/completions/fatmaster; `source` it to try.

_fatmaster_commands="abort abort-step answer backup continue demo doctor eta halt history install-service list mark output pause plan
redo resume run show sim skip status stop task tasks version why"

# Options of a command, one word each; those of every command are added.
_fatmaster_options() {
  case "$1" in
    plan) echo "--run --json --as-original --virtual" ;;
    run) echo "--run --from --until --batch --as-original --virtual --without --no-probe" ;;
    resume) echo "--from --until --batch --accept-drift --redo --as-original --virtual --without --no-probe" ;;
    status) echo "--json --watch" ;;
    history | list | doctor | tasks) echo "--json" ;;
    output) echo "-f" ;;
    pause | stop) echo "--cancel --reason --as" ;;
    abort-step) echo "--then --reason --as" ;;
    mark | skip | redo | continue | abort | halt) echo "--reason --as" ;;
    answer) echo "--reason --wait --as" ;;
    sim) echo "--modules --port-base --seed --speed --json" ;;
  esac
  echo "--help"
}

# Titles of the station's current plan; they may hold spaces.
_fatmaster_titles() {
  local title
  while IFS= read -r title; do
    if [[ "$title" == "$2"* ]]; then
      printf '%q\n' "$title"
    fi
  done < <(timeout 2 "${COMP_WORDS[0]}" -C "$1" list --titles 2>/dev/null)
}

# Files and folders with one of the suffixes, e.g. "ini json".
_fatmaster_files() {
  local suffix
  compgen -d -S / -- "$2"
  for suffix in $1; do
    compgen -f -X "!*.$suffix" -- "$2"
  done
}

_fatmaster() {
  local word=$2 before=$3 command="" station=. index plain
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; ++index)); do
    case "${COMP_WORDS[index]}" in
      -C) station=${COMP_WORDS[++index]:-.} ;;
      -*) ;;
      *) command=${command:-${COMP_WORDS[index]}} ;;
    esac
  done
  plain=${word//\\/} # titles are compared without the backslashes of quoting

  case "$before" in
    -C) mapfile -t COMPREPLY < <(compgen -d -S / -- "$word") && compopt -o nospace && return ;;
    --run) mapfile -t COMPREPLY < <(_fatmaster_files json "$word") && return ;;
    --from | --until | --redo) mapfile -t COMPREPLY < <(_fatmaster_titles "$station" "$plain") && return ;;
    --then) mapfile -t COMPREPLY < <(compgen -W "retry continue pause" -- "$word") && return ;;
    --reason | --accept-drift | --as | --modules | --port-base | --seed | --speed | --without) return ;;
  esac
  if [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$_fatmaster_commands -C --help --version" -- "$word")
    return
  fi
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_fatmaster_options "$command")" -- "$word")
    return
  fi
  case "$command" in
    plan | run) mapfile -t COMPREPLY < <(_fatmaster_files ini "$word") && compopt -o filenames ;;
    demo) mapfile -t COMPREPLY < <(compgen -d -S / -- "$word") && compopt -o nospace ;;
    show | output | why | skip | redo | abort-step) mapfile -t COMPREPLY < <(_fatmaster_titles "$station" "$plain") ;;
    mark)
      if [[ $before == mark ]]; then
        mapfile -t COMPREPLY < <(_fatmaster_titles "$station" "$plain")
      else
        mapfile -t COMPREPLY < <(compgen -W "done failed" -- "$word")
      fi
      ;;
    answer) mapfile -t COMPREPLY < <(compgen -W "yes no rerun done failed skip retry continue stop" -- "$word") ;;
    tasks | task)
      mapfile -t COMPREPLY < <(compgen -W "$(timeout 2 "${COMP_WORDS[0]}" tasks --names 2>/dev/null)" -- "$word")
      ;;
  esac
} 2>/dev/null

complete -F _fatmaster fatmaster
