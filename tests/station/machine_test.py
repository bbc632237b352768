# Module power and chillers as people live with them, over the wire: high voltage only over low voltage, a trip, a mute supply, a ramp that does not end,
# groups, safe states in order, and what `fatmaster station graph` draws.
#
# FATMASTER names the built program.
import http.server
import json
import os
import signal
import socket
import stat
import subprocess
import threading
import unittest

from cryostat import Cryostat, station, wait_until

HEAD = """[station]
name = stand
time_zone = UTC
[paths]
locks = locks
[device supply]
kind = rigol_dp900
link = {supply}
first_byte = 10 s
lock = 30 s
[device caen]
kind = caen_n1470
link = {caen}
first_byte = {first_byte}
lock = 30 s
pause = 1 ms
[device circulator]
kind = lauda
link = {lauda}
first_byte = 10 s
lock = 30 s
pause = 1 ms
[device warmth]
kind = file_sensor
file = warmth
maximum_age = 0 s
[channel module_temperature]
instrument = warmth
quantity = value 1
unit = degC
calibration = polynomial 0, 1
period = 100 ms
maximum_age = 1 min
"""
CHANNEL = "[channel {name}]\ninstrument = {instrument}\nquantity = {quantity}\nperiod = 1 s\nmaximum_age = {age}\n"
CHANNELS = [
    *((f"lv_{n}", "supply", f"output {n}") for n in (1, 2)),
    *((f"lv_{n}_volts", "supply", f"voltage {n}") for n in (1, 2)),
    *((f"hv_{n}", "caen", f"output {n}") for n in (1, 2)),
    *((f"hv_{n}_volts", "caen", f"voltage {n}") for n in (1, 2)),
    *((f"hv_{n}_set", "caen", f"voltage_setpoint {n}") for n in (1, 2)),
    *((f"hv_{n}_ramping", "caen", f"ramping {n}") for n in (1, 2)),
    *((f"hv_{n}_tripped", "caen", f"tripped {n}") for n in (1, 2)),
    ("runs", "circulator", "running"),
    ("status", "circulator", "status"),
    ("faults", "circulator", "faults"),
]
POWER = """[module_power m{n}]
group = stave
low_output = lv_{n}
low_voltage = lv_{n}_volts
low_off = 0.5 V
low_on = 9 V
high_output = hv_{n}
high_voltage = hv_{n}_volts
high_setpoint = hv_{n}_set
high_ramping = hv_{n}_ramping
high_tripped = hv_{n}_tripped
high_off = 5 V
ramp_within = {ramp_within}
"""
CHILLER = "[chiller bath]\nrunning = runs\nstatus = status\nalarms = faults\n"
TOO_WARM = "[interlock warm]\nchannels = module_temperature\ntrip = above 30 degC\ninvalid_after = 30 s\naction = {action}\n"


