# `fatmaster lease`: one holder at a time, whatever becomes of holder, station process, disk and clock; what is lent is let go.
#
# FATMASTER names the built program. FATMASTER_KILLS: how often the station process is killed (20).
import json
import os
import random
import signal
import socket
import subprocess
import sys
import unittest

from cryostat import HEATING, Cryostat, station, wait_until
from set_test import BIAS, Recorder

KILLS = int(os.environ.get("FATMASTER_KILLS", "20"))
PURPOSE = ("--purpose", "bias scan")
SCRIPT = """# What a lab has written years ago: it opens the supply and knows nothing of leases.
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as link:
    answers = link.makefile()
    for volts in sys.argv[2:]:
        for _ in range(5):
            link.sendall(b":MEAS:ALL? CH3\\n")
            answers.readline()
        link.sendall(f":SOUR3:VOLT {volts}\\n:SOUR3:VOLT?\\n".encode())
        assert float(answers.readline()) == float(volts), volts
"""
WARNING = "[interlock heating]\nchannels = top_plate, bottom\ntrip = above 273 K\ninvalid_after = {invalid_after}\naction = warn\n"


class Leases(unittest.TestCase):
    def bench(self, interlocks=HEATING + BIAS, recorded=False, more="", sections=""):
        place = Cryostat(interlocks, sections=sections)
        self.addCleanup(place.close)
        ini = place.folder / "station.ini"
        text = ini.read_text().replace("first_byte = 300 ms", "first_byte = 10 s") + more
        if recorded:
            self.recorder = Recorder(place.supply)
            self.addCleanup(self.recorder.server_close)
            self.addCleanup(self.recorder.shutdown)
            text = text.replace(f":{place.supply}\n", f":{self.recorder.server_address[1]}\n").replace("lock = 2 s", "lock = 1 min")
        ini.write_text(text)
        place.watch()
        wait_until(lambda: place.tell("interlock").returncode == 0, what="the first readings")
        return place

    def does(self, place, *words, code=0, **more):
        done = place.tell(*words, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def take(self, place, who, *words, code=0):
        return self.does(place, "--as", who, "lease", "take", "supply", *PURPOSE, *words, code=code)

    @staticmethod
    def leases(place):
        return {one["instrument"]: one for one in json.loads(place.tell("lease", "list", "--json").stdout)["leases"]}

    def states(self, place):
        return {one["channel"]: one for one in json.loads(place.tell("read", "--json").stdout)}

    # -- who holds it

    def test_only_the_holder_sets_and_an_interlock_is_never_barred(self):
        place = self.bench()
        place.heat()
        self.assertIn("supply is leased to anna", self.take(place, "anna", "--for", "20min"))

        for words in (("--as", "bob", "set", "bias", "1 V"), ("--as", "bob", "lease", "free", "supply"), ("--as", "bob", "lease", "take", "supply", *PURPOSE)):
            said = self.does(place, *words, code=7)
            self.assertRegex(said, r"leased to anna \(uid \d+\) for 'bias scan' until .* \(another (20|19) min.*take-over supply --reason")
        self.assertEqual(self.does(place, "--as", "anna", "set", "bias", "1.5 V"), "bias reads back 1.5 V\n")
        wait_until(lambda: self.states(place)["heater_1"]["state"] == "ok", what=lambda: self.states(place))  # reading is always allowed
        place.show(280, 250)
        place.wait_for_heat(False, False)

        self.assertIn("is given back", self.does(place, "--as", "anna", "lease", "free", "supply"))
        self.assertEqual(self.does(place, "--as", "bob", "set", "bias", "2 V"), "bias reads back 2 V\n")

    def test_taking_over_names_both_and_the_old_number_opens_nothing(self):
        place = self.bench()
        self.take(place, "anna")
        self.assertIn("--reason", self.does(place, "--as", "bob", "lease", "take-over", "supply", *PURPOSE, code=7))

        said = self.does(place, "--as", "bob", "lease", "take-over", "supply", *PURPOSE, "--reason", "it gets warm")

        self.assertIn("leased to bob", said)
        self.assertIn("taken over from anna", said)
        place.wait_for_words("taken over from anna")
        self.assertEqual(self.leases(place)["supply"]["fence"], 2)
        self.assertIn("leased to bob", self.does(place, "--as", "anna", "set", "bias", "1 V", code=7))
        self.assertIn("leased to bob", self.with_number(place, 1, 7))
        self.with_number(place, 2, 0)
        self.does(place, "--as", "bob", "lease", "free", "supply")
        self.assertIn("lease 2 is over", self.with_number(place, 2, 7))

    def with_number(self, place, number, code):
        environment = os.environ | {"FATMASTER_LEASES": f"plates=9,supply={number}"}
        done = subprocess.run([station.PROGRAM, "--as", "carl", "set", "bias", "1 V"], cwd=place.folder, env=environment, capture_output=True, text=True, timeout=station.BOUND)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def test_ends_by_itself(self):
        place = self.bench()
        self.take(place, "anna", "--for", "1s")
        self.does(place, "--as", "bob", "lease", "take", "supply", *PURPOSE, "--wait", "60s")
        place.wait_for_words("supply is free again: its 1 s are over")

    def test_of_a_process_ends_with_it(self):
        place = self.bench()
        sleeper = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(sleeper.wait)
        self.addCleanup(sleeper.kill)
        self.take(place, "anna", "--pid", str(sleeper.pid), "--for", "1s")
        self.assertIn(f"as long as process {sleeper.pid} lives", self.take(place, "bob", code=7))

        sleeper.kill()

        self.take(place, "bob", "--wait", "60s")
        place.wait_for_words(f"supply is free again: process {sleeper.pid} has ended")
        self.assertIn("there is no process 4194999", self.take(place, "anna", "--pid", "4194999", code=7))

    def test_a_program_holds_it_as_long_as_it_lives(self):
        place = self.bench()
        held = subprocess.Popen(
            [station.PROGRAM, "lease", "run", "supply", *PURPOSE, "--", "sh", "-c", f"{station.PROGRAM} set bias 3 V && exec cat"],
            cwd=place.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(held.stdout.close)
        self.addCleanup(held.stdin.close)
        self.addCleanup(held.wait)
        self.addCleanup(held.kill)
        self.assertEqual(held.stdout.readline(), "bias reads back 3 V\n")
        self.assertIn("as long as process %d lives" % held.pid, self.take(place, "bob", code=7))

        held.kill()

        self.take(place, "bob", "--wait", "60s")
        self.assertEqual(place.tell("lease", "run", "supply", *PURPOSE, "--wait", "0s", "--", "true").returncode, 7)
        self.does(place, "--as", "bob", "lease", "free", "supply")
        self.assertEqual(place.tell("lease", "run", "supply", *PURPOSE, "--", "sh", "-c", "exit 5").returncode, 5)
        self.assertEqual(place.tell("lease", "run", "supply", *PURPOSE, "--", "no-such-program").returncode, 127)

    def test_says_what_is_wrong(self):
        place = self.bench()
        self.assertIn("did you mean 'supply'", self.does(place, "lease", "take", "suply", *PURPOSE, code=7))
        self.assertIn("--purpose", self.does(place, "lease", "take", "supply", code=7))
        self.assertIn("at most 24 h", self.take(place, "anna", "--for", "25h", code=7))
        self.assertIn("did you mean 'take'", self.does(place, "lease", "tak", "supply", code=2))
        self.assertIn("a duration", self.take(place, "anna", "--for", "soon", code=2))
        for body in ("", "[]", '{"verb": "take"', '{"verb": 7}', '{"verb": "take", "length_s": -1}', '{"verb": "take", "fence": -3}', '{"verb": "steal", "instrument": "supply"}'):
            connection = station.SocketConnection(place.folder / "station.sock")
            connection.request("POST", "/v1/lease", body)
            self.assertEqual(connection.getresponse().status, 400, body)
            connection.close()
        place.end_watch(signal.SIGKILL)
        self.assertIn("`fatmaster station` does not run", self.take(place, "anna", code=7))
        self.assertIn("does not run", self.does(place, "lease"))

    # -- what survives

    def test_goes_on_after_the_station_process_was_killed(self):
        place = self.bench()
        dice = random.Random(8)
        fences = [0]
        held = None
        for turn in range(KILLS):
            with self.subTest(turn=turn, seed=8):
                who = dice.choice(("anna", "bob"))
                words = ("free", "supply") if held == who else ("take", "supply", *PURPOSE, "--for", "20h")
                asking = subprocess.Popen([station.PROGRAM, "--as", who, "lease", *words, "--json"], cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                try:
                    asking.wait(timeout=dice.random() * 0.06)
                except subprocess.TimeoutExpired:
                    pass
                place.end_watch(signal.SIGKILL)
                said = asking.communicate(timeout=station.BOUND)[0]
                granted = json.loads(said) if said.startswith("{") else {"accepted": False}
                place.watch()

                now = self.leases(place).get("supply")
                if granted["accepted"] and words[0] == "take":
                    self.assertEqual((now["who"].split()[0], now["fence"]), (who, granted["lease"]))  # what was told holds
                elif granted["accepted"]:
                    self.assertIsNone(now)
                elif now and held:
                    self.assertIn(now["who"].split()[0], (held, who))
                holder = now["who"].split()[0] if now else None
                if now and now["fence"] != fences[-1]:
                    self.assertGreater(now["fence"], fences[-1])
                    fences.append(now["fence"])
                elif now:
                    self.assertEqual(holder, held)  # the same number never changes hands
                held = holder
        self.does(place, "--as", held or "anna", "lease", "free", "supply")
        self.take(place, "carl")
        self.assertGreater(self.leases(place)["supply"]["fence"], fences[-1])

    def test_goes_on_counting_when_its_file_is_damaged(self):
        place = self.bench()
        self.take(place, "anna")
        place.end_watch(signal.SIGKILL)
        (place.folder / "leases.json").write_text('{"newest_fence": 1, "leases": [{]}')
        place.watch()

        place.wait_for_words("nobody knows who held which instrument")

        self.take(place, "bob")
        self.assertGreater(self.leases(place)["supply"]["fence"], 1_700_000_000_000)
        self.assertTrue((place.folder / "leases.json.damaged").exists())

    def test_a_program_waits_for_a_holder_also_while_the_station_process_is_started_anew(self):
        place = self.bench()
        self.take(place, "anna")
        place.end_watch(signal.SIGKILL)
        words = [station.PROGRAM, "lease", "run", "supply", *PURPOSE, "--", "true"]
        waiting = subprocess.Popen(words, cwd=place.folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(waiting.stderr.close)
        self.addCleanup(waiting.wait)
        self.addCleanup(waiting.kill)
        self.assertRegex(waiting.stderr.readline(), "waits: supply is leased to anna .*does not run")

        place.watch()
        self.does(place, "--as", "anna", "lease", "free", "supply")

        self.assertEqual(waiting.wait(timeout=station.BOUND), 0)

    def test_without_the_station_process_set_still_knows_who_holds_it(self):
        place = self.bench()
        self.take(place, "anna")
        place.end_watch()

        self.assertIn("leased to anna", self.does(place, "--as", "bob", "set", "bias", "1 V", code=7))
        self.assertEqual(self.does(place, "--as", "anna", "set", "bias", "1 V"), "bias reads back 1 V\n")

    # -- what is lent

    def test_lends_the_link_and_takes_it_back(self):
        place = self.bench(WARNING + BIAS, recorded=True)

        self.take(place, "anna", "--link")

        self.assertFalse(self.leases(place)["supply"]["closing"])
        lines = len(self.recorder.lines)
        wait_until(lambda: self.states(place)["bias"]["state"] == "lent", what=lambda: self.states(place))
        self.assertIn("to anna", self.states(place)["heater_1"]["why"])
        self.assertIn("lent: to anna", place.tell("read").stdout)
        self.assertRegex(place.tell("read").stdout, r"lease +supply +lent to anna")
        self.assertIn("its link is not the station's", self.does(place, "--as", "anna", "set", "bias", "1 V", code=7))
        self.assertIn("lent to anna", self.does(place, "--as", "bob", "set", "bias", "1 V", code=7))
        with socket.create_connection(self.recorder.server_address, timeout=station.BOUND) as link:
            link.sendall(b":SOUR3:VOLT 4.5\n:SOUR3:VOLT?\n")
            self.assertEqual(float(link.makefile().readline()), 4.5)
        before = self.states(place)["bias"]["time"]
        place.end_watch(signal.SIGKILL)
        place.watch()
        wait_until(lambda: self.states(place)["bias"]["time"] > before, what=lambda: self.states(place))
        self.assertEqual(self.states(place)["bias"]["state"], "lent")  # the next one does not touch it either
        self.assertEqual(self.recorder.lines[lines:], [":SOUR3:VOLT 4.5", ":SOUR3:VOLT?"])
        self.does(place, "--as", "anna", "lease", "free", "supply")
        wait_until(lambda: self.states(place)["bias"]["value"] == 4.5, what=lambda: self.states(place))

    def test_frees_the_front_panel(self):
        place = self.bench(WARNING + BIAS, recorded=True)

        said = self.does(place, "--as", "anna", "lease", "free", "supply", "--to-local", "--for", "10min")

        self.assertIn("its front panel is free", said)
        self.assertEqual(self.recorder.lines[-1], ":SYST:LOCAL")
        wait_until(lambda: self.states(place)["bias"]["state"] == "lent", what=lambda: self.states(place))
        self.assertEqual(self.recorder.lines[-1], ":SYST:LOCAL")
        said = self.does(place, "--as", "anna", "lease", "free", "plates", "--to-local", code=7)
        self.assertIn("cannot be lent: interlock heating has no other sensor", said)

    def test_what_an_interlock_needs_is_lent_only_where_station_ini_allows_it(self):
        place = self.bench(recorded=True)
        self.assertIn("interlock heating could not hold heater_1", self.take(place, "anna", "--link", code=7))
        place.end_watch()
        ini = place.folder / "station.ini"
        ini.write_text(ini.read_text().replace("[channel heater_1]", "[channel heater_1]\nmay_be_lent = yes").replace("[channel heater_2]", "[channel heater_2]\nmay_be_lent = yes"))
        place.watch()
        place.heat()

        self.take(place, "anna", "--link")
        place.show(280, 250)

        place.wait_for_heat(False, False)  # its action is not barred all the same
        self.assertEqual(self.leases(place)["supply"]["use"], "link")

    def test_an_interlock_goes_on_with_its_other_sensor(self):
        other = "[device other]\nkind = file_sensor\nfile = plates\ncolumns = 2\nmaximum_age = 0 s\n[channel third]\ninstrument = other\nquantity = value 1\nunit = K\ncalibration = polynomial 0, 1\nperiod = 100 ms\nmaximum_age = 500 ms\n"
        place = self.bench(HEATING.replace("channels = top_plate, bottom", "channels = top_plate, bottom, third"), more=other)
        place.heat()
        self.does(place, "--as", "anna", "lease", "take", "plates", *PURPOSE, "--link")
        self.assertIn("has no other sensor than third", self.does(place, "lease", "take", "other", *PURPOSE, "--link", code=7))
        wait_until(lambda: self.states(place)["bottom"]["state"] == "lent", what=lambda: self.states(place))
        self.assertEqual(self.does(place, "interlock").count("clear"), 1)

        place.show(280, 280)

        place.wait_for_phase("tripped")
        self.assertIn("third shows 280", place.interlocks()["heating"]["why"])
        place.wait_for_heat(False, False)


    # -- runs, and everybody at once

    def steps(self, *titles, needs="supply:link"):
        """Sections of steps that run the script; the test writes it."""
        return "".join(f"[{title}]\ncommand = sh {title}.sh\nneeds = {needs}\n" for title in titles)

    def script(self, place, name, *words):
        (place.folder / name).write_text("exec " + " ".join(str(word) for word in words) + "\n")

    def test_a_step_waits_says_for_whom_and_gives_back_with_its_process(self):
        place = self.bench(WARNING + BIAS, recorded=True, sections=self.steps("scan", "second"))
        self.script(place, "scan.sh", "sh -c 'touch begun; read word < go'")
        self.script(place, "second.sh", "true")
        os.mkfifo(place.folder / "go")
        self.take(place, "anna", "--for", "10min")

        place.run("--batch")

        wait_until(lambda: "supply is leased to anna" in place.tell("status").stdout, what=lambda: place.tell("status").stdout)
        self.assertFalse((place.folder / "begun").exists())
        self.does(place, "--as", "anna", "lease", "free", "supply")
        wait_until(lambda: (place.folder / "begun").exists(), what="the step")
        held = self.leases(place)["supply"]
        self.assertEqual((held["use"], held["purpose"]), ("link", "run 1, step 'scan', attempt 1"))
        self.assertRegex(place.tell("status").stdout, r"lease +supply +lent to .* for 'run 1, step 'scan', attempt 1' as long as process")
        place.kill_scheduler()  # the step lives on
        self.assertIn("step 'scan'", self.take(place, "bob", code=7))
        place.resume("--batch")
        (place.folder / "go").write_text("go\n")
        self.assertEqual(place.process.wait(timeout=station.BOUND), 0, (place.folder / "terminal.log").read_text())
        self.take(place, "bob", "--wait", "20s")

    def bench_with(self, name, kind):
        """One that has this instrument of the virtual station, too."""
        place = self.bench(WARNING + BIAS)
        link = next(one["link"] for one in place.address()["instruments"] if one["name"] == name)
        place.end_watch()
        with open(place.folder / "station.ini", "a") as ini:
            ini.write(f"[device {name}]\nkind = {kind}\nlink = {link}\n")
        place.watch()
        return place

    def test_a_built_in_task_waits_and_holds_what_it_orders(self):
        place = self.bench_with("generator", "tektronix_afg3000")
        self.does(place, "--as", "anna", "lease", "take", "generator", *PURPOSE)
        task = [station.PROGRAM, "task", "disable_laser", "--generator", "generator"]
        waiting = subprocess.Popen(task, cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(waiting.stderr.close)
        self.addCleanup(waiting.wait)
        self.addCleanup(waiting.kill)

        self.assertRegex(waiting.stderr.readline(), r"waits: generator is leased to anna .* for 'bias scan' until")

        safe = subprocess.run(task, cwd=place.folder, env=os.environ | {"FATMASTER_SAFE_STATE": "1"}, capture_output=True, text=True, timeout=station.BOUND)
        self.assertEqual(safe.returncode, 0, safe.stderr)  # that waits for nobody
        self.does(place, "--as", "anna", "lease", "free", "generator")
        self.assertEqual(waiting.wait(timeout=station.BOUND), 0)
        place.wait_for_words("for 'disable_laser' as long as process %d lives" % waiting.pid)
        place.wait_for_words("generator is free again: process %d has ended" % waiting.pid)

    def test_a_built_in_task_that_only_reads_waits_while_the_link_is_lent(self):
        place = self.bench_with("thermometer", "lutron_tm947sd")
        task = [station.PROGRAM, "task", "check_peripherals", "--generators", "none", "--wheels", "none", "--thermometers", "thermometer"]
        self.does(place, "--as", "anna", "lease", "take", "thermometer", *PURPOSE)
        read = subprocess.run(task, cwd=place.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=station.BOUND)
        self.assertEqual(read.returncode, 0, read.stderr)  # who only orders does not bar who reads
        self.does(place, "--as", "anna", "lease", "free", "thermometer")
        self.does(place, "--as", "anna", "lease", "take", "thermometer", *PURPOSE, "--link")

        waiting = subprocess.Popen(task, cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(waiting.stderr.close)
        self.addCleanup(waiting.wait)
        self.addCleanup(waiting.kill)
        self.assertRegex(waiting.stderr.readline(), r"waits: thermometer is lent to anna .* for 'bias scan'")
        self.does(place, "--as", "anna", "lease", "free", "thermometer")
        self.assertEqual(waiting.wait(timeout=station.BOUND), 0)

    def test_the_safe_state_of_a_run_is_not_barred(self):
        sections = f"[one]\ncommand = false\non_failure = stop\n[safe_state]\nsteps = off\n[off]\ncommand = {station.PROGRAM} set bias 0 V\nneeds = supply\nrecovery = rerun\n"
        place = self.bench(sections=sections)
        self.does(place, "set", "bias", "2 V")
        self.take(place, "anna", "--for", "10h")

        place.run("--batch")

        self.assertEqual(place.process.wait(timeout=station.BOUND), 4, (place.folder / "terminal.log").read_text())
        self.assertEqual(float(place.scpi(":SOUR3:VOLT?")), 0)
        self.assertIn("anna", self.leases(place)["supply"]["who"])

    def test_a_link_that_can_never_be_lent_is_refused_when_planned(self):
        place = self.bench(sections=self.steps("scan"))
        self.script(place, "scan.sh", "true")

        for verb in ("plan", "run"):
            said = self.does(place, verb, station.SCHEDULE, code=3)
            self.assertIn("[scan] needs supply:link: supply cannot be lent: interlock heating could not hold heater_1", said)

    def test_what_is_lent_is_not_read_by_others_while_nobody_keeps_the_leases(self):
        place = self.bench(WARNING + BIAS)
        self.take(place, "anna", "--link")
        place.end_watch()

        shown = self.states(place)

        self.assertIn("lent to anna", shown["bias"]["why"])
        self.assertEqual(shown["top_plate"]["value"], 250)

    def test_eight_contenders_and_not_one_transaction_within_another_s(self):
        turns = 3
        place = self.bench(WARNING + BIAS, recorded=True, sections=self.steps("scan_0", "scan_1") + self.steps("scan_2", needs="supply"))
        (place.folder / "legacy.py").write_text(SCRIPT)
        port = self.recorder.server_address[1]

        def volts(one, turn):
            return [f"{0.5 + 0.5 * one + 0.03 * turn + 0.01 * third:.2f}" for third in range(3)]

        def sets(one, turn):
            return " && ".join(f"{station.PROGRAM} --as p{one} set bias {value} V" for value in volts(one, turn))

        def legacy(one, turn):
            return " ".join([sys.executable, "legacy.py", str(port), *volts(one, turn)])

        def person(one, turn):
            me = f"{station.PROGRAM} --as p{one} lease"
            return f"{me} take supply --purpose by-hand --wait 5min && {sets(one, turn)} && {me} free supply"

        def program(one, turn):
            return f"{station.PROGRAM} lease run supply --purpose program -- sh -c '{sets(one, turn)}'"

        def legacy_script(one, turn):
            return f"{station.PROGRAM} lease run supply:link --purpose legacy -- {legacy(one, turn)}"

        kinds = [person] * 3 + [program] * 2 + [legacy_script] * 2
        contenders = []
        for turn, line in enumerate((legacy(7, 0), legacy(7, 1), f"sh -c '{sets(7, 2)}'")):
            self.script(place, f"scan_{turn}.sh", line)
        run = place.run("--batch")
        for one, kind in enumerate(kinds):
            line = " && ".join(kind(one, turn) for turn in range(turns))
            contenders.append(subprocess.Popen(["sh", "-c", line], cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        for process in contenders:
            said = process.communicate(timeout=station.BOUND * 10)[0]
            self.assertEqual(process.returncode, 0, said)
        self.assertEqual(run.wait(timeout=station.BOUND * 10), 0, (place.folder / "terminal.log").read_text())

        by_script = {(one, turn) for one in (5, 6) for turn in range(turns)} | {(7, 0), (7, 1)}
        self.judge({tuple(volts(one, turn)): (one, (one, turn) in by_script) for one in range(8) for turn in range(turns)})

    def judge(self, holdings):
        """Each holder's three settings stand together; what a script says on its own link, nobody else breaks into."""
        heard = list(self.recorder.heard)
        settings = [(at, link, f"{float(line.split()[1]):.2f}") for at, (link, line) in enumerate(heard) if line.startswith(":SOUR3:VOLT ")]
        self.assertEqual(len(settings), 3 * len(holdings))
        seen = []
        for place in range(0, len(settings), 3):
            three = settings[place : place + 3]
            values = tuple(value for _, _, value in three)
            self.assertIn(values, holdings, settings)
            seen.append(values)
            between = heard[three[0][0] : three[2][0] + 1]
            if holdings[values][1]:
                self.assertEqual(len({link for link, _ in between}), 1, between)
            for at, following in zip([at for at, _, _ in three], [at for at, _, _ in three][1:] + [len(heard)]):
                self.assertIn(":SOUR3:VOLT?", [line for _, line in heard[at:following]])
        self.assertEqual(set(seen), set(holdings))


if __name__ == "__main__":
    unittest.main()
