# Steps that do not want to end, signals to the engine, a second scheduler -> the bench is never left to two.
import os
import pathlib
import signal
import unittest

import station

# Neither it nor its grandchildren heed TERM; each says what it is by its argument 0, for the test to find them.
STUBBORN = """trap '' TERM
sh -c 'trap "" TERM; sh -c "trap \\"\\" TERM; while :; do sleep 60; done" & while :; do sleep 60; done' &
echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
while :; do sleep 60; done
"""
# A grandchild with a session and a parent of its own goes on when its step has ended.
DAEMON = """setsid sh -c 'echo $$ > daemon; exec sleep 600' </dev/null >/dev/null 2>&1 &
while [ ! -s daemon ]; do sleep 0.01; done
"""
# Writes who else works in the station.
LOOK = """for entry in /proc/[0-9]*; do
  [ "$(readlink "$entry/cwd")" = "$PWD" ] && tr '\\0' ' ' < "$entry/cmdline" && echo
done > others
echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
"""
SLOW = """echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
read -r line < gate
echo "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
"""
SAFE = "[safe_state]\nsteps = laser off\n[laser off]\ncommand = sh note.sh\nrecovery = rerun\n"
TWO_STEPS = "[one]\ncommand = sh {}\n[two]\ncommand = sh note.sh\n"


