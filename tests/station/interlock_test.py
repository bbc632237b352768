# Interlocks as people live with them: the heating strips of a cryostat, over the wire; what a run makes of an interlock; overrides, resets,
# and `fatmaster station` killed in the middle. The letters are those of the eight defects of the monitor that this replaces.
#
# FATMASTER names the built program.
import json
import os
import signal
import socket
import unittest

from cryostat import HEATING, Cryostat, wait_until

SUSPEND = "[interlock warm]\nchannels = top_plate\ntrip = above 273 K\nreset = 268 K\naction = suspend run\nlatching = no\n"
ABORT = SUSPEND.replace("suspend run", "abort step")
SAFE = SUSPEND.replace("suspend run", "safe state").replace("latching = no", "latching = yes")
TWO_STEPS = "[one]\ncommand = true\n[two]\ncommand = true\n"
LONG_STEP = "[one]\ncommand = sh -c 'touch begun; sleep 600'\n[two]\ncommand = true\n"


class Heating(unittest.TestCase):
    def cryostat(self, *words, **keys):
        place = Cryostat(*words, **keys)
        self.addCleanup(place.close)
        return place

    def test_goes_off_when_the_bottom_alone_reaches_273_kelvin(self):
        """a, c: each sensor counts by itself. g: nothing but the two outputs is touched."""
        place = self.cryostat()
        for line in (":SOUR1:VOLT 12", ":OUTP CH3,ON"):
            place.scpi(line)
        place.heat()
        place.watch()
        self.assertEqual(place.heats(), [True, True])
        wait_until(lambda: place.tell("interlock").returncode == 0, what="the first readings")

        place.show(250, 274)

        place.wait_for_heat(False, False)
        place.wait_for_phase("tripped")
        listed = place.tell("interlock")
        self.assertEqual(listed.returncode, 1)
        self.assertIn("TRIPPED: bottom shows 274 K, which is not below 273 K", listed.stdout)
        self.assertIn("TRIPPED: bottom", place.tell("read").stdout)
        self.assertEqual(place.scpi(":OUTP? CH3"), "ON")
        self.assertEqual(float(place.scpi(":SOUR1:VOLT?")), 12)

    def test_goes_off_when_a_sensor_is_silent_or_broken(self):
        """d: by time alone, e: 0.0 is not cold."""
        for break_it in (lambda place: (place.folder / "plates").unlink(), lambda place: place.show(250, 0)):
            place = self.cryostat()
            place.heat()
            place.watch()

            break_it(place)

            place.wait_for_heat(False, False)
            self.assertIn("has had no valid reading", place.tell("interlock").stdout)

    def test_settles_by_new_readings(self):
        """b: a spike does not count, and a reading is not used twice."""
        place = self.cryostat(HEATING.replace("settle = 300 ms", "settle = 1 h"))
        place.heat()
        place.watch()
        place.show(280, 250)
        wait_until(lambda: "top_plate shows 280 K" in place.tell("interlock").stdout, what="the spike")

        place.show(250, 250)
        wait_until(lambda: place.tell("interlock").returncode == 0, what="the end of the spike")

        self.assertEqual(place.heats(), [True, True])
        self.assertEqual(place.interlocks()["heating"]["trips"], 0)

    def test_repeats_until_the_supply_confirms_and_calls_for_the_safe_state(self):
        """f: what is ordered is read back. The relay of the first output does not move."""
        place = self.cryostat()
        place.heat()
        place.breaks("supply", "stuck-output", "--channel", "1")
        place.watch()

        place.show(280, 250)

        place.wait_for_heat(True, False)
        place.wait_for_words("heater_1 is NOT set")
        place.wait_for_words("safe state INCOMPLETE")
        place.breaks("--clear", "supply")
        place.wait_for_heat(False, False)
        place.wait_for_words("safe state: supply switched off")
        wait_until(lambda: place.interlocks()["heating"].get("escalated"), what="the safe state is written down as done")

    def test_does_not_take_a_silent_supply_for_one_that_is_off(self):
        place = self.cryostat()
        place.heat()
        place.watch()
        place.breaks("supply", "mute")

        place.show(280, 250)

        place.wait_for_words("safe state INCOMPLETE")
        self.assertFalse(place.interlocks()["heating"].get("escalated", False))
        place.breaks("--clear", "supply")
        place.wait_for_heat(False, False)

    def test_lets_go_of_the_supply(self):
        """h: after the reset nothing is held, and others reach the supply."""
        place = self.cryostat()
        place.watch()
        place.show(280, 250)
        place.wait_for_phase("tripped")
        self.assertEqual(place.tell("interlock", "reset", "heating").returncode, 7)
        place.show(250, 250)
        place.wait_for_phase("latched")

        self.assertEqual(place.tell("interlock", "reset", "heating").returncode, 0)

        place.heat()
        place.show(272, 250)  # it is looked at, and nothing is done
        wait_until(lambda: '"value": 272' in place.tell("read", "top_plate", "--json").stdout, what="272 K")
        self.assertEqual(place.heats(), [True, True])

    def test_holds_after_it_was_killed(self):
        place = self.cryostat()
        place.watch()
        for _ in range(3):
            place.show(280, 250)
            place.wait_for_phase("tripped")
            place.end_watch(signal.SIGKILL)
            place.show(250, 250)
            place.heat()

            place.watch()

            place.wait_for_heat(False, False)
            place.wait_for_phase("latched")
            self.assertEqual(place.tell("interlock", "reset", "heating").returncode, 0)

    def test_knows_that_its_memory_is_lost(self):
        place = self.cryostat()
        (place.folder / "interlocks.json").write_text("{")
        place.watch()

        place.wait_for_phase("latched")
        self.assertIn("whether it was tripped is not known", place.tell("interlock").stdout)
        self.assertTrue((place.folder / "interlocks.json.damaged").exists())

    def test_a_person_overrides_it_for_a_while(self):
        place = self.cryostat()
        place.heat()
        place.watch()
        self.assertEqual(place.tell("interlock", "override", "heating", "--for", "30min").returncode, 7)  # why?
        self.assertEqual(place.tell("interlock", "override", "heting", "--for", "30min", "--reason", "x").returncode, 7)
        done = place.tell("--as", "anna", "interlock", "override", "heating", "--for", "30min", "--reason", "warm-up by hand")
        self.assertEqual(done.returncode, 0, done.stderr)

        place.show(280, 250)

        place.wait_for_phase("tripped")  # nothing is hidden
        self.assertEqual(place.heats(), [True, True])
        self.assertIn("OVERRIDDEN by anna", place.tell("interlock").stdout)
        self.assertIn("warm-up by hand", place.tell("read").stdout)
        place.end_watch(signal.SIGKILL)
        place.watch()
        self.assertIn("OVERRIDDEN by anna", place.tell("interlock").stdout)
        self.assertEqual(place.heats(), [True, True])

        self.assertEqual(place.tell("interlock", "clear", "heating").returncode, 0)

        place.wait_for_heat(False, False)

    def test_leaves_nothing_on_that_nobody_watches(self):
        place = self.cryostat()
        place.heat()
        place.watch()
        self.assertEqual(place.end_watch(signal.SIGINT), 0)
        self.assertEqual(place.heats(), [False, False])

        place.heat()
        place.watch("--leave-outputs")
        self.assertEqual(place.end_watch(), 0)
        self.assertEqual(place.heats(), [True, True])
        self.assertEqual(place.tell("interlock").returncode, 1)  # nobody watches
        self.assertEqual(place.tell("interlock", "reset", "heating").returncode, 7)


    def test_tells_systemd_that_it_watches_until_it_does_not(self):
        place = self.cryostat()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(30)
            manager.bind(str(place.folder / "notify"))
            os.environ["NOTIFY_SOCKET"] = str(place.folder / "notify")
            self.addCleanup(os.environ.pop, "NOTIFY_SOCKET", None)
            place.watch()
            self.assertEqual({manager.recv(100) for _ in range(10)}, {b"READY=1", b"WATCHDOG=1"})
            self.assertEqual(place.end_watch(), 0)
            said = manager.recv(100)
            while said == b"WATCHDOG=1":
                said = manager.recv(100)
            self.assertEqual(said, b"STOPPING=1")


