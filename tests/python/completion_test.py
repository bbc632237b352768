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

PROGRAM = """#!/bin/bash
case "$*" in
  "-C bench list --titles") printf '%s\\n' measure_gain_0 'cool down/01/slowmon' ;;
  "tasks --names") printf '%s\\n' status_check wait_time ;;
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

    def test_commands_come_first(self):
        self.assertEqual(self.complete("re"), ["redo", "resume"])
        self.assertEqual(self.complete("-C", "bench", "pau"), ["pause"])

    def test_options_belong_to_the_command(self):
        self.assertEqual(self.complete("resume", "--a"), ["--accept-drift", "--as-original"])

    def test_schedules_are_offered_where_one_is_meant(self):
        self.assertEqual(self.complete("plan", ""), ["bench/", "cold.ini"])
        self.assertEqual(self.complete("run", "cold.ini", "--run", "c"), ["cold.json"])

    def test_titles_are_those_of_the_station_and_quoted(self):
        self.assertEqual(self.complete("-C", "bench", "show", "c"), ["cool\\ down/01/slowmon"])
        self.assertEqual(self.complete("-C", "bench", "show", "cool\\ d"), ["cool\\ down/01/slowmon"])
        self.assertEqual(self.complete("-C", "bench", "run", "x.ini", "--from", "me"), ["measure_gain_0"])

    def test_answers_and_outcomes_are_offered(self):
        self.assertEqual(self.complete("answer", "y"), ["yes"])
        self.assertEqual(self.complete("mark", "gain", "d"), ["done"])
        self.assertEqual(self.complete("abort-step", "--then", "r"), ["retry"])

    def test_tasks_are_offered(self):
        self.assertEqual(self.complete("task", "w"), ["wait_time"])


if __name__ == "__main__":
    unittest.main()
