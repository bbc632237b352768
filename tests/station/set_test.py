# `fatmaster set`: through the process that owns the wires and without it, under interlocks, and with eight contenders at one supply.
#
# FATMASTER names the built program.
import json
import socket
import socketserver
import subprocess
import threading
import unittest

from cryostat import HEATING, Cryostat, station, wait_until

BIAS = "[channel bias]\ninstrument = supply\nquantity = voltage_setpoint 3\nperiod = 1 s\nmaximum_age = 20 s\n"
CONTENDERS = 8
SETTINGS = 5  # of each contender


class Recorder(socketserver.ThreadingTCPServer):
    """Stands between everybody and the supply and remembers each line, in the order in which the supply heard it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), RecordedLink)
        self.behind = port
        self.lines = []
        self.heard = []  # the same with the connection each came by
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that goes away is no news."""


class RecordedLink(socketserver.StreamRequestHandler):
    def handle(self):
        with socket.create_connection(("127.0.0.1", self.server.behind)) as supply:
            back = threading.Thread(target=self.copy_back, args=(supply,), daemon=True)
            back.start()
            for line in self.rfile:
                self.server.lines.append(line.decode().strip())
                self.server.heard.append((id(self), line.decode().strip()))
                supply.sendall(line)
            supply.shutdown(socket.SHUT_WR)
            back.join()

    def copy_back(self, supply):
        while data := supply.recv(4096):
            try:
                self.wfile.write(data)
            except OSError:
                return