class Runs(unittest.TestCase):
    def cryostat(self, *words, **keys):
        place = Cryostat(*words, **keys)
        self.addCleanup(place.close)
        return place

    def test_a_run_begins_no_step_that_nobody_watches(self):
        """Who holds the bench's lock and hangs keeps a run from watching it, too."""
        place = self.cryostat(sections=TWO_STEPS, invalid_after="5 min")
        place.watch()
        wait_until(lambda: place.tell("interlock").returncode == 0, what="the first readings")
        place.bench.send_signal(signal.SIGSTOP)
        wait_until(lambda: place.tell("interlock").returncode == 1, what="the end of the heartbeat")
        place.run()
        status = place.wait_for_status("suspended")
        self.assertIn("nobody watches the interlocks", status["why"])
        self.assertFalse(place.events("attempt_started"))

        place.bench.send_signal(signal.SIGCONT)

        self.assertEqual(place.wait_for_end(), 0, place.terminal())

    def test_a_run_waits_when_the_heartbeat_stops(self):
        sections = "[one]\ncommand = sh -c 'touch begun; read line < go'\n[two]\ncommand = true\n"
        place = self.cryostat(sections=sections, invalid_after="5 min")  # longer than nobody reads
        os.mkfifo(place.folder / "go")
        place.watch()
        place.run()
        wait_until((place.folder / "begun").exists, what="the first step")
        place.bench.send_signal(signal.SIGSTOP)
        wait_until(lambda: place.tell("interlock").returncode == 1, what="the end of the heartbeat")

        (place.folder / "go").write_text("\n")

        self.assertIn("nobody watches", place.wait_for_status("suspended")["why"])
        place.bench.send_signal(signal.SIGCONT)
        self.assertEqual(place.wait_for_end(), 0, place.terminal())

    def test_a_run_is_suspended_and_goes_on_by_itself(self):
        place = self.cryostat(SUSPEND, TWO_STEPS)
        place.show(280, 250)
        place.watch()
        place.wait_for_phase("tripped", "warm")
        place.run()
        self.assertIn("interlock warm is tripped", place.wait_for_status("suspended")["why"])
        self.assertIn("TRIPPED: top_plate shows 280 K", place.tell("status").stdout)
        bench = wait_until(lambda: self.bench_that_shows(place, 280), what="the reading in the file")
        self.assertEqual([one["phase"] for one in bench["interlocks"]], ["tripped"])

        place.show(250, 250)

        self.assertEqual(place.wait_for_end(), 0, place.terminal())

    def bench_that_shows(self, place, top):
        """None as long as it does not."""
        bench = json.loads(place.tell("status", "--json").stdout)["bench"]
        return bench if bench["channels"][0]["value"] == top else None

    def test_a_step_is_aborted(self):
        place = self.cryostat(ABORT, LONG_STEP)
        place.watch()
        place.run()
        wait_until((place.folder / "begun").exists, what="the step")
        self.assertEqual(place.tell("--as", "anna", "lock", "--note", "mine").returncode, 0)  # bars other people only

        place.show(280, 250)

        wait_until(lambda: place.events("attempt_ended"), what=lambda: place.said.read_text() + place.terminal())
        self.assertEqual(place.events("attempt_ended")[0].body["outcome"], "aborted")
        who = [event.who for event in place.events("abort_step_requested") + place.events("abort_requested")]
        self.assertIn("interlock warm", who[0])

    def test_the_safe_state_ends_the_run_and_then_switches_off_the_instruments(self):
        place = self.cryostat(SAFE, LONG_STEP)
        place.heat()
        place.watch()
        place.run()
        wait_until((place.folder / "begun").exists, what="the step")

        place.show(280, 250)

        self.assertEqual(place.wait_for_end(), 5, place.terminal())
        place.wait_for_heat(False, False)
        wait_until(lambda: place.interlocks()["warm"].get("acted"), what="the safe state is written down as done")

    def test_steps_that_run_under_an_override_are_marked(self):
        place = self.cryostat(sections=TWO_STEPS)
        place.watch()
        self.assertEqual(place.tell("interlock", "override", "heating", "--for", "1h", "--reason", "no heater today").returncode, 0)
        wait_until(lambda: "OVERRIDDEN" in place.tell("interlock").stdout, what="the override")

        place.run()

        self.assertEqual(place.wait_for_end(), 0, place.terminal())
        marks = [event.body["text"] for event in place.events("logged")]
        self.assertEqual(len(marks), 2)
        self.assertIn("step 'one' runs under an override: interlock heating", marks[0])
        self.assertIn("no heater today", marks[0])


if __name__ == "__main__":
    unittest.main()