class Stand(Cryostat):
    """Two modules with low and high voltage, and a chiller."""

    def __init__(self, interlocks="", ramp_within="5 min", age="30 s", first_byte="10 s"):
        super().__init__(interlocks="")
        links = {one["name"]: one["link"] for one in self.address()["instruments"]}
        self.caen = int(links["high_voltage"].rpartition(":")[2])
        ini = HEAD.format(supply=links["supply"], caen=links["high_voltage"], lauda=links["chiller"], first_byte=first_byte)
        for name, instrument, quantity in CHANNELS:
            ini += CHANNEL.format(name=name, instrument=instrument, quantity=quantity, age=age)
        ini += "".join(POWER.format(n=n, ramp_within=ramp_within) for n in (1, 2)) + CHILLER
        (self.folder / "station.ini").write_text(ini + interlocks)
        self.warm(20)
        for n in (1, 2):
            self.scpi(f":SOUR{n}:VOLT 12")
            self.scpi(f":SOUR{n}:CURR 2")
            self.high(n, "VSET", 200)
            self.high(n, "RUP", 500)
            self.high(n, "RDW", 500)

    def warm(self, degrees):
        new = self.folder / "warmth.new"
        new.write_text(f"{degrees}\n")
        new.rename(self.folder / "warmth")

    def caen_says(self, line):
        with socket.create_connection(("127.0.0.1", self.caen), timeout=station.BOUND) as link:
            link.sendall(f"$BD:00,{line}\r\n".encode())
            return link.makefile().readline().strip()

    def high(self, n, parameter, value=None):
        """Somebody at the high voltage of module n, whose channel is n - 1."""
        more = "" if value is None else f",VAL:{value}"
        self.caen_says(f"CMD:SET,CH:{n - 1},PAR:{parameter}{more}")

    def volts(self, n):
        return float(self.caen_says(f"CMD:MON,CH:{n - 1},PAR:VMON").rpartition(":")[2])

    def watch(self, *words):
        self.said = self.folder / "station.log"
        with open(self.said, "ab") as log:
            self.bench = subprocess.Popen([station.PROGRAM, "station", *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_until(lambda: self.states()["watched"], what=self.said.read_text)

    def states(self):
        state = json.loads(self.tell("station", "states", "--json").stdout)
        state.update({one["name"]: one["state"] for one in state["machines"]})
        state.update({f"group {one['name']}": one["state"] for one in state["groups"]})
        return state

    def wait_for(self, **wanted):
        def reached():
            now = self.states()
            return all(now.get(name.replace("group_", "group ")) == state for name, state in wanted.items())

        wait_until(reached, seconds=60, what=lambda: f"{wanted}: {self.states()}\n{self.said.read_text()}")

    def bring_up(self, *modules):
        for n in modules:
            for channel in (f"lv_{n}", f"hv_{n}"):
                done = self.tell("set", channel, "on")
                assert done.returncode == 0, done.stderr
                wait_until(lambda: self.states()[f"m{n}"] == ("LV_ON" if channel.startswith("l") else "HV_ON"), seconds=60, what=lambda: f"{channel}: {self.states()}")


class Machines(unittest.TestCase):
    def stand(self, *words, watched=True, **keys):
        place = Stand(*words, **keys)
        self.addCleanup(place.close)
        if watched:
            place.watch()
        return place

    def refused(self, place, *words):
        done = place.tell("set", *words)
        self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
        return done.stderr

    def done(self, place, *words):
        done = place.tell("set", *words)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_high_voltage_only_over_low_voltage_and_down_in_order(self):
        place = self.stand()
        place.wait_for(m1="LV_OFF")

        why = self.refused(place, "hv_1", "on")

        self.assertIn("m1 is LV_OFF: the high voltage goes on only when the low voltage has arrived; first `fatmaster set lv_1 on`", why)
        self.done(place, "lv_1", "on")
        place.wait_for(m1="LV_ON")
        self.done(place, "hv_1", "on")
        place.wait_for(m1="HV_ON")
        why = self.refused(place, "lv_1", "off")
        self.assertIn("the low voltage never goes off under high voltage; first `fatmaster set hv_1 off`", why)
        self.assertEqual(place.scpi(":OUTP? CH1"), "ON")
        self.done(place, "hv_1", "off")
        place.wait_for(m1="LV_ON")
        self.done(place, "lv_1", "off")
        place.wait_for(m1="LV_OFF")
        self.assertIn("m1                   LV_OFF", place.tell("read").stdout)

    def test_what_somebody_does_at_the_panel_counts_and_not_what_was_commanded(self):
        place = self.stand()
        place.bring_up(1)

        place.scpi(":OUTP CH1,OFF")

        place.wait_for(m1="ERROR")
        place.wait_for_words("module_power m1 is ERROR: it has high voltage without low voltage")
        self.assertIn("is ERROR", self.refused(place, "hv_1_set", "300", "V"))
        self.assertIn("first `fatmaster set hv_1 off`", self.refused(place, "lv_1", "on"))
        self.done(place, "hv_1", "off")
        place.wait_for(m1="LV_OFF")

    def test_a_trip_is_said_to_people_and_bars_what_raises(self):
        heard = []

        class Chat(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chat)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        place = self.stand("[sink chat]\nkind = webhook\nurl_file = chat_url\n", watched=False)
        (place.folder / "chat_url").write_text(f"http://127.0.0.1:{server.server_address[1]}/hook\n")
        (place.folder / "chat_url").chmod(0o600)
        place.watch()
        place.bring_up(1)

        place.breaks("high_voltage", "tripped", "--channel", "0")

        place.wait_for(m1="ERROR")
        wait_until(lambda: any("m1 is ERROR: it has tripped: hv_1_tripped shows 1" in one for one in list(heard)), seconds=60, what=lambda: f"{heard}")
        self.assertIn("it has tripped", place.tell("station", "states").stdout)
        self.assertEqual(place.tell("station", "states").returncode, 1)
        self.assertIn("nothing is raised in an error", self.refused(place, "hv_1", "on"))
        place.breaks("--clear", "high_voltage")
        place.wait_for(m1="LV_ON")
        self.done(place, "hv_1", "on")

    def test_a_mute_supply_is_unknown_and_never_taken_for_off(self):
        place = self.stand(age="5 s", first_byte="2 s")
        place.wait_for(m1="LV_OFF")
        self.done(place, "lv_1", "on")
        place.wait_for(m1="LV_ON")

        place.breaks("high_voltage", "mute")

        place.wait_for(m1="UNKNOWN", m2="UNKNOWN", group_stave="UNKNOWN")
        self.assertIn("the high voltage is not known to be off", self.refused(place, "lv_1", "off"))
        self.assertIn("nobody knows what is on", self.refused(place, "hv_1", "on"))
        self.assertEqual(place.scpi(":OUTP? CH1"), "ON")
        place.breaks("--clear", "high_voltage")
        place.wait_for(m1="LV_ON", m2="LV_OFF", group_stave="LV_MIX")
        self.done(place, "lv_1", "off")

    def test_a_group_is_as_bad_as_its_worst_member(self):
        place = self.stand()
        place.wait_for(group_stave="LV_OFF")
        place.bring_up(1)
        place.wait_for(group_stave="ERROR")
        place.wait_for_words("group stave is ERROR: one module has high voltage while the low voltage of another is off")
        self.done(place, "lv_2", "on")
        place.wait_for(group_stave="HV_MIX")
        self.done(place, "hv_2", "on")
        place.wait_for(group_stave="HV_ON")

    def test_a_ramp_that_does_not_end_is_an_error(self):
        place = self.stand(ramp_within="1 s")
        place.high(1, "RUP", 1)
        self.done(place, "lv_1", "on")
        place.wait_for(m1="LV_ON")

        self.done(place, "hv_1", "on")

        place.wait_for_words("its high voltage has been on its way for more than 1 s")
        place.wait_for(m1="ERROR")
        self.done(place, "hv_1", "off")

    def test_a_chiller_is_started_only_when_it_is_well(self):
        place = self.stand()
        place.wait_for(bath="OFF")
        self.done(place, "runs", "on")
        place.wait_for(bath="ON_INTERNAL")

        place.breaks("chiller", "low-level")

        place.wait_for(bath="ALARM")
        place.wait_for_words("chiller bath is ALARM: it complains: status shows -1")
        self.assertIn("it is not started in an alarm", self.refused(place, "runs", "on"))
        self.done(place, "runs", "off")
        place.breaks("--clear", "chiller")
        place.wait_for(bath="OFF")
        self.done(place, "runs", "on")

    def test_without_that_process_the_wires_are_asked(self):
        place = self.stand(watched=False)
        self.assertIn("m1 is LV_OFF", self.refused(place, "hv_1", "on"))
        self.done(place, "lv_1", "on")
        self.done(place, "hv_1", "on")
        wait_until(lambda: place.volts(1) > 190, what="the ramp")
        self.assertIn("never goes off under high voltage", self.refused(place, "lv_1", "off"))
        shown = place.tell("read")
        self.assertIn("m1                   HV_ON", shown.stdout)
        self.assertEqual(place.tell("station", "states").returncode, 1)  # nobody watches them
        place.breaks("high_voltage", "tripped", "--channel", "0")
        self.assertIn("ERROR", place.tell("read").stdout)

    def falls_in_order(self, place):
        """Each moment: low voltage that is off stands under no high voltage."""
        while True:
            volts = place.volts(1)
            if place.scpi(":OUTP? CH1") == "OFF":
                self.assertLess(volts, 60)
                return
            self.assertIsNone(place.bench.poll() if place.bench else None)

    def test_safe_states_take_the_high_voltage_down_first(self):
        for action in ("safe state", "set\nset = lv_1 off, hv_1 off"):
            place = self.stand(TOO_WARM.format(action=action))
            place.bring_up(1)
            place.high(1, "RDW", 50)  # 4 s from 200 V

            place.warm(40)

            self.falls_in_order(place)
            wait_until(lambda: place.volts(1) == 0, what="no high voltage")

    def test_a_safe_state_s_own_setting_waits_for_the_ramp(self):
        for watched in (True, False):
            place = self.stand(watched=watched)
            self.done(place, "lv_1", "on")
            self.done(place, "hv_1", "on")
            wait_until(lambda: place.volts(1) > 190, what="the ramp")
            place.high(1, "RDW", 50)
            self.done(place, "hv_1", "off")
            environment = dict(os.environ, FATMASTER_SAFE_STATE="1")

            low = subprocess.Popen([station.PROGRAM, "set", "lv_1", "off"], cwd=place.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

            self.falls_in_order(place)
            said = low.communicate(timeout=station.BOUND)[0]
            self.assertEqual(low.returncode, 0, said)

    def test_a_safe_state_waits_for_a_ramp_as_long_as_it_may_take_and_no_longer(self):
        place = self.stand(ramp_within="3 s")
        self.done(place, "lv_1", "on")
        self.done(place, "hv_1", "on")
        wait_until(lambda: place.volts(1) > 190, what="the ramp")
        place.high(1, "RDW", 1)  # 200 s
        self.done(place, "hv_1", "off")
        environment = dict(os.environ, FATMASTER_SAFE_STATE="1")

        low = subprocess.run([station.PROGRAM, "set", "lv_1", "off"], cwd=place.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=station.BOUND)

        self.assertEqual(low.returncode, 0, low.stdout + low.stderr)
        self.assertEqual(place.scpi(":OUTP? CH1"), "OFF")
        self.assertGreater(place.volts(1), 100)
        place.wait_for_words("the safe state has waited for 3 s and goes on all the same")

    def test_the_end_of_the_process_is_in_order_too(self):
        place = self.stand(TOO_WARM.format(action="set\nset = lv_1 off, hv_1 off"))
        place.bring_up(1)
        place.high(1, "RDW", 50)

        place.bench.send_signal(signal.SIGTERM)
        bench, place.bench = place.bench, None

        self.falls_in_order(place)
        self.assertEqual(bench.wait(timeout=station.BOUND), 0)

    def test_two_settings_that_are_each_legal_are_not_made_together(self):
        for watched in (True, False):
            place = self.stand(watched=watched)
            for _ in range(4):
                self.done(place, "lv_1", "on")
                both = [subprocess.Popen([station.PROGRAM, "set", *words], cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for words in (("lv_1", "off"), ("hv_1", "on"))]
                said = [one.communicate(timeout=station.BOUND * 2)[0] for one in both]
                codes = sorted(one.returncode for one in both)
                self.assertEqual(codes, [0, 7], said)
                low = place.scpi(":OUTP? CH1") == "ON"
                self.assertEqual(low, both[1].returncode == 0, said)
                self.done(place, "hv_1", "off")
                wait_until(lambda: place.volts(1) == 0, what="no high voltage")

    def test_draws_its_table_with_the_states_as_they_are(self):
        place = self.stand()
        place.wait_for(m1="LV_OFF", bath="OFF")

        graph = place.tell("station", "graph").stdout

        self.assertIn('"module_power/LV_ON" -> "module_power/HV_ON" [label="high voltage on"]', graph)
        self.assertNotIn('"module_power/LV_OFF" -> "module_power/HV_ON"', graph)
        self.assertIn("LV_OFF\\nnow: m1, m2\\nrefused: high voltage on", graph)
        self.assertIn("OFF\\nnow: bath", graph)
        one = place.tell("station", "graph", "m1").stdout
        self.assertIn("LV_OFF\\nnow: m1\\n", one)
        self.assertNotIn("chiller", one)
        self.assertEqual(place.tell("station", "graph", "-o", "power.dot", "module_power").returncode, 0)
        self.assertIn("now: m1, m2", (place.folder / "power.dot").read_text())
        wrong = place.tell("station", "graph", "module_powr")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("did you mean 'module_power'", wrong.stderr)

    def test_draws_a_picture_with_dot_or_says_that_there_is_none(self):
        place = self.stand(watched=False)
        tools = place.folder / "tools"
        tools.mkdir()
        environment = dict(os.environ, PATH=str(tools))

        def draw():
            return subprocess.run([station.PROGRAM, "station", "graph", "-o", "power.svg"], cwd=place.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=station.BOUND)

        without = draw()
        self.assertEqual(without.returncode, 7)
        self.assertIn("Graphviz' `dot`, which is not installed", without.stderr)
        self.assertFalse((place.folder / "power.svg").exists())
        dot = tools / "dot"
        dot.write_text('#!/bin/sh\nwhile read -r line; do all="$all$line"; done\nprintf "Warning: a font\\n<?xml version=\'1.0\'?><svg>%s</svg>" "$all"\n')
        dot.chmod(dot.stat().st_mode | stat.S_IXUSR)
        drawn = draw()
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        self.assertTrue((place.folder / "power.svg").read_text().startswith("<?xml"))
        self.assertIn("HV_RAMP", (place.folder / "power.svg").read_text())


if __name__ == "__main__":
    unittest.main()