class StepProcesses(unittest.TestCase):
    def open_station(self, sections):
        self.station = station.Station(station.CONSTANTS + sections)
        self.addCleanup(self.station.close)
        note = 'echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace\n'
        for name, text in (("stubborn", STUBBORN), ("daemon", DAEMON), ("look", LOOK), ("slow", SLOW), ("note", note)):
            (self.station.folder / f"{name}.sh").write_text(text)
        os.mkfifo(self.station.folder / "gate")
        self.station.run()
        return self.station

    def say(self, *words):
        told = self.station.tell(*words)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        return told.stdout

    def open_gate(self):
        with open(self.station.folder / "gate", "w", encoding="utf-8") as gate:
            gate.write("go\n")

    def finish(self, code):
        self.assertEqual(self.station.wait_for_end(), code, self.station.terminal())

    def press_ctrl_c(self):
        """What a press does: the terminal's own signal is for the engine, its supervisor leaves it alone."""
        os.kill(self.station.engine(), signal.SIGINT)

    def test_a_step_that_ignores_term_is_dead_with_its_grandchildren_before_the_next_one_starts(self):
        self.open_station("[one]\ncommand = sh stubborn.sh\n[two]\ncommand = sh look.sh\n")
        self.station.wait_for_line("start one 1")

        self.say("abort-step", "--then", "continue", "--reason", "it hangs")

        self.station.wait_for_line("start two 1")
        self.station.wait_for_end()
        others = (self.station.folder / "others").read_text()
        self.assertIn("look.sh", others)
        self.assertNotIn("stubborn", others)
        self.assertNotIn("trap", others)
        self.assertNotIn("sleep", others)
        self.assertEqual(self.station.wait_for_event("attempt_ended", "one").body["outcome"], "aborted")

    def test_a_grandchild_that_became_a_daemon_is_ended_with_a_warning(self):
        self.open_station("[one]\ncommand = sh daemon.sh\n[two]\ncommand = sh look.sh\n")

        self.finish(0)

        daemon = int((self.station.folder / "daemon").read_text())
        self.assertFalse(station.is_alive(daemon))
        self.assertNotIn("sleep", (self.station.folder / "others").read_text())
        self.assertEqual(self.station.wait_for_event("attempt_ended", "one").body["survivors"], 1)
        self.assertIn("WARNING", self.station.terminal())

    def test_a_daemon_that_is_allowed_goes_on(self):
        self.open_station("[one]\ncommand = sh daemon.sh\nleave_running = yes\n[two]\ncommand = sh note.sh\n")

        self.finish(0)

        self.assertTrue(station.is_alive(int((self.station.folder / "daemon").read_text())))

    # -- the shim of the next step

    def standby(self):
        """Process ids of shims that wait for a step."""
        def is_one(pid):
            try:
                return b"--standby" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                return False

        return [pid for pid in self.station.processes() if is_one(pid)]

    def test_the_shim_of_the_next_step_dies_with_a_killed_scheduler_and_the_step_goes_on(self):
        self.open_station(TWO_STEPS.format("slow.sh"))
        self.station.wait_for_line("start one 1")
        station.wait_until(lambda: len(self.standby()) == 1, what="a shim that stands by")

        self.station.kill_scheduler()

        station.wait_until(lambda: not self.standby(), what="the end of the shim that stood by")
        self.assertEqual(len(self.station.processes()), 2)  # the step and its own shim
        self.station.resume()
        self.station.wait_for_event("attempt_adopted", "one")
        self.open_gate()
        self.finish(0)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1"])
        self.assertEqual(self.station.processes(), [])

    def test_the_shim_of_the_next_step_is_killed_by_somebody_and_the_step_starts_all_the_same(self):
        self.open_station(TWO_STEPS.format("slow.sh"))
        self.station.wait_for_line("start one 1")
        station.wait_until(lambda: len(self.standby()) == 1, what="a shim that stands by")

        station.send(self.standby()[0], signal.SIGKILL)
        self.open_gate()

        self.finish(0)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1"])

    # -- signals

    def test_ctrl_c_once_stops_after_the_running_step(self):
        self.open_station(TWO_STEPS.format("slow.sh") + SAFE)
        self.station.wait_for_line("start one 1")

        self.press_ctrl_c()
        self.station.wait_for_status("stopping")
        self.open_gate()

        self.finish(5)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start laser off 1"])

    def test_ctrl_c_twice_aborts_the_running_step(self):
        self.open_station(TWO_STEPS.format("slow.sh") + SAFE)
        self.station.wait_for_line("start one 1")

        self.press_ctrl_c()
        self.station.wait_for_status("stopping")
        self.press_ctrl_c()

        self.finish(5)
        self.assertEqual(self.station.events("run_ended")[-1].body["status"], "aborted")
        self.assertEqual(self.station.lines(), ["start one 1", "start laser off 1"])

    def test_ctrl_c_three_times_kills_at_once_what_ignores_term(self):
        self.open_station(TWO_STEPS.format("stubborn.sh") + SAFE)
        self.station.wait_for_line("start one 1")

        self.press_ctrl_c()
        self.station.wait_for_status("stopping")
        self.press_ctrl_c()
        self.station.wait_for_status("aborting")
        self.press_ctrl_c()

        self.finish(5)
        ended = self.station.wait_for_event("attempt_ended", "one")
        asked = self.station.wait_for_event("abort_requested", halt=True)
        self.assertLess(ended.boot_us - asked.boot_us, 5e6)  # the grace would be 10 s
        self.assertEqual(self.station.lines(), ["start one 1", "start laser off 1"])

    def test_halt_kills_at_once_and_leaves_the_bench_safe(self):
        self.open_station(TWO_STEPS.format("stubborn.sh") + SAFE)
        self.station.wait_for_line("start one 1")
        asked = self.station.last_event()

        self.say("halt", "--reason", "smoke")

        self.finish(5)
        ended = self.station.wait_for_event("attempt_ended", "one", after=asked)
        self.assertEqual(ended.body["signal"], signal.SIGKILL)
        self.assertEqual(self.station.lines(), ["start one 1", "start laser off 1"])
        self.assertEqual(self.station.processes(), [])

    def test_the_run_goes_on_when_its_terminal_dies(self):
        self.open_station(TWO_STEPS.format("slow.sh"))
        self.station.wait_for_line("start one 1")

        os.killpg(self.station.process.pid, signal.SIGHUP)
        self.open_gate()

        self.finish(0)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1"])

    def test_sigterm_to_the_supervisor_stops_after_the_running_step(self):
        self.open_station(TWO_STEPS.format("slow.sh") + SAFE)
        self.station.wait_for_line("start one 1")

        os.kill(self.station.process.pid, signal.SIGTERM)
        self.station.wait_for_status("stopping")
        self.open_gate()

        self.finish(5)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start laser off 1"])

    # -- one owner

    def test_a_second_scheduler_is_refused_and_told_who_owns_the_station(self):
        self.open_station(TWO_STEPS.format("slow.sh"))
        self.station.wait_for_line("start one 1")
        owner = self.station.engine()

        for words in (["run", station.SCHEDULE], ["resume"]):
            told = self.station.tell(*words)
            self.assertEqual(told.returncode, 6, told.stderr)
            self.assertIn(f"process {owner}", told.stderr)

        self.open_gate()
        self.finish(0)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1"])


if __name__ == "__main__":
    unittest.main()
