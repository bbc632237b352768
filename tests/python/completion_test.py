# Bash completion with a fatmaster of the test's own that knows two titles.
import pathlib
import shutil
import subprocess
import tempfile
import unittest

COMPLETION = pathlib.Path(__file__).resolve().parents[2] / "tools" / "completion" / "fatmaster.bash"

ASK = """
source "$1"; shift
compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_fatmaster "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""

PROGRAM = r"""#!/bin/bash
case "$*" in
  "-C bench list --titles") printf '%s\n' measure_gain_0 'cool down/01/slowmon' ;;
  --help) printf '%s\n' 'usage: fatmaster [-C DIR] COMMAND' '' '  pause            wait' '  redo             again' '  resume           go on' \
    'Common options:' '  -C DIR      folder' ;;
  "run --help") printf '%s\n' '  SCHEDULE               the file' '  --run RUN_JSON         run JSON' '  --from STEP            begin' \
    '  --batch                Asks nothing' ;;
  "show --help") printf '%s\n' '  STEP                   title' ;;
  "-C bench status --json") echo '{"modules":[{"serial":"DEgg-1","verdict":"passed"},{"serial":"DEgg-2"}]}' ;;
  "quarantine --help") printf '%s\n' '  MODULE                 serial number' ;;
  "mark --help") printf '%s\n' '  STEP                   title' '  OUTCOME                done or failed' ;;
  "abort-step --help") printf '%s\n' '  --then retry|continue|pause  and then' ;;
esac
"""


class Completion(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_completion_"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("cold.ini", "cold.json", "notes.txt"):
            (self.folder / name).touch()
        (self.folder / "bench").mkdir()
        program = self.folder / "fatmaster"
        program.write_text(PROGRAM)
        program.chmod(0o755)

    def complete(self, *words):
        command = ["bash", "-c", ASK, "bash", str(COMPLETION), str(self.folder / "fatmaster"), *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True, timeout=20)
        return sorted(done.stdout.split("\n")[:-1])

    def test_commands_are_those_of_the_help(self):
        self.assertEqual(self.complete("re"), ["redo", "resume"])
        self.assertEqual(self.complete("-C", "bench", "pau"), ["pause"])

    def test_options_belong_to_the_command(self):
        self.assertEqual(self.complete("run", "--"), ["--batch", "--from", "--help", "--run"])
        self.assertEqual(self.complete("--v"), ["--version", "--virtual"])

    def test_files_are_offered_where_one_is_meant(self):
        self.assertEqual(self.complete("run", ""), ["bench/", "cold.ini"])
        self.assertEqual(self.complete("run", "--batch", "c"), ["cold.ini"])
        self.assertEqual(self.complete("run", "cold.ini", "--run", "c"), ["cold.json"])
        self.assertEqual(self.complete("-C", "b"), ["bench/"])

    def test_modules_are_those_of_the_run(self):
        self.assertEqual(self.complete("-C", "bench", "quarantine", "DE"), ["DEgg-1", "DEgg-2"])

    def test_titles_are_those_of_the_station_and_quoted(self):
        self.assertEqual(self.complete("-C", "bench", "show", "c"), ["cool\\ down/01/slowmon"])
        self.assertEqual(self.complete("-C", "bench", "show", "cool\\ d"), ["cool\\ down/01/slowmon"])
        self.assertEqual(self.complete("-C", "bench", "run", "x.ini", "--from", "me"), ["measure_gain_0"])

    def test_the_second_operand_follows_the_first(self):
        self.assertEqual(self.complete("mark", "gain", "d"), ["done"])

    def test_listed_words_are_offered(self):
        self.assertEqual(self.complete("abort-step", "--then", "r"), ["retry"])

    def test_nothing_is_offered_without_a_program_that_answers(self):
        (self.folder / "fatmaster").unlink()
        self.assertEqual(self.complete("show", "x"), [""])


if __name__ == "__main__":
    unittest.main()
