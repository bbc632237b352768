# Other people's servers, each with a folder and a port of its own: InfluxDB 1, VictoriaMetrics, Prometheus; and our own `serve`.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "crash")]

from station import wait_until  # noqa: E402

PROGRAM = pathlib.Path(os.environ["FATMASTER"]).resolve()
INFLUXD = shutil.which("influxd") or "/usr/bin/influxd"
VICTORIA = shutil.which("victoria-metrics") or "/usr/bin/victoria-metrics"
PROMETHEUS = shutil.which("prometheus") or "/usr/bin/prometheus"

INFLUX = """reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
[monitor]
store-enabled = false
"""

SCRAPE = """global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: bench
    {token}
    static_configs:
      - targets: ["{target}"]
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A server that can be away and come back."""

    def __init__(self, test, words, port):
        self.test, self.words, self.port, self.process = test, words, port, None
        test.addCleanup(self.stop)

    def ask(self, path, data=None):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data=data, timeout=10) as answer:
                return answer.read().decode() or "good"
        except urllib.error.HTTPError as error:
            error.close()
            return ""
        except OSError:
            return ""

    def start(self, ready):
        self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.ask(ready), what=f"{self.words[0]} at {ready}")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def influx_query(self, text):
        """[{"name": ..., "tags": ..., "columns": [...], "values": [[...]]}]; times in ms."""
        words = urllib.parse.urlencode({"db": "fat", "epoch": "ms", "q": text})
        answer = json.loads(self.ask("/query?" + words) or "{}").get("results", [{}])[0]
        assert "error" not in answer, (text, answer)
        return answer.get("series", [])

    def metric_query(self, text):
        """{labels as a frozenset: value}, by Prometheus' query API."""
        answer = json.loads(self.ask("/api/v1/query?" + urllib.parse.urlencode({"query": text})) or "{}")
        assert answer.get("status") == "success", (text, answer)
        return {frozenset(one["metric"].items()): float(one["value"][1]) for one in answer["data"]["result"]}

    def metric_value(self, text):
        """Of the only series; None without one."""
        values = list(self.metric_query(text).values())
        assert len(values) < 2, (text, values)
        return values[0] if values else None


def new_folder(test):
    folder = tempfile.TemporaryDirectory(prefix="fat-servers-")
    test.addCleanup(folder.cleanup)
    return pathlib.Path(folder.name)


def influxd(test):
    folder, port = new_folder(test), free_port()
    config = folder / "influx.conf"
    config.write_text(INFLUX.format(folder=folder, rpc=free_port(), port=port))
    return Server(test, [INFLUXD, "-config", str(config)], port)


def victoria_metrics(test):
    folder, port = new_folder(test), free_port()
    return Server(test, [VICTORIA, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}", "-search.latencyOffset=0s"], port)


def prometheus(test, target, token_file=None):
    """Scrapes `target` ("127.0.0.1:8080") every second; it is up when this returns."""
    folder, port = new_folder(test), free_port()
    token = f"authorization: {{credentials_file: {json.dumps(str(token_file))}}}" if token_file else ""
    config = folder / "prometheus.yml"
    config.write_text(SCRAPE.format(target=target, token=token))
    words = [PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
    server = Server(test, words, port)
    server.start("/-/ready")
    return server


def serve(test, folder, *words):
    """`fatmaster WORDS serve` on that station: (process, "127.0.0.1:PORT")."""
    process = subprocess.Popen([PROGRAM, "-C", str(folder), *words, "serve", "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    test.addCleanup(process.stdout.close)
    test.addCleanup(process.wait)
    test.addCleanup(process.kill)
    address = process.stdout.readline()
    test.assertTrue(address.startswith("http://127.0.0.1:"), address)
    return process, urllib.parse.urlsplit(address).netloc


def metrics_page(target, token=""):
    """What GET /metrics answers: text. urllib.error.HTTPError when it refuses."""
    request = urllib.request.Request(f"http://{target}/metrics", headers={"Authorization": "Bearer " + token} if token else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()
