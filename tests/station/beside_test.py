# A run where no `fatmaster station` watches the bench: it starts one beside itself, which reads and guards as the other would, outlives engines,
# and leaves the bench harmless when the run is over, however that came.
#
# FATMASTER names the built program.
import contextlib
import os
import pathlib
import signal
import sqlite3
import unittest

from cryostat import Cryostat, wait_until

HELD = "[one]\ncommand = sh -c 'touch begun; read line < go'\n[two]\ncommand = touch second\n"


class Beside(unittest.TestCase):
    def cryostat(self, sections=HELD, **keys):
        place = Cryostat(sections=sections, **keys)
        self.addCleanup(place.close)
        os.mkfifo(place.folder / "go")
        place.said = place.folder / "runs/run_00001/station.log"
        return place

    def begun(self, *words, **keys):
        """Heats, and is within the first step."""
        place = self.cryostat(**keys)
        place.heat()
        place.run(*words)
        wait_until((place.folder / "begun").exists, what=lambda: "the first step\n" + place.terminal())
        return place

    def let_go(self, place):
        (place.folder / "go").write_text("\n")
        self.assertEqual(place.wait_for_end(), 0, place.terminal())

    def reader(self, place):
        """The process that reads the bench now."""
        found = [pid for pid in place.processes() if b"\0--beside\0" in self.words(pid)]
        return found[0] if len(found) == 1 else None

    def words(self, pid):
        try:
            return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""  # it has just ended

    def test_reads_and_guards_while_the_run_goes_on(self):
        place = self.begun()
        self.assertTrue(place.interlocks()["watched"])
        self.assertEqual(place.heats(), [True, True])

        place.show(280, 250)

        place.wait_for_heat(False, False)
        (place.folder / "go").write_text("\n")
        self.assertIn("interlock heating is tripped", place.wait_for_status("suspended")["why"])
        self.assertFalse((place.folder / "second").exists())
        place.show(250, 250)
        place.wait_for_phase("latched")
        self.assertEqual(place.tell("interlock", "reset", "heating").returncode, 0)
        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        with sqlite3.connect(place.folder / "readings.db") as readings:
            self.assertGreater(readings.execute("SELECT count(*) FROM newest").fetchone()[0], 0)

    def test_leaves_the_bench_harmless_when_the_run_ends(self):
        place = self.begun()
        reader = self.reader(place)
        self.assertIn(f"process {reader} reads and guards it", place.terminal())

        self.let_go(place)

        self.assertEqual(place.heats(), [False, False])
        self.assertIsNone(self.reader(place))
        self.assertIn("leaves it harmless", place.terminal())

    def test_says_when_it_could_not_leave_it_harmless(self):
        place = self.begun()
        place.breaks("supply", "stuck-output", "--channel", "1")

        self.let_go(place)

        self.assertIn("the bench may NOT be harmless", place.terminal())
        self.assertIn("NOT harmless: ", place.said.read_text())

    def test_begins_no_step_before_the_bench_is_known(self):
        place = self.cryostat()
        place.show(280, 250)
        place.run()

        self.assertIn("interlock heating is tripped", place.wait_for_status("suspended")["why"])
        self.assertEqual(place.events("attempt_started"), [])

    def test_a_refused_run_touches_nothing(self):
        place = self.cryostat(sections="[one]\ntask = no_such_task\n")
        place.heat()
        place.run()

        self.assertEqual(place.wait_for_end(), 3)

        self.assertEqual(place.heats(), [True, True])
        self.assertFalse(place.said.exists())

    def test_another_that_watches_already_stays_the_only_one(self):
        place = self.cryostat()
        place.heat()
        place.watch()
        place.run()
        wait_until((place.folder / "begun").exists, what="the first step")
        self.assertIsNone(self.reader(place))

        self.let_go(place)

        self.assertEqual(place.heats(), [True, True])
        self.assertTrue(place.interlocks()["watched"])

    def test_nobody_else_starts_while_it_lives(self):
        place = self.begun()

        refused = place.tell("station")

        self.assertEqual(refused.returncode, 6)
        self.assertIn("it ends with run 1", refused.stderr)
        self.let_go(place)

    def test_one_that_is_killed_is_followed_by_another_that_knows_as_much(self):
        place = self.begun()
        place.show(280, 250)
        place.wait_for_phase("tripped")
        first = self.reader(place)
        place.show(250, 250)
        place.wait_for_phase("latched")

        os.kill(first, signal.SIGKILL)

        second = wait_until(lambda: self.reader(place) not in (None, first) and self.reader(place), what="the next one")
        place.wait_for_phase("latched")
        self.assertIn(f"process {first}, which read the bench, has ended (signal 9)", place.terminal())
        (place.folder / "go").write_text("\n")
        place.wait_for_status("suspended")
        wait_until(lambda: place.tell("interlock", "reset", "heating").returncode == 0, what="the reset")
        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        self.assertNotIn(second, place.processes())

    def test_outlives_an_engine_and_is_found_again_by_the_next(self):
        place = self.begun()
        reader = self.reader(place)

        self.assertTrue(place.kill_engine())
        wait_until(lambda: "the engine had died" in place.terminal(), what=place.terminal)

        self.assertEqual(self.reader(place), reader)
        self.assertEqual(place.heats(), [True, True])
        self.let_go(place)
        self.assertIsNone(self.reader(place))
        self.assertEqual(place.heats(), [False, False])

    def test_one_that_an_earlier_engine_started_is_followed_by_another_too(self):
        place = self.begun()
        reader = self.reader(place)
        self.assertTrue(place.kill_engine())
        wait_until(lambda: "the engine had died" in place.terminal(), what=place.terminal)

        os.kill(reader, signal.SIGKILL)

        wait_until(lambda: self.reader(place) not in (None, reader), what="the next one")
        self.assertIn(f"process {reader}, which read the bench, has ended; another one is started", place.terminal())
        self.let_go(place)
        self.assertIsNone(self.reader(place))

    def test_a_resumed_run_finds_it_again(self):
        place = self.begun()
        reader = self.reader(place)
        place.kill_scheduler()
        place.resume()
        wait_until(lambda: f"process {reader} goes on reading it" in place.terminal(), what=place.terminal)
        self.assertEqual(place.heats(), [True, True])

        self.let_go(place)

        self.assertEqual(place.heats(), [False, False])

    def test_ends_by_itself_when_another_run_begins(self):
        place = self.begun()
        reader = self.reader(place)
        place.kill_scheduler()
        (place.folder / "runs/run_00002").mkdir()
        (place.folder / "runs/run/run_00002.json").write_text('{"comment": "next", "date": "2026-11-23"}')
        (place.folder / "next.ini").write_text("[one]\ncommand = true\n")

        place.start("run", "next.ini", "--run", "runs/run/run_00002.json")

        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        self.assertNotIn(reader, place.processes())
        self.assertEqual(place.heats(), [False, False])
        self.assertIn("nobody will watch", place.said.read_text())
        self.assertIn("reads 4 channels", (place.folder / "runs/run_00002/station.log").read_text())
        self.assertEqual(self.reader(place), None)

    def test_one_that_rests_after_a_crash_is_started_to_leave_the_bench_harmless(self):
        place = self.begun()
        os.kill(self.reader(place), signal.SIGKILL)
        wait_until(lambda: "has ended (signal 9)" in place.terminal(), what=place.terminal)
        self.assertEqual(place.tell("abort", "--reason", "enough").returncode, 0)

        self.assertEqual(place.wait_for_end(), 5, place.terminal())

        self.assertEqual(place.heats(), [False, False])

    def test_holds_nothing_of_the_engine_open(self):
        """Or it would answer for an engine that is dead, and its own orders would go to itself."""
        place = self.begun()

        shared = self.sockets(place.engine()) & self.sockets(self.reader(place))

        self.assertEqual(shared, set())

    def sockets(self, pid):
        names = set()
        for one in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                names.add(os.readlink(one))
        return {name for name in names if name.startswith("socket:")}


if __name__ == "__main__":
    unittest.main()
