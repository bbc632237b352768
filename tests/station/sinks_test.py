# One station, every sink at once: InfluxDB, VictoriaMetrics, mosquitto, Prometheus by `serve`; all of them stopped and started again in the
# middle. Nothing that was read is missing anywhere, and the reading goes on as if nobody listened.
#
# FATMASTER names the built program.
import contextlib
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import unittest
import urllib.parse

from sensor_station import SensorStation, wait_until
from servers import SCRAPE, PROMETHEUS, Server, free_port, influxd, new_folder, serve, victoria_metrics

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
BROKER = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\nmax_queued_messages 0\nuser root\n"
TELEMETRY = """[telemetry influx]
kind = influx
server = http://127.0.0.1:{influx}
database = fat
every = 1 s
[telemetry victoria]
kind = influx2
server = http://127.0.0.1:{victoria}
organization = lab
bucket = fat
token_file = token
every = 1 s
[telemetry broker]
kind = mqtt
server = mqtt://127.0.0.1:{broker}
every = 1 s
"""
SINKS = ("influx", "victoria", "broker")
PATIENCE = 120  # s; four servers start at once
LONGEST_GAP = 5000  # ms; the shortest time-out of a sink is 10 s, the period 100 ms
QUANTITIES = {"air": "temperature", "humidity": "humidity"}


class Broker:
    def __init__(self, test):
        self.test, self.port, self.process = test, free_port(), None
        folder = new_folder(test)
        self.config = folder / "mosquitto.conf"
        self.config.write_text(BROKER.format(port=self.port, folder=folder))
        test.addCleanup(self.stop)

    def start(self):
        self.process = subprocess.Popen([MOSQUITTO, "-c", self.config], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.listens, seconds=PATIENCE, what="the broker listens")  # mosquitto_sub gives up when it does not

    def listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
            return True
        return False

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


class Subscriber:
    """mosquitto's own client, in a session that outlives the broker."""

    def __init__(self, test, port):
        self.heard = []
        words = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-q", "1", "-c", "-i", "watcher", "-t", "fat/bench/sensor/+", "-F", "%p"]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        reader = threading.Thread(target=lambda: self.heard.extend(iter(self.process.stdout.readline, "")), daemon=True)
        reader.start()
        for end in (self.process.stdout.close, reader.join, self.process.wait, self.process.kill):
            test.addCleanup(end)

    def times(self, channel):
        return {round(1000 * one["t"]) for one in map(json.loads, list(self.heard)) if one["channel"] == channel}

    def value(self, channel):
        records = [one for one in map(json.loads, list(self.heard)) if one["channel"] == channel]
        return records[-1].get(QUANTITIES[channel]) if records else None


class Sinks(SensorStation):
    def setUp(self):
        super().setUp()
        self.influx, self.victoria, self.broker = influxd(self), victoria_metrics(self), Broker(self)
        (self.station / "token").write_text("secret-token\n")
        (self.station / "token").chmod(0o600)
        self.declare(TELEMETRY.format(influx=self.influx.port, victoria=self.victoria.port, broker=self.broker.port))
        _, target = serve(self, self.station)
        folder = new_folder(self)
        config = folder / "prometheus.yml"
        config.write_text(SCRAPE.format(target=target, token=""))
        port = free_port()
        self.prometheus = Server(self, [PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"], port)

    def start_servers(self):
        self.influx.start("/ping")
        self.victoria.start("/health")
        self.prometheus.start("/-/ready")
        self.broker.start()

    def stop_servers(self):
        for one in (self.influx, self.victoria, self.prometheus, self.broker):
            one.stop()

    # -- what each has

    def stored(self, channel):
        """[(at, value)]"""
        with contextlib.closing(sqlite3.connect(self.station / "readings.db", timeout=60)) as file:
            return file.execute("SELECT at, value FROM single JOIN channels ON id = channel WHERE name = ? ORDER BY at", (channel,)).fetchall()

    def influx_times(self, channel):
        series = self.influx.influx_query(f"SELECT valid FROM humidity_command WHERE channel='{channel}'")
        return {row[0] for row in series[0]["values"]} if series else set()

    def victoria_times(self, channel):
        match = urllib.parse.urlencode({"match[]": f'humidity_command_valid{{channel="{channel}"}}'})
        text = self.victoria.ask("/api/v1/export?" + match).removeprefix("good")
        return {at for line in text.splitlines() for at in json.loads(line)["timestamps"]}

    def scraped(self):
        values = self.prometheus.metric_query('{channel="humidity",__name__=~"fatmaster_reading_.*"}')
        return list(values.values())

    def have_all_since(self, moment):
        """Each of the three has what was read after that."""
        at = [time_ for time_, _ in self.stored("air") if time_ > moment][:1]
        have = (self.influx_times("air"), self.victoria_times("air"), self.watcher.times("air"))
        return bool(at) and all(any(one >= at[0] for one in times) for times in have)

    def newest(self):
        return self.stored("air")[-1][0]

    def test_all_away_and_back_in_the_middle(self):
        self.start_servers()
        self.assertTrue(self.influx.ask("/query", b"q=CREATE+DATABASE+fat"))
        self.watcher = Subscriber(self, self.broker.port)
        process, lines = self.start()
        wait_until(lambda: self.have_all_since(0), seconds=PATIENCE, what="the sinks have readings")
        wait_until(self.scraped, seconds=PATIENCE, what="Prometheus has them")

        self.stop_servers()
        away = self.newest()
        self.show("77.5 -10.0")
        for name in SINKS:
            wait_until(lambda name=name: any(f"telemetry {name}: " in line for line in list(lines)), seconds=PATIENCE, what=lambda: lines)
        wait_until(lambda: len([1 for at, _ in self.stored("air") if at > away]) > 30, seconds=PATIENCE, what="30 readings that nobody hears")
        self.start_servers()
        back = self.newest()
        wait_until(lambda: self.have_all_since(back), seconds=PATIENCE, what=lambda: lines)
        wait_until(lambda: self.scraped() == [0.775], seconds=PATIENCE, what=self.scraped)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 0)

        for channel in QUANTITIES:
            stored = [at for at, _ in self.stored(channel)]
            self.assertLess(max(after - before for before, after in zip(stored, stored[1:])), LONGEST_GAP)
            for name, times in (("influx", self.influx_times(channel)), ("victoria", self.victoria_times(channel)), ("broker", self.watcher.times(channel))):
                wanted = {at for at in stored if min(times) <= at <= max(times)}
                self.assertEqual(wanted - times, set(), (name, channel))
                self.assertLess(min(times), away)
                self.assertGreater(max(times), back)


if __name__ == "__main__":
    unittest.main()
