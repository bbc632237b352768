# The bench in the dashboard's API: the values that `fatmaster station` reads, settings and interlocks through it, and what a page is
# told when it is gone.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "web")]

from cryostat import HEATING, Cryostat, wait_until  # noqa: E402
from servers import PROGRAM  # noqa: E402
from web_client import Client  # noqa: E402

BIAS = "[channel bias]\ninstrument = supply\nquantity = voltage_setpoint 3\nperiod = 1 s\nmaximum_age = 20 s\n"


class BenchPage(unittest.TestCase):
    def setUp(self):
        self.place = Cryostat(HEATING + BIAS)
        self.addCleanup(self.place.close)
        ini = self.place.folder / "station.ini"
        ini.write_text(ini.read_text().replace("first_byte = 300 ms", "first_byte = 10 s"))
        self.page = Client(self.serve())

    def serve(self, environment=None):
        process = subprocess.Popen([PROGRAM, "-C", str(self.place.folder), "serve", "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process.stdout.readline()

    def channel(self, name):
        return next(one for one in self.page.get("/bench")["channels"] if one["name"] == name)

    def heating(self):
        return self.page.get("/bench")["interlocks"][0]

    def comes(self, look, value):
        return wait_until(lambda: look() == value, what=lambda: f"{value}, but {self.page.get('/bench')}\n{self.place.said.read_text()}")

    def set(self, channel, value):
        answer = self.page.request("POST", "/bench/settings", {"channel": channel, "value": value})
        return answer.status, answer.json["text"]

    def tell(self, verb, **more):
        answer = self.page.request("POST", "/bench/interlocks", {"verb": verb, "name": "heating", **more})
        return answer.status, answer.json["text"]

    def test_values_come_and_settings_go_through_the_station_process(self):
        self.assertTrue(self.page.get("/station")["bench"])
        self.assertFalse(self.page.get("/bench")["watched"])
        self.place.watch()
        self.comes(lambda: self.channel("top_plate")["value"], 250)
        self.comes(lambda: self.heating()["phase"], "clear")

        self.assertEqual(self.set("heater_1", "on"), (200, "heater_1 reads back on"))

        self.assertEqual(self.place.heats(), [True, False])
        self.comes(lambda: self.channel("heater_1")["value"], 1)
        self.assertEqual(self.set("bias", "2.5 V"), (200, "bias reads back 2.5 V"))
        self.assertEqual(float(self.place.scpi(":SOUR3:VOLT?")), 2.5)
        self.place.wait_for_words("(web)")  # who it was

    def test_an_interlock_comes_first_and_a_person_s_word_reaches_it(self):
        self.place.watch()
        self.place.show(280, 250)
        self.comes(lambda: self.heating()["phase"], "tripped")
        self.assertIn("top_plate", self.heating()["text"])
        status, text = self.set("heater_1", "on")
        self.assertEqual(status, 409)
        self.assertIn("interlock heating is tripped", text)

        self.assertEqual(self.tell("override", length_s=600)[0], 409)  # no reason
        self.assertEqual(self.tell("override", length_s=600, reason="a sensor is changed")[0], 200)
        overridden = self.heating()["overridden"]
        self.assertIn("(web)", overridden["who"])
        self.assertEqual(overridden["reason"], "a sensor is changed")
        self.assertLessEqual(overridden["left_s"], 600)
        self.assertEqual(self.tell("clear")[0], 200)
        self.assertIsNone(self.heating()["overridden"])
        self.assertEqual(self.tell("smash")[0], 409)

    def test_a_lease_of_the_shell_that_the_server_was_started_in_is_nobody_s_at_the_page(self):
        self.place.watch()
        self.comes(lambda: self.channel("top_plate")["value"], 250)
        taken = self.place.tell("--as", "otto", "lease", "take", "supply", "--purpose", "scan", "--for", "10min")
        self.assertEqual(taken.returncode, 0, taken.stderr)
        fence = self.fence_of("supply")
        self.page = Client(self.serve({**os.environ, "FATMASTER_LEASES": f"supply={fence}", "FATMASTER_SAFE_STATE": "1"}))

        status, text = self.set("bias", "1 V")

        self.assertEqual(status, 409, text)
        self.assertIn("otto", text)
        self.assertEqual(float(self.place.scpi(":SOUR3:VOLT?")), 0)

    def fence_of(self, instrument):
        leases = json.loads(self.place.tell("lease", "list", "--json").stdout)["leases"]
        return next(one["fence"] for one in leases if one["instrument"] == instrument)

    def test_services_are_shown_as_long_as_somebody_supervises_them(self):
        with open(self.place.folder / "station.ini", "a") as ini:
            ini.write("[service clock]\ncommand = sleep 1000\n")
        self.page = Client(self.serve())
        self.assertFalse(self.page.get("/bench")["supervised"])
        self.place.watch()
        self.addCleanup(self.place.tell, "services", "stop", "clock")

        def clock():
            return next((one for one in self.page.get("/bench")["services"] if one["name"] == "clock"), {})

        self.comes(lambda: clock().get("phase"), "RUNNING")
        self.assertTrue(self.page.get("/bench")["supervised"])
        self.assertTrue(clock()["wanted"])
        self.assertEqual(pathlib.Path(f"/proc/{clock()['pid']}/stat").is_file(), True)
        self.assertEqual(self.place.tell("services", "stop", "clock").returncode, 0)
        self.comes(lambda: (clock()["phase"], clock()["wanted"], clock()["pid"]), ("STOPPED", False, 0))

    def test_who_looks_when_the_process_is_gone_is_told(self):
        self.place.watch()
        self.comes(lambda: self.channel("top_plate")["value"], 250)
        self.place.bench.kill()
        self.place.bench.wait()

        self.comes(lambda: self.page.get("/bench")["watched"], False)
        self.comes(lambda: self.channel("top_plate")["state"], "stale")
        self.assertIsNone(self.channel("top_plate")["value"])
        self.assertIsNone(self.heating()["phase"])
        status, text = self.set("heater_1", "on")
        self.assertEqual(status, 409)
        self.assertIn("nobody watches this bench", text)


if __name__ == "__main__":
    unittest.main()
