# `fatmaster station` killed at any moment, again and again: leases, latches and overrides are afterwards what was told before.
#
# FATMASTER names the built program. FATMASTER_KILLS: how often it is killed (12).
import json
import os
import random
import signal
import subprocess
import unittest

from cryostat import HEATING, Cryostat, station, wait_until

KILLS = int(os.environ.get("FATMASTER_KILLS", "12"))
SEED = 8
WARM = "[interlock warm]\nchannels = top_plate\ntrip = above 300 K\nreset = 290 K\naction = warn\nlatching = yes\n"
COLD, HOT = 250, 310
PURPOSE = ("--purpose", "scan")


class Killed(unittest.TestCase):
    """Two interlocks that latch: `heating` is overridden by people, `warm` trips and is reset. What somebody was told holds; of what
    nobody was told before the kill either may be, and is asked for."""

    def setUp(self):
        self.place = Cryostat(HEATING + WARM, invalid_after="1 min")
        self.addCleanup(self.place.close)
        self.dice = random.Random(SEED)
        self.watch()

    def watch(self):
        """What is shown is from the new process, not what the killed one said last."""
        self.place.watch()
        wait_until(lambda: self.place.interlocks().get("pid") == self.place.bench.pid, what=self.place.interlocks)
        self.is_read()

    def is_read(self):
        wait_until(lambda: all(one["state"] == "ok" for one in json.loads(self.place.tell("read", "--json").stdout)), what=lambda: self.place.tell("read").stdout)

    def state(self):
        """(who holds the supply and its number, who overrides heating, the phase of warm, its trips)"""
        leases = json.loads(self.place.tell("lease", "list", "--json").stdout)["leases"]
        held = next(((one["who"].split()[0], one["fence"]) for one in leases), None)
        interlocks = self.place.interlocks()
        overriding = interlocks["heating"].get("override")
        who = overriding["who"].split()[0] if overriding else None
        return {"lease": held, "override": who, "warm": (interlocks["warm"]["phase"], interlocks["warm"]["trips"])}

    def words(self, now):
        """What somebody does next, and what is so when that was told to be done."""
        who = self.dice.choice(("anna", "bob"))
        kind = self.dice.choice(("lease", "override", "warm", "nothing"))
        if kind == "lease" and now["lease"]:
            return kind, ["--as", now["lease"][0], "lease", "free", "supply"], lambda then: then["lease"] is None
        if kind == "lease":
            return kind, ["--as", who, "lease", "take", "supply", *PURPOSE, "--for", "20h"], lambda then: then["lease"] and then["lease"][0] == who
        if kind == "override" and now["override"]:
            return kind, ["interlock", "clear", "heating"], lambda then: then["override"] is None
        if kind == "override":
            return kind, ["--as", who, "interlock", "override", "heating", "--for", "10h", "--reason", "by hand"], lambda then: then["override"] == who
        if kind == "warm" and now["warm"][0] == "latched":
            return kind, ["interlock", "reset", "warm"], lambda then: then["warm"][0] == "clear"
        return kind, None, None

    def trip(self):
        """It trips and is latched, by what the sensor shows; seen before the process is killed."""
        self.place.show(HOT, COLD)
        self.place.wait_for_phase("tripped", "warm")
        self.place.show(COLD, COLD)

    def test_again_and_again(self):
        now = self.state()
        for turn in range(KILLS):
            with self.subTest(turn=turn, seed=SEED):
                kind, words, done = self.words(now)
                told = False
                if words:
                    told = self.do_and_kill(words)
                else:
                    if kind == "warm":
                        self.trip()
                    self.place.end_watch(signal.SIGKILL)

                self.watch()
                then = self.settled(kind)
                self.judge(kind, now, then, done, told)
                now = then

    def do_and_kill(self, words):
        """Whether it was told to be done before, or although, the process was killed."""
        asking = subprocess.Popen([station.PROGRAM, *words], cwd=self.place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            asking.wait(timeout=self.dice.random() * 0.06)
        except subprocess.TimeoutExpired:
            pass
        self.place.end_watch(signal.SIGKILL)
        self.answer = asking.communicate(timeout=station.BOUND)[0]
        return asking.returncode == 0

    def settled(self, kind):
        if kind == "warm":
            wait_until(lambda: self.state()["warm"][0] != "tripped", what=self.state)
        return self.state()

    def judge(self, kind, now, then, done, told):
        for other in ("lease", "override", "warm"):
            if other != kind:
                self.assertEqual(then[other], now[other], (kind, other))
        if done is None:
            if kind == "warm":  # it was seen tripped: it is latched, and the same trip
                self.assertEqual(then["warm"], ("latched", now["warm"][1] + 1))
            return
        if told:
            self.assertTrue(done(then), (kind, now, then, self.answer))
        else:
            self.assertTrue(then[kind] == now[kind] or done(then), (kind, now, then))
        if then["lease"] and now["lease"] and then["lease"] != now["lease"]:
            self.assertGreater(then["lease"][1], now["lease"][1])


if __name__ == "__main__":
    unittest.main()