class Setting(unittest.TestCase):
    def cryostat(self, interlocks=HEATING + BIAS, **keys):
        place = Cryostat(interlocks, **keys)
        self.addCleanup(place.close)
        ini = place.folder / "station.ini"  # here no supply is mute: a busy machine may take its time
        ini.write_text(ini.read_text().replace("first_byte = 300 ms", "first_byte = 10 s"))
        return place

    def refused(self, place, *words, code=7):
        done = place.tell("set", *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def test_sets_and_reads_back_between_the_station_s_own_questions(self):
        place = self.cryostat()
        place.watch()
        wait_until(lambda: place.tell("interlock").returncode == 0, what="the first readings")

        done = place.tell("--as", "anna", "set", "heater_1", "on")

        self.assertEqual((done.returncode, done.stdout), (0, "heater_1 reads back on\n"))
        self.assertEqual(place.heats(), [True, False])
        self.assertEqual(place.tell("set", "bias", "2.5", "V").stdout, "bias reads back 2.5 V\n")
        self.assertEqual(float(place.scpi(":SOUR3:VOLT?")), 2.5)
        place.wait_for_words("sets heater_1 to on")
        self.assertIn("anna", place.said.read_text())

    def test_refuses_what_cannot_be(self):
        place = self.cryostat()
        place.watch()
        self.assertIn("did you mean 'heater_1'", self.refused(place, "heater1", "on", code=2))
        self.assertIn("can only be read", self.refused(place, "top_plate", "3 K", code=2))
        self.assertIn("from 0 to", self.refused(place, "bias", "33 V", code=2))
        self.assertIn("a value in V", self.refused(place, "bias", "on", code=2))
        self.assertIn("a reason", place.tell("interlock", "override", "heating", "--for", "1 min").stderr)
        self.assertIn("at most 24 h", place.tell("interlock", "override", "heating", "--for", "25 h", "--reason", "x").stderr)
        for body in ("", "[]", '{"channel": "bias"}', '{"channel": "bias", "value": "on"}', '{"channel": 3, "value": 1e999}', '{"channel": "bias", "value": 1, "fence": "me"}', "1" * 70000):
            self.assertEqual(self.asked(place, "POST", "/v1/set", body)[0], 400, body[:80])
        for body in ("", "[]", "{", "1" * 70000):
            self.assertEqual(self.asked(place, "POST", "/v1/interlock", body)[0], 400, body[:80])
        for body in ("", "[]", '{"verb": "eat"}', '{"verb": "take", "length_s": -1}', '{"verb": "take", "fence": -1}', "1" * 70000):
            self.assertEqual(self.asked(place, "POST", "/v1/lease", body)[0], 400, body[:80])
        for path in ("/v1/order/0", "/v1/order/7", "/v1/order/me", "/v1/station", "/"):
            self.assertEqual(self.asked(place, "GET", path)[0], 404, path)
        told = self.asked(place, "POST", "/v1/set", '{"channel": "bis", "value": 1}')
        self.assertEqual((told[0], json.loads(told[1])["order"]), (200, 0))
        self.assertIn("there is no channel 'bis'; did you mean 'bias'?", told[1])
        told = self.asked(place, "POST", "/v1/lease", '{"verb": "take", "instrument": "supply", "length_s": 60, "process": 2147483646}')
        self.assertIn("there is no process 2147483646 here", told[1])
        self.assertEqual(float(place.scpi(":SOUR3:VOLT?")), 0)

    def asked(self, place, method, path, body=None):
        """The process that owns the wires, as a program of anybody would."""
        connection = station.SocketConnection(place.folder / "station.sock")
        connection.request(method, path, body)
        answer = connection.getresponse()
        told = answer.status, answer.read().decode()
        connection.close()
        return told

    def test_an_interlock_comes_first(self):
        place = self.cryostat()
        place.watch()
        place.show(280, 250)
        place.wait_for_phase("tripped")

        self.assertIn("interlock heating is tripped", self.refused(place, "heater_1", "on"))

        self.assertEqual(place.tell("set", "heater_1", "off").returncode, 0)
        self.assertEqual(place.tell("set", "bias", "1 V").returncode, 0)  # it holds nothing else
        self.assertEqual(place.heats(), [False, False])

    def test_without_that_process_nothing_is_switched_on_that_an_interlock_guards(self):
        place = self.cryostat()
        place.heat()

        self.assertIn("nobody watches it", self.refused(place, "heater_1", "on"))

        self.assertEqual(place.tell("set", "heater_1", "off").returncode, 0)
        self.assertEqual(place.heats(), [False, True])
        self.assertEqual(place.tell("set", "bias", "1 V").returncode, 0)

    def steps(self, wanted, watched=True, within="20 s"):
        """A cryostat whose run sets the bias, sees that it is about 2.5 V, and waits for that and for the plates. Without an interlock no step needs anybody who watches."""
        sections = (
            f"[bias]\ntask = set_channel\nset = bias {wanted}\nconfirm = bias in [2.4, 2.6] V\nwithin = {within}\notherwise = bias 0 V\n"
            "[plates]\ntask = wait_for_channel\nuntil = top_plate in [240, 260] K, bias in [2.4, 2.6] V\nlimit = 30 s\n"
        )
        place = self.cryostat(HEATING + BIAS if watched else BIAS, sections=sections)
        if watched:
            place.watch()
            wait_until(lambda: place.tell("interlock").returncode == 0, what="the first readings")
        return place

    def test_a_step_sets_and_waits_with_and_without_the_process_that_owns_the_wires(self):
        for watched in (True, False):
            with self.subTest(watched=watched):
                place = self.steps("2.5 V", watched)
                place.run("--no-probe")
                self.assertEqual(place.wait_for_end(), 0, place.terminal())
                self.assertEqual(float(place.scpi(":SOUR3:VOLT?")), 2.5)
                if watched:
                    self.assertIn("sets bias to 2.5 V", place.said.read_text())

    def test_a_step_whose_channel_does_not_follow_has_failed_and_sets_what_it_says(self):
        for watched in (True, False):
            with self.subTest(watched=watched):
                place = self.steps("3.5 V", watched, within="2 s")
                place.run("--no-probe", "--batch")
                self.assertEqual(place.wait_for_end(), 4, place.terminal())
                self.assertIn("bias", place.terminal())
                self.assertEqual(float(place.scpi(":SOUR3:VOLT?")), 0)

    def test_a_step_that_asks_for_more_than_the_supply_has_is_not_planned(self):
        place = self.steps("33 V")
        place.run("--no-probe")
        self.assertEqual(place.wait_for_end(), 3)
        self.assertIn("'set' in [bias]: bias can be set from 0 to 32 V", place.terminal())

    def test_a_picture_or_a_graph_that_cannot_be_drawn_is_refused(self):
        place = self.cryostat()
        for words, code, text in (
            (["plot", "bias", "-o", "bias.svg"], 3, "there are no stored readings"),
            (["station", "graph", "-o", "power.png"], 2, "--output is a FILE.svg or a FILE.dot"),
            (["lease", "take", "supply", "--lease", "one"], 2, "--lease is a number, such as `fatmaster lease list` shows"),
            (["lease", "take", "supply", "--pid", "me"], 2, "--pid is the number of a process, not 'me'"),
            (["lease", "run", "supply"], 2, "say `fatmaster lease run INSTRUMENT[,INSTRUMENT]... --purpose TEXT"),
        ):
            done = place.tell(*words)
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            self.assertIn(text, done.stderr)
        self.assertEqual([*place.folder.glob("*.svg")], [])

    def test_a_picture_of_what_there_is_not_is_refused(self):
        place = self.cryostat()
        place.watch()
        wait_until(lambda: place.tell("read", "bias").returncode == 0, what="the first readings")
        for words, code, text in (
            (["-o", "/no/such/bias.svg"], 3, "cannot write /no/such/bias.svg"),
            (["--since", "2099-01-01 00:00", "-o", "bias.svg"], 7, "bias has no valid reading since 2099-01-01 00:00:00"),
            (["--since", "soon", "-o", "bias.svg"], 2, "--since is a duration such as '6h', or '2026-11-21 08:30', not 'soon'"),
        ):
            done = place.tell("plot", "bias", *words)
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            self.assertIn(text, done.stderr)

    def test_readings_are_followed_with_and_without_the_process_that_reads(self):
        for watched in (True, False):
            with self.subTest(watched=watched):
                place = self.cryostat()
                if watched:
                    place.watch()
                told = place.folder / "told"
                with open(told, "wb") as output:
                    process = subprocess.Popen([station.PROGRAM, "read", "bias", "top_plate", "--follow", "--json"], cwd=place.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
                self.addCleanup(process.wait)
                self.addCleanup(process.kill)

                def plates(told=told):
                    rows = [json.loads(line) for line in told.read_text().splitlines() if line.endswith("}")]
                    return [row["value"] for row in rows if row["channel"] == "top_plate" and row["state"] == "ok"]

                wait_until(lambda: plates()[-1:] == [250], what=told.read_text)
                place.show(260, 250)
                wait_until(lambda: plates()[-1:] == [260], what=told.read_text)
                if watched:
                    place.end_watch()
                    self.assertEqual(process.wait(timeout=station.BOUND), 7)
                    self.assertIn("the process that reads the bench has ended", told.read_text())

    def test_says_that_the_supply_did_not_confirm(self):
        place = self.cryostat()
        place.heat()
        place.breaks("supply", "stuck-output")
        place.watch()

        self.assertIn("not set", self.refused(place, "heater_1", "off"))

    def contend(self, watched):
        place = self.cryostat()
        recorder = Recorder(place.supply)
        self.addCleanup(recorder.server_close)
        self.addCleanup(recorder.shutdown)
        ini = place.folder / "station.ini"
        ini.write_text(ini.read_text().replace(f":{place.supply}\n", f":{recorder.server_address[1]}\n").replace("lock = 2 s", "lock = 1 min"))
        if watched:
            place.watch()
        contenders = []
        for one in range(CONTENDERS):
            script = "".join(f"{station.PROGRAM} set bias {volts} V || exit 1\n" for volts in self.volts_of(one))
            contenders.append(subprocess.Popen(["sh", "-c", script], cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        for one, process in enumerate(contenders):
            said = process.communicate(timeout=station.BOUND * 2)[0]
            self.assertEqual(process.returncode, 0, said)
            self.assertEqual(said, "".join(f"bias reads back {volts:g} V\n" for volts in self.volts_of(one)))
        return recorder.lines

    @staticmethod
    def volts_of(one):
        return [round(0.1 * one + 0.01 * turn + 0.5, 3) for turn in range(SETTINGS)]

    def judge(self, lines):
        """Behind each setting comes its own reading back before the next setting, and no setting is lost."""
        settings = [at for at, line in enumerate(lines) if line.startswith(":SOUR3:VOLT ")]
        self.assertEqual(len(settings), CONTENDERS * SETTINGS)
        for at, following in zip(settings, settings[1:] + [len(lines)]):
            self.assertIn(":SOUR3:VOLT?", lines[at:following], lines[at:following])

    def test_eight_contenders_at_one_supply_never_interleave(self):
        self.judge(self.contend(watched=True))

    def test_nor_do_they_where_nobody_owns_the_wires(self):
        self.judge(self.contend(watched=False))


if __name__ == "__main__":
    unittest.main()
