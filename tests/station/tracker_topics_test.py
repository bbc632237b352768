# The topics of CMS tracker_dcs, as its Node-RED pages know them: what they show, and what they command under a lease.
#
# FATMASTER names the built program.
import json
import unittest

from broker import Broker
from cryostat import HEATING, Cryostat, wait_until
from set_test import BIAS

TOPICS = """[telemetry broker]
kind = mqtt
server = mqtt://127.0.0.1:{port}
user = bench
password_file = password
[mqtt_topic module_1]
broker = broker
topic = dcs/channels
constant.id = 1
constant.module = M1
value.lv_status = heater_1
value.hv_setV = bias
[mqtt_topic module_2]
broker = broker
topic = dcs/channels
constant.id = 2
constant.module = M2
value.lv_status = heater_2
[mqtt_topic room]
broker = broker
topic = ESP01/sensors/DS/temp
bare = top_plate
every = 1 s
[mqtt_command lv]
broker = broker
topic = dcs/cmd/switch/lv
set = heater_1, heater_2
purpose = node-red
answers = dcs/answers
[mqtt_command hv_1]
broker = broker
topic = dcs/cmd/setv/hv/1
set = bias
purpose = node-red
answers = dcs/answers
[mqtt_command hv_off]
broker = broker
topic = dcs/cmd/switch/hv
set = bias
value = 0 V
[mqtt_command refresh]
broker = broker
topic = dcs/cmd/refresh
refresh = yes
"""


MODULE = """[telemetry broker]
kind = mqtt
server = mqtt://127.0.0.1:{port}
user = bench
password_file = password
[module_power m1]
low_output = heater_1
high_output = heater_2
[mqtt_topic status]
broker = broker
topic = dcs/status
state.fsm_state = m1
[mqtt_command lv]
broker = broker
topic = dcs/cmd/switch/lv
set = heater_1
purpose = node-red
answers = dcs/answers
[mqtt_command hv]
broker = broker
topic = dcs/cmd/switch/hv
set = heater_2
purpose = node-red
answers = dcs/answers
"""


