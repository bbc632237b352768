# The scheduler killed in each state of a run -> the same state after `resume`.
import os
import shutil
import sqlite3
import unittest

import station

# A step that lasts until the test opens the gate.
HOLD = """echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
echo '{"progress": 0.25, "text": "before"}' >&3
read -r line < gate
echo '{"progress": 0.75, "text": "behind the gate"}' >&3
[ -z "$1" ] || read -r line < second_gate # of its own: the first one may still be open for writing
echo "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
"""
NOTE = """echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
exit ${1:-0}
"""
LASER_OFF = "[laser off]\ncommand = sh note.sh\nrecovery = rerun\n"
SAFE = f"""[safe_state]
steps = laser off, hv off, heater off
{LASER_OFF}
[hv off]
command = sh hold.sh
recovery = rerun
[heater off]
command = sh note.sh
recovery = rerun
"""


class KilledInState(unittest.TestCase):
    def open_station(self, sections):
        self.station = station.Station(station.CONSTANTS + sections)
        self.addCleanup(self.station.close)
        self.file("hold.sh", HOLD)
        self.file("note.sh", NOTE)
        os.mkfifo(self.station.folder / "gate")
        os.mkfifo(self.station.folder / "second_gate")
        return self.station

    def file(self, name, text):
        (self.station.folder / name).write_text(text)

    def open_gate(self):
        """Lets one reader on; waits until there is one."""
        gate = station.wait_until(self.try_gate, what="a step at the gate")
        os.write(gate, b"go\n")
        os.close(gate)

    def try_gate(self):
        try:
            return os.open(self.station.folder / "gate", os.O_WRONLY | station.os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            return None

    def kill_and_resume(self, power=False):
        if power:
            self.station.cut_power()
        else:
            self.station.kill_scheduler()
        self.station.resume()

    def say(self, *words):
        told = self.station.tell(*words)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)

    def finish(self, code=0):
        self.assertEqual(self.station.wait_for_end(), code, self.station.terminal())

    # -- while a step runs

    def test_pausing(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_line("start one 1")
        self.say("pause")
        self.assertEqual(self.station.status()["status"], "pausing")

        self.kill_and_resume()

        self.station.wait_for_status("pausing")
        self.open_gate()
        self.station.wait_for_status("paused")
        self.assertNotIn("start two 1", self.station.lines())
        self.say("continue")
        self.finish()

    def test_stop_pending(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_line("start one 1")
        self.say("stop")

        self.kill_and_resume()

        self.station.wait_for_status("stopping")
        self.open_gate()
        self.finish(5)
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1"])
        self.station.resume()
        self.finish()

    def test_a_stop_that_ended_the_run_is_not_taken_for_a_crash(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_line("start one 1")
        self.say("stop")
        self.open_gate()
        self.finish(5)
        died = self.station.events("scheduler_started")[-1].body["pid"]

        told = self.station.tell("run", station.SCHEDULE, "--engine", "--restart", str(died))

        self.assertEqual(told.returncode, 5, told.stderr)
        self.assertNotIn("start two 1", self.station.lines())

    def test_a_running_step_is_adopted_its_progress_goes_on_and_it_can_be_aborted(self):
        self.open_station("[one]\ncommand = sh hold.sh twice\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_line("start one 1")
        self.kill_and_resume()
        self.station.wait_for_event("attempt_adopted", "one")
        self.open_gate()
        station.wait_until(lambda: (self.station.status()["open"] or [{}])[0].get("text") == "behind the gate", what="progress")

        self.say("abort-step", "--then", "continue", "--reason", "test")

        self.finish(self.station.wait_for_end())
        ended = self.station.wait_for_event("attempt_ended", "one").body
        self.assertEqual((ended["outcome"], ended["cause"]), ("aborted", "exited"))
        self.assertEqual(self.station.lines(), ["start one 1", "start two 1"])

    def test_a_step_killed_with_its_scheduler_is_asked_about(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_line("start one 1")

        self.kill_and_resume(power=True)

        self.station.wait_for_status("waiting")
        self.assertEqual(self.station.lines(), ["start one 1"])
        self.say("answer", "rerun", "--reason", "it did nothing")
        self.open_gate()
        self.finish()
        self.assertEqual(self.station.lines(), ["start one 1", "start one 2", "end one 2", "start two 1"])

    # -- between steps

    def test_paused(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_line("start one 1")
        self.say("pause")
        self.open_gate()
        self.station.wait_for_status("paused")

        for power in (False, True):
            self.kill_and_resume(power)
            self.station.wait_for_status("paused")

        self.say("continue")
        self.finish()
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "start two 1"])

    def test_a_failure_pause(self):
        self.open_station("[one]\ncommand = sh note.sh 3\n[two]\ncommand = sh note.sh\n").run()
        prompt = self.station.wait_for_status("paused")["prompts"][0]

        for power in (False, True):
            self.kill_and_resume(power)
            self.assertEqual(self.station.wait_for_status("paused")["prompts"], [prompt])

        self.say("answer", "continue")
        self.finish()
        self.assertEqual(self.station.lines(), ["start one 1", "start two 1"])

    def test_waiting_for_an_answer(self):
        self.open_station("[ask]\ntask = manual_input\nmessage = Is it cold?\n[two]\ncommand = sh note.sh\n").run()
        prompt = self.station.wait_for_status("waiting")["prompts"][0]

        for power in (False, True):
            self.kill_and_resume(power)
            self.assertEqual(self.station.wait_for_status("waiting")["prompts"], [prompt])

        self.say("answer", "yes")
        self.finish()
        self.assertIn("ManualInputTime0", self.station.view())

    def test_an_answer_given_while_no_scheduler_lived_counts(self):
        self.open_station("[ask]\ntask = manual_input\n[two]\ncommand = sh note.sh\n").run()
        self.station.wait_for_status("waiting")
        self.station.kill_scheduler()

        self.say("answer", "yes")
        self.station.resume()

        self.finish()
        self.assertEqual(self.station.lines(), ["start two 1"])

    def test_in_a_retry_delay_only_the_rest_is_waited(self):
        self.open_station("[one]\ncommand = sh note.sh 3\nattempts = 2\nretry_delay = 3 s\non_failure = continue\n").run()
        first = self.station.wait_for_event("attempt_ended", "one")

        self.kill_and_resume(power=True)

        self.finish(self.station.wait_for_end())
        second = self.station.events("attempt_started")[-1]
        self.assertEqual(second.key, ("one", 2))
        self.assertGreaterEqual(second.boot_us - first.boot_us, 3e6)
        self.assertLess(second.boot_us - first.boot_us, 5e6)

    def test_in_a_wait_only_the_rest_is_waited(self):
        self.open_station("[settle]\ntask = wait_time\nduration = 3 s\n[two]\ncommand = sh note.sh\n").run()
        began = self.station.wait_for_event("attempt_started", "settle")

        for power in (False, True):
            self.kill_and_resume(power)
            self.station.wait_for_status("running")

        self.finish()
        ended = self.station.wait_for_event("attempt_ended", "settle")
        self.assertEqual(ended.body["cause"], "waited")
        self.assertEqual(len([event for event in self.station.events("attempt_started") if event.key[0] == "settle"]), 1)
        self.assertGreaterEqual(ended.boot_us - began.boot_us, 3e6)
        self.assertLess(ended.boot_us - began.boot_us, 5e6)

    # -- the safe state

    def test_a_safe_state_cut_off_by_a_power_cut_starts_again_from_its_first_action_before_anything_else(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n" + SAFE).run()
        self.station.wait_for_line("start one 1")
        self.say("stop")
        self.open_gate()
        self.station.wait_for_line("start hv off 1")

        self.kill_and_resume(power=True)

        self.station.wait_for_line("start hv off 2")
        self.open_gate()
        self.finish(5)
        self.assertEqual(
            self.station.lines()[2:],
            ["start laser off 1", "start hv off 1", "start laser off 2", "start hv off 2", "end hv off 2", "start heater off 1"],
        )
        self.assertNotIn("start two 1", self.station.lines())

    def test_a_safe_state_whose_action_still_runs_goes_on_with_it(self):
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n" + SAFE).run()
        self.station.wait_for_line("start one 1")
        self.say("stop")
        self.open_gate()
        self.station.wait_for_line("start hv off 1")

        self.kill_and_resume()

        self.station.wait_for_event("attempt_adopted", "hv off")
        self.open_gate()
        self.finish(5)
        self.assertEqual(self.station.lines()[2:], ["start laser off 1", "start hv off 1", "end hv off 1", "start heater off 1"])

    def test_a_journal_cut_off_while_it_was_made_is_no_journal_yet(self):
        self.open_station("[one]\ncommand = sh note.sh\n")
        other, journal = self.station.folder / "other.db", self.station.folder / "fatmaster.db"
        making = sqlite3.connect(other, isolation_level=None)
        for sql in ("PRAGMA cache_size = 2", "BEGIN IMMEDIATE", "CREATE TABLE half (made)"):
            making.execute(sql)
        for _ in range(300):
            making.execute("INSERT INTO half VALUES (zeroblob(2000))")
        shutil.copy(other, journal)
        shutil.copy(f"{other}-journal", f"{journal}-journal")
        making.close()

        for command in ("status", "resume"):
            told = self.station.tell(command)
            self.assertIn("no run has been started", told.stderr + told.stdout, told)
        self.station.run()
        self.finish()

    # -- the engine alone

    def test_an_engine_that_dies_three_times_in_one_step_leaves_the_bench_safe(self):
        safe = "[safe_state]\nsteps = laser off\n" + LASER_OFF
        self.open_station("[one]\ncommand = sh hold.sh\n[two]\ncommand = sh note.sh\n" + safe).run()
        self.station.wait_for_line("start one 1")
        seen = self.station.wait_for_event("scheduler_started").id
        for _ in range(3):
            station.wait_until(self.station.kill_engine)
            seen = self.station.wait_for_event("scheduler_started", after=seen, mode="restart").id

        self.finish(70)

        self.assertEqual(self.station.events("run_ended")[-1].body["status"], "broken")
        self.assertEqual(self.station.lines(), ["start one 1", "start laser off 1"])
        self.station.resume()
        self.station.wait_for_status("waiting")
        self.say("answer", "done", "--reason", "nothing was left to do")
        self.finish()

    def test_redo_is_carried_out_once_although_the_engine_dies(self):
        self.open_station("[one]\ncommand = sh note.sh\n[two]\ncommand = sh hold.sh\n").run()
        self.station.wait_for_line("start two 1")
        self.say("stop")
        self.open_gate()
        self.finish(5)

        self.station.start("resume", "--redo", "one", "--redo", "two")
        self.station.wait_for_line("start two 2")
        station.wait_until(self.station.kill_engine)
        self.station.wait_for_event("attempt_adopted", "two")
        self.open_gate()

        self.finish()
        self.assertEqual(self.station.lines().count("start one 2"), 1)
        self.assertNotIn("start one 3", self.station.lines())
        self.assertNotIn("start two 3", self.station.lines())


if __name__ == "__main__":
    unittest.main()
