# Somebody else's MQTT broker and clients (mosquitto), the broker with a login, a port and a folder of its own.
import json
import shutil
import subprocess
import threading

from servers import free_port, new_folder
from station import wait_until

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
PATIENCE = 60  # s
LOGIN = ("-u", "bench", "-P", "broker-secret")


class Broker:
    """Ends with the test."""

    def __init__(self, test):
        self.test = test
        self.port = free_port()
        folder = new_folder(test)
        passwords = folder / "passwords"
        passwords.write_text("bench:broker-secret\n")
        passwords.chmod(0o600)
        subprocess.run(["mosquitto_passwd", "-U", passwords], check=True)
        self.config = folder / "mosquitto.conf"
        self.config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\npersistence false\nuser root\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen([MOSQUITTO, "-c", self.config], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.test.addCleanup(self.process.wait)
        self.test.addCleanup(self.process.kill)
        wait_until(lambda: subprocess.run(self.client("mosquitto_pub", "-t", "anybody", "-n"), stderr=subprocess.DEVNULL).returncode == 0, what="the broker")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def client(self, name, *words):
        return [name, "-h", "127.0.0.1", "-p", str(self.port), *LOGIN, *words]

    def publish(self, topic, payload, *words):
        if not isinstance(payload, (str, bytes)):
            payload = json.dumps(payload)
        payload = payload if isinstance(payload, bytes) else payload.encode()
        subprocess.run(self.client("mosquitto_pub", "-t", topic, "-q", "1", "-s" if payload else "-n", *words), input=payload, check=True, timeout=PATIENCE)

    def ask(self, topic, payload, *words):
        """What is answered to a client that speaks MQTT 5, with its correlation data."""
        payload = payload if isinstance(payload, str) else json.dumps(payload)
        asked = self.client("mosquitto_rr", "-V", "5", "-t", topic, "-e", "asked/answers", "-m", payload, "-q", "1", "-W", str(PATIENCE), "-F", "%D %p", "-D", "publish", "correlation-data", "c-17")
        done = subprocess.run([*asked, *words], capture_output=True, text=True, timeout=2 * PATIENCE)
        self.test.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        correlation, _, answer = done.stdout.partition(" ")
        self.test.assertEqual(correlation, "c-17")
        return json.loads(answer)

    def listen(self, topic):
        """[(topic, payload, retained)], which grows."""
        process = subprocess.Popen(["stdbuf", "-oL"] + self.client("mosquitto_sub", "-d", "-t", topic, "-F", "heard %r %t %p", "-q", "1"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        subscribed, heard = threading.Event(), []

        def read():
            for line in process.stdout:
                if line.startswith("Subscribed"):
                    subscribed.set()
                if line.startswith("heard "):
                    _, retained, where, payload = line.rstrip("\n").split(" ", 3)
                    heard.append((where, payload, retained == "1"))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.test.addCleanup(process.stdout.close)
        self.test.addCleanup(reader.join)
        self.test.addCleanup(process.wait)
        self.test.addCleanup(process.kill)
        self.test.assertTrue(subscribed.wait(PATIENCE))
        return heard