class TrackerTopics(unittest.TestCase):
    def begin(self, topics=TOPICS):
        self.broker = Broker(self)
        self.place = Cryostat(HEATING + BIAS)
        self.addCleanup(self.place.close)
        secret = self.place.folder / "password"
        secret.write_text("broker-secret\n")
        secret.chmod(0o600)
        ini = self.place.folder / "station.ini"
        ini.write_text(ini.read_text().replace("first_byte = 300 ms", "first_byte = 10 s") + topics.format(port=self.broker.port))
        self.heard = self.broker.listen("dcs/#")
        self.room = self.broker.listen("ESP01/#")
        self.place.watch()
        self.place.wait_for_words("hears commands")

    def shown(self, module):
        """What the pages have heard of a module last."""
        told = [json.loads(payload) for topic, payload, _ in list(self.heard) if topic == "dcs/channels"]
        return next((one for one in reversed(told) if one["id"] == module), {})

    def wait_to_show(self, **wanted):
        """Of modules 1 and 2 by their names: m1={"lv_status": 1}."""
        for name, values in wanted.items():
            wait_until(lambda: values.items() <= self.shown(int(name[1:])).items(), what=lambda: f"{values} in {self.heard}")

    def answers(self):
        return [json.loads(payload) for topic, payload, _ in list(self.heard) if topic == "dcs/answers"]

    def command(self, topic, payload, count=1):
        """As the pages do: QoS 0, unretained, a bare word. Returns what is answered, one for each of so many channels."""
        before = len(self.answers())
        self.broker.publish(topic, payload, "-q", "0")
        wait_until(lambda: len(self.answers()) == before + count, what=lambda: self.heard)
        return self.answers()[before:]

    def test_pages_show_and_switch_as_before(self):
        self.begin()
        self.wait_to_show(m1={"module": "M1", "lv_status": 0, "hv_setV": 0.0}, m2={"module": "M2", "lv_status": 0})
        wait_until(lambda: ("ESP01/sensors/DS/temp", "250.0", False) in self.room, what=lambda: self.room)

        for answer in self.command("dcs/cmd/switch/lv", "on", count=2):
            self.assertFalse(answer["accepted"])
            self.assertIn("nobody has leased supply for 'node-red'", answer["text"])
        self.place.wait_for_words("'dcs/cmd/switch/lv' is refused for heater_2: nobody has leased supply")
        self.assertEqual(self.place.heats(), [False, False])

        self.assertEqual(self.place.tell("--as", "anna", "lease", "take", "supply", "--for", "8h", "--purpose", "node-red").returncode, 0)
        self.assertEqual({one["text"] for one in self.command("dcs/cmd/switch/lv", "on", count=2)}, {"heater_1 reads back on", "heater_2 reads back on"})
        self.assertEqual(self.place.heats(), [True, True])
        self.wait_to_show(m1={"lv_status": 1}, m2={"lv_status": 1})
        self.assertEqual(self.command("dcs/cmd/setv/hv/1", "4.5")[0]["text"], "bias reads back 4.5 V")
        self.wait_to_show(m1={"hv_setV": 4.5})
        self.assertIn("from 0 to", self.command("dcs/cmd/setv/hv/1", "1e300")[0]["text"])
        self.assertIn("bias is set to a value in V", self.command("dcs/cmd/setv/hv/1", "garbage")[0]["text"])

        self.place.show(280, 250)  # an interlock comes first, also before the pages
        self.place.wait_for_heat(False, False)
        self.wait_to_show(m1={"lv_status": 0}, m2={"lv_status": 0})
        for answer in self.command("dcs/cmd/switch/lv", "on", count=2):
            self.assertIn("interlock heating", answer["text"])
        self.assertEqual(self.place.heats(), [False, False])
        self.assertFalse([one for one in self.heard + self.room if one[2]], "nothing is kept by the broker")

    def test_a_command_without_a_purpose_is_refused_and_refresh_says_all_again(self):
        self.begin()
        self.wait_to_show(m1={"lv_status": 0}, m2={"lv_status": 0})
        reply = self.broker.listen("fat/cryostat/$reply")
        self.broker.publish("dcs/cmd/switch/hv", "off", "-q", "0")
        wait_until(lambda: reply, what=lambda: reply)
        self.assertIn("names no 'purpose'", json.loads(reply[0][1])["text"])

        before = len(self.heard)
        self.broker.publish("dcs/cmd/refresh", "now", "-q", "0")
        wait_until(lambda: sum(topic == "dcs/channels" for topic, _, _ in self.heard[before:]) >= 2, what=lambda: self.heard)

        self.broker.stop()
        self.place.wait_for_words("hears no command")
        self.broker.start()
        wait_until(lambda: self.place.said.read_text().count("hears commands") == 2, what=self.place.said.read_text)
        again = self.broker.listen("dcs/channels")
        self.broker.publish("dcs/cmd/refresh", "now")
        wait_until(lambda: {json.loads(payload)["id"] for _, payload, _ in again} == {1, 2}, what=lambda: again)

    def state(self):
        """What the pages have heard last."""
        told = [json.loads(payload)["fsm_state"] for topic, payload, _ in list(self.heard) if topic == "dcs/status"]
        return told[-1] if told else ""

    def test_the_module_s_state_is_told_and_guards_what_pages_switch(self):
        self.begin(MODULE)
        wait_until(lambda: self.state() == "LV_OFF", what=lambda: self.heard)
        self.assertEqual(self.place.tell("lease", "take", "supply", "--for", "8h", "--purpose", "node-red").returncode, 0)

        self.assertFalse(self.command("dcs/cmd/switch/hv", "on")[0]["accepted"])  # not before the low voltage
        self.assertEqual(self.place.heats(), [False, False])
        for topic, word, state in (("lv", "on", "LV_ON"), ("hv", "on", "HV_ON")):
            answer = self.command(f"dcs/cmd/switch/{topic}", word)[0]
            self.assertTrue(answer["accepted"], answer)
            wait_until(lambda wanted=state: self.state() == wanted, what=lambda: self.heard)
        self.assertFalse(self.command("dcs/cmd/switch/lv", "off")[0]["accepted"])  # never under the high voltage
        self.assertEqual(self.place.heats(), [True, True])
        for topic, state in (("hv", "LV_ON"), ("lv", "LV_OFF")):
            answer = self.command(f"dcs/cmd/switch/{topic}", "off")[0]
            self.assertTrue(answer["accepted"], answer)
            wait_until(lambda wanted=state: self.state() == wanted, what=lambda: self.heard)


if __name__ == "__main__":
    unittest.main()
