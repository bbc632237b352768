# What people type wrong, and files that are not what they should be: one sentence, the right exit code, nothing written.
import json
import os
import pathlib
import shutil
import tempfile
import unittest
import xml.etree.ElementTree

from command_folder import CommandFolder, listing

COLD_SCHEDULE = """[constants]
run_file = runs/run/run_00001.json
[first]
command = true
[cool]
package = lab.freezer
task = dummy_wrapper
fcurrent = 20
fdelta = -60
[settle]
task = wait_time
duration = 14 h
[look]
task = manual_input
message = Dry?
"""
BENCH_SCHEDULE = """[constants]
run_file = runs/run/run_00012.json
[status]
task = status_check
[settle]
task = wait_time
duration = 2 h
[look]
task = manual_input
message = Dry?
[theirs]
command = touch {touched}
[dark]
task = disable_laser
generator = laser
[safe_state]
steps = off
[off]
task = hv_off
"""


class CommandLine(CommandFolder):
    def test_an_unknown_option_is_refused_with_the_nearest_one(self):
        self.refused(2, "unknown option '--batchh'; did you mean '--batch'?", "run", "--batchh", "ok.ini")
        self.refused(2, "unknown option '--virtul'; did you mean '--virtual'?", "--virtul", "run", "ok.ini")

    def test_an_unknown_command_is_refused_with_the_nearest_one(self):
        self.refused(2, "unknown command 'resum'; did you mean 'resume'?", "resum")
        self.refused(2, "unknown command ''", "")

    def test_missing_empty_and_superfluous_words_are_refused(self):
        self.refused(2, "SCHEDULE is missing", "plan")
        self.refused(2, "SCHEDULE is missing", "run", "")
        self.refused(2, "too many arguments", "run", "ok.ini", "ok.ini")
        self.refused(2, "option '--from' is missing", "run", "ok.ini", "--from")
        self.refused(2, "expected [PROMPT] VALUE", "answer", "1", "2", "3")
        self.refused(2, "--then is retry, continue or pause, not 'dance'", "abort-step", "--then", "dance")

    def rehearse(self, *words):
        """What it prints; not a byte of the folder has changed."""
        self.write("station.ini", "[station]\nname = bench\ntime_zone = Asia/Tokyo\nquiet_hours = 22:00-07:00\n")
        self.write("cold.ini", COLD_SCHEDULE)
        before = listing(self.folder)
        ended = self.call("rehearse", "cold.ini", "--start", "2026-11-21 08:30", *words)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(listing(self.folder), before)
        return ended.stdout

    def test_a_rehearsal_says_who_is_needed_at_night_and_writes_nothing(self):
        told = self.rehearse("--answer-after", "30 min")
        for line in (
            r"start    2026-11-21 08:30:00 \+0900",
            r"2026-11-21 08:44 \(.*\) +14 min  -40 degC set  \[1\] cool",
            r"2026-11-21 22:44 \(.*\) +14 h 14 min  PERSON needed AT NIGHT: \[3\] look: Dry\?",
            r"2026-11-21 23:14 \(.*\) +14 h 44 min  the run is completed",
            r"length   14 h 44 min \(.* in four cases of five\)",
            r"people   needed 1 time, 1 at night \(22:00-07:00\); 30 min of the length is waiting for them \(30 min each\)",
            r"guessed  1 step never ran here and has no estimate, 10 min: \[0\] first\n",
            r"estimate 1 step never ran here, as long as its task says: \[1\] cool\n",
        ):
            self.assertRegex(told, line)
        self.assertNotIn("NIGHT", self.rehearse("--quiet-hours", "23:00-07:00"))

    def test_a_rehearsal_shows_what_trouble_would_do(self):
        told = self.rehearse("--fail", "first", "--kill", "settle", "--power-cut", "1")
        for line in (
            r"\[0\] first: errored: it fails, as the rehearsal was told",
            r"PERSON needed: \[0\] first: Step 'first' did not succeed",
            r"\[0\] first: attempt 2 starts",
            r"\[1\] cool: the power is cut while it runs",
            r"PERSON needed: \[1\] cool: Step 'cool' was interrupted \(the power was cut\)",
            r"the scheduler is killed",
        ):
            self.assertRegex(told, line)

    def test_a_rehearsal_for_programs_and_as_a_drawing(self):
        told = json.loads(self.rehearse("--json"))
        self.assertEqual([one["kind"] for one in told["milestones"]], ["temperature", "person", "end"])
        self.assertEqual(told["milestones"][0]["celsius"], -40)
        self.assertEqual(told["start"], "2026-11-20T23:30:00.000000Z")
        drawing = self.folder.parent / (self.folder.name + ".svg")
        self.addCleanup(drawing.unlink)
        self.rehearse("--svg", str(drawing))
        tooltips = [element.text for element in xml.etree.ElementTree.parse(drawing).iter("{http://www.w3.org/2000/svg}title")]
        self.assertIn("[1] cool\n2026-11-21 08:40 to 2026-11-21 08:44 (4 min)\ndone", tooltips)

    def executed_rehearsal(self, *words):
        """Of a bench with one module and one device at addresses where nothing answers."""
        touched = self.folder.parent / (self.folder.name + ".touched")
        self.addCleanup(touched.unlink, missing_ok=True)
        self.write("bench.ini", BENCH_SCHEDULE.format(touched=touched))
        self.write("station.ini", "[station]\nname = bench\n[device laser]\nkind = tektronix_afg3000\nlink = tcp localhost:1\n")
        self.write("runs/run/run_00012.json", json.dumps({"m1": "runs/m1.json"}))
        self.write("runs/m1.json", json.dumps({"DEggSerialNumber": "m1", "Port": 1}))
        before = listing(self.folder)
        ended = self.call("rehearse", "bench.ini", "--execute", "--speed", "10000", *words)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertEqual(listing(self.folder), before)
        self.assertIn("VIRTUAL", ended.stdout)
        self.assertIn("5 steps: 5 done", ended.stdout)
        self.assertRegex(ended.stdout, r"safe state: off: done")
        self.assertRegex(ended.stderr, r"executed in .*; on the real bench it would take about 2 h")
        return ended, touched.exists()

    def test_an_executed_rehearsal_reaches_nothing_real_and_leaves_nothing(self):
        kept = set(pathlib.Path(tempfile.gettempdir()).glob("fatmaster-rehearsal-*"))
        ended, touched = self.executed_rehearsal()
        self.assertIn("1 step (the first is 'theirs') call Python functions or commands", ended.stderr)
        self.assertFalse(touched)
        self.assertEqual(set(pathlib.Path(tempfile.gettempdir()).glob("fatmaster-rehearsal-*")) - kept, set())

    def test_an_executed_rehearsal_can_run_commands_and_be_kept(self):
        folder = self.folder.parent / (self.folder.name + ".kept")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        _, touched = self.executed_rehearsal("--foreign", "--in", str(folder))
        self.assertTrue(touched)
        self.assertIn("COMPLETED", self.call("status", station=folder).stdout)
        self.refused(7, "is not empty; name a new folder", "rehearse", "bench.ini", "--execute", "--in", str(folder))

    def test_a_rehearsal_refuses_what_it_cannot_read(self):
        self.refused(2, "--speed '0' is not a number from 1", "rehearse", "ok.ini", "--execute", "--speed", "0")
        self.refused(2, "--start 'soon' is not a date and time", "rehearse", "ok.ini", "--start", "soon")
        self.refused(2, "--quiet-hours 'night' is not a span", "rehearse", "ok.ini", "--quiet-hours", "night")
        self.refused(2, "--answer-after '10' is not a duration", "rehearse", "ok.ini", "--answer-after", "10")
        self.refused(2, "there is no step 'third'", "rehearse", "ok.ini", "--fail", "third")

    def test_a_step_or_module_that_is_not_there_is_refused_before_anything_is_written(self):
        self.refused(2, "no step 'third'", "run", "ok.ini", "--from", "third")
        self.refused(2, "no step 'third'", "run", "ok.ini", "--until", "third")
        self.refused(2, "no module 'DEgg2021-3-133'", "run", "ok.ini", "--without", "DEgg2021-3-133")

    def test_a_missing_schedule_is_named(self):
        for command in ("plan", "run"):
            self.refused(3, "missing.ini: no such file", command, "missing.ini")

    def test_a_folder_instead_of_a_file_is_named(self):
        for command in ("plan", "run"):
            self.refused(3, "runs: is a folder, not a file", command, "runs")

    def test_links_to_nowhere_and_in_circles_are_named(self):
        (self.folder / "loop.ini").symlink_to("loop.ini")
        (self.folder / "dangling.ini").symlink_to("nowhere.ini")
        for command in ("plan", "run"):
            self.refused(3, "loop.ini: cannot be read: Too many levels of symbolic links", command, "loop.ini")
            self.refused(3, "dangling.ini: no such file", command, "dangling.ini")

    def test_what_is_no_regular_file_is_not_waited_for(self):
        os.mkfifo(self.folder / "pipe.ini")
        self.refused(3, "pipe.ini: is not a regular file", "plan", "pipe.ini")
        self.refused(3, "/dev/zero: is not a regular file", "plan", "/dev/zero")

    def test_a_file_of_2_gib_is_refused_without_reading_it(self):
        with open(self.folder / "big.ini", "wb") as file:
            file.truncate(2 << 30)
        for command in ("plan", "run"):
            self.refused(3, "big.ini: is 2048 MiB long", command, "big.ini")

    def test_an_unreadable_schedule_is_named(self):
        self.folder.chmod(0o755)
        (self.folder / "ok.ini").chmod(0o000)
        self.refused(3, "ok.ini: cannot be read: Permission denied", "plan", "ok.ini", ordinary_user=True)

    def test_a_damaged_run_json_is_named_and_left_as_it_is(self):
        for text in ("", "{", '{"comment": "x"', "[]", '{"DEgg2021-3-133": "nowhere.json"}', "\0\0\0", "[" * 100_000):
            self.write("runs/run/run_00001.json", text)
            for command in ("plan", "run"):
                self.refused(3, "run_00001.json", command, "ok.ini")

    def test_a_run_json_that_is_no_file_is_named(self):
        (self.folder / "runs/run/run_00002.json").mkdir()
        self.refused(3, "run_00002.json: is a folder, not a file", "plan", "ok.ini", "--run", "runs/run/run_00002.json")
        self.refused(3, "run_00003.json", "run", "ok.ini", "--run", "runs/run/run_00003.json")

    def test_a_station_that_is_no_folder_is_named(self):
        self.refused(3, "nowhere is not a folder", "plan", "ok.ini", station=self.folder / "nowhere")
        self.refused(3, "ok.ini is not a folder", "plan", "ok.ini", station=self.folder / "ok.ini")
        self.refused(3, "is not a folder", "plan", "ok.ini", station="x" * 5000)

    def test_a_wrong_station_file_is_refused_with_its_line(self):
        self.write("station.ini", "[station]\nnam = bench\n")
        for command in ("plan", "run"):
            self.refused(3, "station.ini:2: 'nam' in [station]: unknown key; did you mean 'name'?", command, "ok.ini")

    def test_without_a_run_there_is_nothing_to_look_at_or_to_act_on(self):
        for words in (["status"], ["why"], ["history"], ["show", "first"], ["resume"], ["pause"], ["answer", "yes"], ["redo", "first"]):
            self.refused(3, "`fatmaster run SCHEDULE` starts one", *words)

    def test_plan_and_the_looking_commands_work_in_a_folder_that_cannot_be_written(self):
        self.assertEqual(self.call("run", "ok.ini").returncode, 0)
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = listing(self.folder)
        for words, text in ((["plan", "ok.ini"], "[1] second"), (["status"], "completed"), (["list"], "second"), (["history"], "second"), (["show", "second"], "done")):
            ended = self.call(*words, ordinary_user=True)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertIn(text, ended.stdout)
        self.assertEqual(listing(self.folder), before)

    def test_run_in_a_folder_that_cannot_be_written_is_refused_in_words(self):
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.refused(3, str(self.folder), "run", "ok.ini", ordinary_user=True)


if __name__ == "__main__":
    unittest.main()
