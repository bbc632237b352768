# What older programs left, and a step begun by the version before -> resumed, adopted, or refused in words. See README.md.
import contextlib
import hashlib
import os
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

import stored_station
from stored_station import StoredStation, station

FORMATS = ("journal-1",)
CASES = ("completed", "interrupted", "paused")
OLDER = b"0.0.9\0"


class Formats(unittest.TestCase):
    def stations(self, name):
        """The station of every format, one after another."""
        for form in FORMATS:
            with self.subTest(form=form), stored_station.alone():
                place = StoredStation(form, name)
                try:
                    yield place.load(form, name if name in CASES else "completed")
                finally:
                    place.close()

    def finish(self, place):
        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        self.assertEqual(place.events("run_ended")[-1].body["status"], "completed")

    def test_a_completed_run_is_told_and_not_begun_again(self):
        for place in self.stations("completed"):
            before = len(place.events())
            self.assertIn("completed", place.tell("status").stdout)
            self.assertEqual(place.tell("history").returncode, 0)

            told = place.tell("resume")

            self.assertEqual(told.returncode, 7, told.stderr)
            self.assertIn("run 1 is completed", told.stderr)
            self.assertEqual(len(place.events()), before)

    def test_an_interrupted_step_is_asked_about_and_done_ones_stay_done(self):
        for place in self.stations("interrupted"):
            place.resume()
            place.wait_for_status("waiting")
            self.assertEqual(place.events("attempt_ended")[-1].body["outcome"], "interrupted")

            told = place.tell("answer", "done", "--reason", "its effect is there")

            self.assertEqual(told.returncode, 0, told.stderr)
            self.finish(place)
            self.assertEqual(place.lines(), ["start one 1", "start two 1", "start three 1", "start laser off 1"])

    def test_an_open_question_waits_for_its_answer(self):
        for place in self.stations("paused"):
            place.resume()
            self.assertEqual(place.wait_for_status("waiting")["status"], "waiting")

            told = place.tell("answer", "yes")

            self.assertEqual(told.returncode, 0, told.stderr)
            self.finish(place)
            self.assertEqual(place.lines(), ["start one 1", "start three 1", "start laser off 1"])

    def test_what_a_newer_program_wrote_is_refused_and_not_touched(self):
        for form in FORMATS:
            with self.subTest(form=form), stored_station.alone():
                place = StoredStation(form, "completed").load(form, "completed")
                try:
                    with contextlib.closing(sqlite3.connect(place.folder / "fatmaster.db")) as journal:
                        journal.execute("PRAGMA user_version = 1000")  # as a program to come would write it
                    before = hashlib.sha256((place.folder / "fatmaster.db").read_bytes()).digest()
                    for words in (("resume",), ("status",), ("history",), ("run", station.SCHEDULE), ("pause",)):
                        told = place.tell(*words)
                        self.assertNotIn(told.returncode, (0, 70), f"{words}: {told.stdout}{told.stderr}")
                        self.assertIn("was written by a newer fatmaster", told.stderr, words)
                    self.assertEqual(hashlib.sha256((place.folder / "fatmaster.db").read_bytes()).digest(), before)
                finally:
                    place.close()


class NextBuild(unittest.TestCase):
    """Two copies of the program, the older one with another version in it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_versions_"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.program = station.PROGRAM
        self.addCleanup(setattr, station, "PROGRAM", self.program)

    def build(self, name, version=None):
        """A program with its shim beside it, as in a build folder."""
        place = self.folder / name
        place.mkdir()
        for file in ("fatmaster", "fat-step"):
            shutil.copy2(pathlib.Path(self.program).with_name(file), place / file)
        if version:
            program = place / "fatmaster"
            current = self.version_of(program).encode() + b"\0"
            self.assertEqual(len(current), len(version))
            program.write_bytes(program.read_bytes().replace(b"\0" + current, b"\0" + version))
        return str(place / "fatmaster")

    def version_of(self, program):
        station.PROGRAM = str(program)
        place = station.Station("")
        try:
            return place.tell("version").stdout.split()[1]
        finally:
            place.close()

    def test_adopts_the_running_step_of_the_one_before(self):
        old, new = self.build("old", OLDER), self.build("new")
        self.assertEqual(self.version_of(old), OLDER[:-1].decode())
        place = station.Station(station.CONSTANTS + "[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n")
        self.addCleanup(place.close)
        (place.folder / "hold.sh").write_text(stored_station.HOLD)
        (place.folder / "note.sh").write_text(stored_station.NOTE)
        os.mkfifo(place.folder / "gate")
        station.PROGRAM = old
        place.run()
        place.wait_for_line("start one 1")
        place.kill_scheduler()
        shutil.rmtree(self.folder / "old")  # an upgrade took its place

        station.PROGRAM = new
        place.resume()
        place.wait_for_event("attempt_adopted", "one")
        with open(place.folder / "gate", "w", encoding="utf-8") as gate:
            gate.write("go\n")

        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        self.assertEqual(place.lines(), ["start one 1", "end one 1", "start two 1"])
        self.assertIn("driven by fatmaster 0.0.9 so far", place.terminal())
        self.assertEqual([event.body["version"] for event in place.events("scheduler_started")], ["0.0.9", self.version_of(new)])


if __name__ == "__main__":
    unittest.main()
