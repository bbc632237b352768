# Channels set over MQTT, by somebody else's clients at somebody else's broker: under a lease, once, and with an answer.
#
# FATMASTER names the built program.
import json
import re
import subprocess
import threading
import unittest

from broker import Broker
from cryostat import HEATING, Cryostat, wait_until
from set_test import BIAS, Recorder

TOPIC = "fat/cryostat/supply/bias/set"
REPLY = "fat/cryostat/$reply"
PURPOSE = ("--purpose", "bias scan")
SETTINGS = 5  # of each contender


def volts_of(one):
    return [round(0.1 * one + 0.01 * turn + 0.5, 3) for turn in range(SETTINGS)]


class Commands(unittest.TestCase):
    def bench(self, keys="commands = yes\n"):
        self.broker = Broker(self)
        self.place = place = Cryostat(HEATING + BIAS)
        self.addCleanup(place.close)
        self.recorder = Recorder(place.supply)
        self.addCleanup(self.recorder.server_close)
        self.addCleanup(self.recorder.shutdown)
        ini = place.folder / "station.ini"
        text = ini.read_text().replace("first_byte = 300 ms", "first_byte = 10 s").replace(f":{place.supply}\n", f":{self.recorder.server_address[1]}\n")
        secret = place.folder / "password"
        secret.write_text("broker-secret\n")
        secret.chmod(0o600)
        ini.write_text(f"{text}[telemetry broker]\nkind = mqtt\nserver = mqtt://127.0.0.1:{self.broker.port}\nuser = bench\npassword_file = password\nevery = 1 s\n{keys}")
        return place

    def watch(self):
        self.place.watch()
        self.place.wait_for_words("hears commands")
        wait_until(lambda: self.place.tell("interlock").returncode == 0, what="the first readings")

    def take(self, *words):
        done = self.place.tell("--as", "anna", "lease", "take", "supply", *PURPOSE, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        leases = json.loads(self.place.tell("lease", "list", "--json").stdout)["leases"]
        return next(one["fence"] for one in leases if one["instrument"] == "supply")

    def settings(self):
        return [line for line in self.recorder.lines if line.startswith(":SOUR3:VOLT ")]

    def refused(self, command, topic=TOPIC):
        answer = self.broker.ask(topic, command)
        self.assertFalse(answer["accepted"], answer)
        return answer["text"]

    def test_a_channel_is_set_under_a_lease_and_read_back(self):
        self.bench()
        self.watch()

        self.assertIn("needs the number of a lease on supply", self.refused({"id": "a", "value": 2.5}))
        self.assertIn("lease 99 is over, and nobody holds supply", self.refused({"id": "b", "value": 2.5, "lease": 99}))
        self.assertEqual(self.settings(), [])

        lease = self.take("--for", "20min")
        self.assertRegex(self.refused({"id": "c", "value": 2.5, "lease": lease + 1}), r"leased to anna \(uid \d+\) for 'bias scan'")
        answer = self.broker.ask(TOPIC, {"id": "d", "value": 2.5, "lease": lease, "who": "anna's script"})
        self.assertEqual(answer, {"id": "d", "accepted": True, "channel": "bias", "value": 2.5, "unit": "V", "text": "bias reads back 2.5 V"})
        self.assertEqual(float(self.place.scpi(":SOUR3:VOLT?")), 2.5)
        self.place.wait_for_words("anna's script over MQTT (telemetry broker as bench) sets bias to 2.5 V")
        self.assertEqual(self.broker.ask("fat/cryostat/supply/heater_1/set", {"id": "e", "value": "on", "lease": lease})["text"], "heater_1 reads back on")
        self.assertEqual(self.place.heats(), [True, False])

        self.assertEqual(self.place.tell("--as", "anna", "lease", "free", "supply").returncode, 0)
        self.assertIn(f"lease {lease} is over", self.refused({"id": "f", "value": 3, "lease": lease}))

    def test_interlocks_and_ranges_come_first(self):
        self.bench()
        self.watch()
        lease = self.take()
        self.place.show(280, 250)
        self.place.wait_for_phase("tripped")

        heat = {"id": "a", "value": True, "lease": lease}
        self.assertIn("interlock heating is tripped", self.refused(heat, "fat/cryostat/supply/heater_1/set"))
        self.assertIn("from 0 to", self.refused({"id": "b", "value": 33, "lease": lease}))
        self.assertEqual(self.place.heats(), [False, False])

    def test_what_comes_twice_acts_once_and_what_is_kept_never(self):
        self.bench()
        kept = {"id": "kept", "value": 7, "lease": 1, "reply_to": "anna/answers"}
        self.broker.publish(TOPIC, kept, "-r")
        answers = self.broker.listen("anna/answers")
        self.watch()
        wait_until(lambda: answers, what=lambda: answers)
        self.assertIn("without 'retain'", json.loads(answers[0][1])["text"])
        lease = self.take()
        self.assertEqual(lease, 1)  # that of the command which was kept

        for _ in range(3):
            self.broker.publish(TOPIC, {"id": "a", "value": 2.5, "lease": lease, "reply_to": "anna/answers"})
        self.assertIn("was another command's", self.refused({"id": "a", "value": 3, "lease": lease}))
        self.assertEqual(self.broker.ask(TOPIC, {"id": "b", "value": 3, "lease": lease})["text"], "bias reads back 3 V")
        self.assertIn("without 'retain'", json.loads(answers[0][1])["text"])
        self.broker.publish(TOPIC, {"id": "c", "value": 7, "lease": lease, "reply_to": "anna/answers"}, "-r")
        wait_until(lambda: "without 'retain'" in answers[-1][1] and '"c"' in answers[-1][1], what=lambda: answers)

        self.assertEqual([float(line.split()[1]) for line in self.settings()], [2.5, 3])
        texts = [json.loads(payload)["text"] for _, payload, _ in answers[1:-1] if '"a"' in payload]
        self.assertEqual(set(texts), {"bias reads back 2.5 V"})
        self.assertFalse([one for one in answers if one[2]], "no answer is kept by the broker")

    def test_it_hears_again_when_the_broker_is_back(self):
        self.bench()
        self.watch()
        lease = self.take()
        self.broker.stop()
        self.place.wait_for_words("hears no command")
        self.broker.start()
        wait_until(lambda: self.place.said.read_text().count("hears commands") == 2, what=self.place.said.read_text)

        self.assertEqual(self.broker.ask(TOPIC, {"id": "a", "value": 2.5, "lease": lease})["text"], "bias reads back 2.5 V")
        self.assertNotIn("broker-secret", self.place.said.read_text())

    def test_garbage_is_answered_and_harms_nothing(self):
        self.bench()
        self.watch()
        lease = self.take()
        answers = self.broker.listen(REPLY)
        garbage = [b"", b"on", b"\xff\xfe\x00", b"[" * 3000, b"{}", b'{"id": 1, "value": NaN, "lease": 1}', b'{"id": 1, "value": 1e999, "lease": 1}', b" " * 20000 + b"{}"]
        for payload in garbage:
            self.broker.publish(TOPIC, payload)
        self.broker.publish(TOPIC, b"x" * 1_000_000)  # the broker does not even bring it
        own = {"id": "own", "value": 2, "lease": lease, "reply_to": "fat/cryostat/supply/bias"}
        self.broker.publish(TOPIC, own)
        wait_until(lambda: len(answers) == len(garbage) + 1, what=lambda: answers)

        for _, payload, _ in answers:
            self.assertFalse(json.loads(payload)["accepted"])
        self.assertIn("no topic for an answer", json.loads(answers[-1][1])["text"])
        self.assertEqual(self.settings(), [])
        self.assertEqual(self.broker.ask(TOPIC, {"id": "a", "value": 2.5, "lease": lease})["text"], "bias reads back 2.5 V")

    def flood(self, count):
        """So many commands at once, each with a value of its own. (The lease, the answers as they come.)"""
        self.bench()
        self.watch()
        lease = self.take()
        answers = self.broker.listen(REPLY)
        lines = "".join(json.dumps({"id": f"n{number}", "value": 1 + number / 1000, "lease": lease}) + "\n" for number in range(count))
        subprocess.run(self.broker.client("mosquitto_pub", "-t", TOPIC, "-q", "1", "-l"), input=lines.encode(), check=True)
        return lease, answers

    def test_a_flood_is_refused_and_touches_no_reading(self):
        _, answers = self.flood(150)
        wait_until(lambda: len(answers) == 150, what=lambda: len(answers))

        heard = [json.loads(payload) for _, payload, _ in answers]
        self.assertEqual(len({one["id"] for one in heard}), 150)
        done = [one for one in heard if one["accepted"]]
        self.assertGreaterEqual(len(done), 20)
        self.assertTrue(any(re.search("faster than 10 in a second", one["text"]) for one in heard))
        self.assertEqual(len(self.settings()), len(done))

    def test_what_was_heard_when_the_process_ends_is_answered_or_was_not_done(self):
        lease, answers = self.flood(20)
        wait_until(lambda: self.settings(), what=lambda: self.recorder.lines)
        self.assertEqual(self.place.end_watch(), 0)

        done = [json.loads(payload) for _, payload, _ in answers]
        self.assertEqual(len({one["id"] for one in done}), len(done))
        self.assertLessEqual(len([one for one in done if one["accepted"]]), len(self.settings()))
        for one in done:
            self.assertTrue(one["accepted"] or "ends" in one["text"] or "faster than" in one["text"], one)
        self.place.watch()
        self.place.wait_for_words("hears commands")
        self.assertEqual(self.broker.ask(TOPIC, {"id": "after", "value": 2.5, "lease": lease})["text"], "bias reads back 2.5 V")

    def test_scripts_at_the_broker_and_commands_at_the_station_never_interleave(self):
        self.bench()
        self.watch()
        lease = self.take()
        problems = []

        def at_the_broker(one):
            for volts in volts_of(one):
                answer = self.broker.ask(TOPIC, {"id": f"{one}-{volts}", "value": volts, "lease": lease}, "-e", f"asked/{one}")
                if answer.get("text") != f"bias reads back {volts:g} V":
                    problems.append((one, volts, answer))

        def at_the_station(one):
            for volts in volts_of(one):
                done = self.place.tell("--as", "anna", "set", "bias", f"{volts} V")
                if done.stdout != f"bias reads back {volts:g} V\n":
                    problems.append((one, volts, done.stdout + done.stderr))

        def without_the_lease(one):
            for volts in volts_of(one):
                done = self.place.tell("--as", "ben", "set", "bias", f"{volts} V")
                if "leased to anna" not in done.stderr:
                    problems.append((one, volts, done.stdout + done.stderr))

        contenders = [at_the_broker] * 4 + [at_the_station] * 3 + [without_the_lease]
        threads = [threading.Thread(target=work, args=(one,)) for one, work in enumerate(contenders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(problems, [])
        lines = self.recorder.lines
        set_at = [at for at, line in enumerate(lines) if line.startswith(":SOUR3:VOLT ")]
        self.assertEqual(len(set_at), 7 * SETTINGS)
        for at, following in zip(set_at, set_at[1:] + [len(lines)]):  # each is read back before the next
            self.assertIn(":SOUR3:VOLT?", lines[at:following])

    def test_nothing_is_heard_where_station_ini_does_not_say_so(self):
        self.bench(keys="")
        self.place.watch()
        lease = self.take()
        state = self.broker.listen("fat/cryostat/$state")
        wait_until(lambda: any(payload == "ready" for _, payload, _ in state), what=lambda: state)
        answers = self.broker.listen("#")
        self.broker.publish(TOPIC, {"id": "a", "value": 2.5, "lease": lease})
        self.assertEqual(self.place.end_watch(), 0)

        self.assertNotIn("hears", self.place.said.read_text())
        self.assertFalse([one for one in answers if "reply" in one[0]])
        self.assertEqual(self.settings(), [])


if __name__ == "__main__":
    unittest.main()
