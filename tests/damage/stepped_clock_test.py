# The real program, its wall clock stepped by a day and across a change of summer time -> waits that are durations end when they
# should, steps are not timed out by it, nothing is done twice, and a resumed run tells no negative time.
#   FATMASTER=... FATMASTER_STEPPED_CLOCK=.../libfat_stepped_clock.so python3 tests/damage/stepped_clock_test.py
# The clock of the machine stays as it is: a library preloaded into fatmaster adds what a file says. The shim is a static program and
# keeps the machine's time, so that scheduler and shim disagree by a day on top.
import calendar
import os
import time
import unittest

from scene import SAFE, SLOW, Scene, station

LIBRARY = os.environ.get("FATMASTER_STEPPED_CLOCK", "")
DAY = 86400
STEPS = "[one]\ncommand = sh slow.sh\ntimeout = 10 min\n[settle]\ntask = wait_time\nduration = 3 s\n[two]\ncommand = sh note.sh\n"


@unittest.skipUnless(LIBRARY, "FATMASTER_STEPPED_CLOCK names no library")
class SteppedClock(Scene):
    def open_run(self):
        self.open_station(STEPS + SAFE, slow=SLOW)
        os.mkfifo(self.station.folder / "gate")
        self.offset = self.station.folder / "clock"
        self.set_clock(0)
        for name, value in (("LD_PRELOAD", LIBRARY), ("FATMASTER_CLOCK_FILE", str(self.offset)), ("TZ", "Europe/Berlin")):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)

    def set_clock(self, offset):
        new = self.offset.with_name("clock.new")
        new.write_text(str(offset))
        new.rename(self.offset)

    def open_gate(self):
        with open(self.station.folder / "gate", "w", encoding="utf-8") as gate:
            gate.write("go\n")

    def expect_the_steps_once_and_the_wait_in_full(self):
        self.finish(0)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1", "start laser off 1"])
        started = next(event for event in self.station.events("attempt_started") if event.key[0] == "settle")
        ended = next(event for event in self.station.events("attempt_ended") if event.key[0] == "settle")
        self.assertAlmostEqual((ended.boot_us - started.boot_us) / 1e6, 3.0, delta=1.5)
        self.assertEqual([event.body["outcome"] for event in self.station.events("attempt_ended")], ["done"] * 4)
        for event in self.station.events("attempt_ended"):
            self.assertGreaterEqual(event.body.get("ran", 0), 0)
            self.assertLess(event.body.get("ran", 0), 60e6)

    def step_while_running_by(self, offset):
        self.open_run()
        self.station.run()
        self.station.wait_for_line("start one 1")
        self.set_clock(offset)
        self.assertEqual(self.station.tell("status").returncode, 0)
        self.open_gate()
        self.station.wait_for_event("attempt_started", "settle")
        self.set_clock(-offset)
        self.expect_the_steps_once_and_the_wait_in_full()
        view = self.station.view()["MasterFAT_00"]
        self.assertEqual([view[key] for key in ("[0] one", "[1] settle", "[2] two")], [1, 1, 1])

    def test_a_clock_stepped_forward_by_a_day_and_back_by_two_changes_nothing(self):
        self.step_while_running_by(DAY)

    def test_a_clock_stepped_back_by_a_day_and_forward_by_two_changes_nothing(self):
        self.step_while_running_by(-DAY)

    def test_a_run_resumed_a_day_earlier_than_it_died_goes_on(self):
        self.open_run()
        self.set_clock(DAY)
        self.station.run()
        self.station.wait_for_line("start one 1")
        self.station.kill_scheduler()
        self.set_clock(0)
        self.station.resume()
        self.station.wait_for_event("attempt_adopted", "one")
        self.open_gate()
        self.expect_the_steps_once_and_the_wait_in_full()

    def test_a_run_across_the_end_of_summer_time_waits_as_long_as_it_says(self):
        self.open_run()
        change = calendar.timegm((2026, 10, 25, 1, 0, 0))  # 03:00 becomes 02:00
        self.set_clock(int(change - time.time()) - 2)
        self.station.run()
        self.station.wait_for_line("start one 1")
        self.open_gate()
        self.expect_the_steps_once_and_the_wait_in_full()
        log = (self.station.folder / "runs/run_00001/fat_run_00001.log").read_text()
        self.assertIn("+0200", log)
        self.assertIn("+0100", log)


if __name__ == "__main__":
    unittest.main()
