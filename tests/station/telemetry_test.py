# What a station reads, in real databases and at a real broker (InfluxDB 1, VictoriaMetrics, mosquitto), also after they were away.
#
# FATMASTER names the built program.
import http.server
import json
import shutil
import sqlite3
import subprocess
import threading
import unittest
import urllib.parse

from sensor_station import SensorStation, wait_until
from servers import free_port, influxd, new_folder, victoria_metrics

PATIENCE = 60  # s
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class TelemetryTest(SensorStation):
    def setUp(self):
        super().setUp()
        self.servers = new_folder(self)

    def publish(self, telemetry):
        """As `start`, with that in [telemetry db]."""
        self.declare("[telemetry db]\nevery = 1 s\n" + telemetry)
        return self.start()

    def query(self, database, text):
        """{column: [values]} of the only series; times in ms."""
        series = database.influx_query(text)
        return dict(zip(series[0]["columns"], zip(*series[0]["values"]))) if series else {}

    def stored_times(self, channel, first, last):
        with sqlite3.connect(self.station / "readings.db") as file:
            rows = file.execute("SELECT at FROM single JOIN channels ON id=channel WHERE name=? AND at BETWEEN ? AND ?", (channel, first, last))
            times = [at for (at,) in rows]
        file.close()
        return times

    def stored_failures(self, channel):
        with sqlite3.connect(self.station / "readings.db") as file:
            row = file.execute("SELECT count(*) FROM single JOIN channels ON id=channel WHERE name=? AND value IS NULL", (channel,)).fetchone()
        file.close()
        return row[0]

    def test_nothing_is_lost_while_the_database_is_away(self):
        database = influxd(self)
        database.start("/ping")
        self.assertTrue(database.ask("/query", b"q=CREATE+DATABASE+fat"))
        telemetry = f"kind = influx\nserver = http://127.0.0.1:{database.port}\ndatabase = fat\n"
        process, lines = self.publish(telemetry)
        count = "SELECT count(valid) FROM humidity_command WHERE channel='air'"
        wait_until(lambda: self.query(database, count).get("count", [0])[0] > 5)

        database.stop()
        self.says(lines, "readings are kept and sent later")
        self.show("broken")
        wait_until(lambda: self.stored_failures("air"))
        self.show("50.0 -10.0")
        process.kill()  # it goes on where it was
        process.wait()
        process, lines = self.publish(telemetry)
        self.says(lines, "readings are kept and sent later")
        database.start("/ping")
        self.says(lines, "takes readings again")
        cold = "SELECT temperature FROM humidity_command WHERE channel='air' AND temperature<270"
        wait_until(lambda: self.query(database, cold))
        process.terminate()
        self.assertEqual(process.wait(), 0)

        marks = json.loads((self.station / "readings_db.json").read_text())
        for channel in ("air", "humidity"):
            sent = self.query(database, f"SELECT valid,temperature,humidity FROM humidity_command WHERE channel='{channel}'")
            times = sorted(sent["time"])
            self.assertEqual(times, self.stored_times(channel, times[0], marks[channel] // 1000))
            quantity = "temperature" if channel == "air" else "humidity"
            for valid, value in zip(sent["valid"], sent[quantity]):
                self.assertEqual(valid == 1, value is not None)
            self.assertIn(0, sent["valid"])
        tags = self.query(database, "SHOW TAG VALUES WITH KEY IN (site, device, unit)")
        self.assertEqual(set(tags["value"]), {"bench", "sensor", "K", "%"})

    def test_a_database_that_is_not_there_is_said_once(self):
        database = influxd(self)
        database.start("/ping")
        process, lines = self.publish(f"kind = influx\nserver = http://127.0.0.1:{database.port}\ndatabase = fat\n")
        self.says(lines, "database not found")
        self.assertTrue(database.ask("/query", b"q=CREATE+DATABASE+fat"))
        self.says(lines, "takes readings again")
        process.terminate()
        self.assertEqual(process.wait(), 0)
        self.assertEqual(sum("telemetry db" in line for line in lines), 2, lines)

    def test_another_database_by_the_second_protocol(self):
        database = victoria_metrics(self)
        database.start("/health")
        (self.station / "token").write_text("secret-token\n")
        (self.station / "token").chmod(0o600)
        process, _ = self.publish(f"kind = influx2\nserver = http://127.0.0.1:{database.port}\norganization = lab\nbucket = fat\ntoken_file = token\n")
        match = urllib.parse.urlencode({"match[]": 'humidity_command_humidity{channel="humidity",site="bench"}'})
        answer = wait_until(lambda: database.ask("/api/v1/export?" + match).removeprefix("good"))
        self.assertEqual(set(json.loads(answer.splitlines()[0])["values"]), {41.5})
        process.terminate()
        self.assertEqual(process.wait(), 0)

    def heard(self, port, topic, count):
        """What mosquitto's own client hears: [(topic, payload)]."""
        words = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-F", "%t %p", "-C", str(count), "-W", str(PATIENCE)]
        told = subprocess.run([*words, "-u", "bench", "-P", "broker-secret"], capture_output=True, text=True, timeout=2 * PATIENCE)
        self.assertEqual(told.returncode, 0, told.stderr)
        return [tuple(line.split(" ", 1)) for line in told.stdout.splitlines()]

    def test_a_broker_hears_every_reading_and_when_the_station_dies(self):
        port = free_port()
        passwords = self.servers / "passwords"
        passwords.write_text("bench:broker-secret\n")
        passwords.chmod(0o600)
        subprocess.run(["mosquitto_passwd", "-U", passwords], check=True)
        config = self.servers / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\npersistence false\nuser root\n")

        def broker():
            process = subprocess.Popen([MOSQUITTO, "-c", config], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            return process

        (self.station / "password").write_text("wrong\n")
        (self.station / "password").chmod(0o600)
        first = broker()
        process, lines = self.publish(f"kind = mqtt\nserver = mqtt://127.0.0.1:{port}\nuser = bench\npassword_file = password\n")
        self.says(lines, "telemetry db: ")  # no broker yet, or one that does not know us
        (self.station / "password").write_text("broker-secret\n")
        self.says(lines, "takes readings again")
        for topic, payload in self.heard(port, "fat/bench/sensor/air", 5):
            record = json.loads(payload)
            self.assertEqual((topic, record["device"], record["channel"]), ("fat/bench/sensor/air", "sensor", "air"))
            self.assertEqual((record["temperature"], record["unit"], record["q"]), (293.15, "K", "ok"))
        self.assertEqual(self.heard(port, "fat/bench/$state", 1), [("fat/bench/$state", "ready")])
        ((_, description),) = self.heard(port, "fat/bench/$description", 1)
        self.assertEqual(set(json.loads(description)["channels"]), {"air", "humidity"})

        first.terminate()
        first.wait()
        self.says(lines, "went away")
        self.show("broken")
        broker()
        wait_until(lambda: sum("takes readings again" in line for line in list(lines)) == 2)
        wait_until(lambda: json.loads(self.heard(port, "fat/bench/sensor/air", 1)[0][1])["q"] == "failed")

        process.kill()
        process.wait()
        wait_until(lambda: self.heard(port, "fat/bench/$state", 1)[0][1] == "lost")
        process, _ = self.publish(f"kind = mqtt\nserver = mqtt://127.0.0.1:{port}\nuser = bench\npassword_file = password\n")
        wait_until(lambda: self.heard(port, "fat/bench/$state", 1)[0][1] == "ready")
        process.terminate()
        self.assertEqual(process.wait(), 0)
        self.assertEqual(self.heard(port, "fat/bench/$state", 1)[0][1], "disconnected")
        self.assertFalse([line for line in lines if "broker-secret" in line])

    def test_a_point_that_is_refused_takes_no_other_with_it(self):
        kept, logins = [], set()

        class Picky(http.server.BaseHTTPRequestHandler):
            """Refuses whatever speaks of the air."""

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                logins.add(self.headers["Authorization"])
                bad = "channel=air" in body
                if not bad:
                    kept.extend(body.splitlines())
                self.send_response(400 if bad else 204)
                self.end_headers()
                if bad:
                    self.wfile.write(b"no air here, basic-secret")

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Picky) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                (self.station / "password").write_text("basic-secret\n")
                (self.station / "password").chmod(0o600)
                process, lines = self.publish(
                    f"kind = influx\nserver = http://127.0.0.1:{server.server_address[1]}\ndatabase = fat\nuser = anna\npassword_file = password\n"
                )
                wait_until(lambda: len(kept) > 20)
                self.says(lines, "refuses points for ever, such as humidity_command,site=bench,device=sensor,channel=air")
                process.terminate()
                self.assertEqual(process.wait(), 0)
            finally:
                server.shutdown()
                thread.join()
        self.assertFalse([line for line in kept if "channel=humidity" not in line])
        self.assertEqual(logins, {"Basic YW5uYTpiYXNpYy1zZWNyZXQ="})
        self.assertFalse([line for line in lines if "basic-secret" in line])
        self.assertEqual(sum("refuses points" in line for line in lines), 1)


if __name__ == "__main__":
    unittest.main()
