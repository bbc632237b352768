# The dashboards of tools/grafana: a virtual bench and its run fill real servers, and every query in the files gets data back.
#
# FATMASTER names the built program. Grafana itself is not in Debian: what stands in for it here fills in the variables as it does.
import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]

from cryostat import HEATING, Cryostat  # noqa: E402
from sensor_station import wait_until  # noqa: E402
from servers import influxd, prometheus, serve, victoria_metrics  # noqa: E402

GRAFANA = pathlib.Path(__file__).resolve().parents[2] / "tools" / "grafana"
ASK = "[shut]\ntask = manual_input\nmessage = Is it shut?\n[last]\ncommand = true\n"
GIVEN = {"$__interval": "10s", "$timeFilter": "time > now() - 1h"}
LABEL_VALUES = re.compile(r"label_values\((.+), (\w+)\)")


class Dashboard:
    """A file as Grafana reads it; `ask(query)` -> data or nothing."""

    def __init__(self, name, server):
        self.server = server
        self.page = json.loads((GRAFANA / f"{name}.json").read_text())
        self.values = {}

    def targets(self):
        """(title, query, name of the variable the panel is repeated for)."""
        for panel in self.page["panels"]:
            for target in panel.get("targets", []):
                yield panel["title"], target.get("expr") or target["query"], panel.get("repeat")

    def filled(self, query, one=None):
        """one: (variable, its value in a repeated panel). Of all others every value is chosen."""
        for name, values in self.values.items():
            chosen = one[1] if one and one[0] == name else "(" + "|".join(values) + ")"
            query = query.replace("$" + name, chosen)
        for name, text in GIVEN.items():
            query = query.replace(name, text)
        assert "$" not in query.replace("$/", ""), query
        return query

    def choices(self, variable):
        """What a person may choose from."""
        asked = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
        found = self.listed(self.filled(asked))
        if not variable["regex"]:
            return found
        chosen = [re.match(variable["regex"].strip("/"), one) for one in found]
        return sorted({one[1] if one.groups() else one[0] for one in chosen if one})

    def fill(self):
        """Each variable from those before it. Their values, when none is empty."""
        self.values = {}
        for variable in self.page["templating"]["list"]:
            if variable["type"] == "query":
                self.values[variable["name"]] = self.choices(variable)
        return self.values if all(self.values.values()) else None


class MetricDashboard(Dashboard):
    def listed(self, query):
        selector, label = LABEL_VALUES.fullmatch(query).groups()
        words = urllib.parse.urlencode({"match[]": selector})
        answer = json.loads(self.server.ask("/api/v1/series?" + words) or "{}")
        assert answer.get("status") == "success", (query, answer)
        return sorted({one[label] for one in answer["data"] if label in one})

    def ask(self, query):
        return self.server.metric_query(query)


class InfluxDashboard(Dashboard):
    def listed(self, query):
        column = 0 if query.startswith("SHOW FIELD KEYS") else 1
        return sorted({row[column] for series in self.server.influx_query(query) for row in series["values"]})

    def ask(self, query):
        return [row for series in self.server.influx_query(query) for row in series["values"]]


class DashboardsTest(unittest.TestCase):
    def bench(self, telemetry=""):
        """A virtual bench that is read, with a run that waits for a person and an interlock that has tripped."""
        bench = Cryostat(interlocks=HEATING + telemetry, sections=ASK)
        self.addCleanup(bench.close)
        bench.watch()
        bench.run()
        bench.wait_for_status("waiting")
        bench.show(274, "broken")
        bench.wait_for_phase("tripped")
        bench.show(250, 250)
        return bench

    def assert_every_query_has_data(self, dashboard, variables):
        wait_until(dashboard.fill, what=lambda: f"values of all variables: {dashboard.values}")
        self.assertEqual(set(dashboard.values), variables)
        asked = 0
        for title, query, repeat in dashboard.targets():
            for one in itertools.product([repeat], dashboard.values[repeat]) if repeat else [None]:
                text = dashboard.filled(query, one)
                with self.subTest(panel=title, query=text):
                    wait_until(lambda text=text: dashboard.ask(text), what=f"data of {text}")
                    asked += 1
        return asked

    def test_prometheus(self):
        bench = self.bench()
        _, target = serve(self, bench.folder)
        dashboard = MetricDashboard("prometheus", prometheus(self, target))
        wait_until(lambda: (dashboard.fill() or {}).get("unit") == ["kelvin", "number"], what=lambda: dashboard.values)

        asked = self.assert_every_query_has_data(dashboard, {"instance", "channel", "unit"})

        self.assertEqual(dashboard.values["channel"], ["bottom", "heater_1", "heater_2", "top_plate"])
        self.assertGreater(asked, 20)
        number = next(query for title, query, _ in dashboard.targets() if title == "Interlocks not clear")
        bench.bench.kill()  # then nobody knows a phase, and that counts
        bench.bench.wait()
        wait_until(lambda: dashboard.server.metric_query("fatmaster_interlock_watched == 0"))
        wait_until(lambda: dashboard.server.metric_value(dashboard.filled(number)) == 1)

    def test_influxdb(self):
        server = influxd(self)
        server.start("/ping")
        self.assertTrue(server.ask("/query", b"q=CREATE+DATABASE+fat"))
        self.bench(f"[telemetry db]\nkind = influx\nevery = 1 s\nserver = http://127.0.0.1:{server.port}\ndatabase = fat\n")
        dashboard = InfluxDashboard("influxdb", server)

        wait_until(lambda: {"value", "output"} <= set(dashboard.choices({"query": "SHOW FIELD KEYS", "regex": ""})))
        self.assert_every_query_has_data(dashboard, {"site", "device", "channel", "quantity"})

        self.assertEqual(dashboard.values["quantity"], ["output", "value"])
        self.assertEqual(dashboard.values["site"], ["cryostat"])

    def test_victoriametrics(self):
        server = victoria_metrics(self)
        server.start("/health")
        self.bench(f"[telemetry db]\nkind = influx\nevery = 1 s\nserver = http://127.0.0.1:{server.port}\ndatabase = fat\n")
        dashboard = MetricDashboard("victoriametrics", server)

        self.assert_every_query_has_data(dashboard, {"site", "device", "channel", "metric"})

        self.assertIn("file_sensor_value", dashboard.values["metric"])

    def test_the_files_are_what_the_generator_makes(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", GRAFANA / "make", folder], check=True)
            made = {file.name: file.read_text() for file in pathlib.Path(folder).iterdir()}

        self.assertEqual(made, {file.name: file.read_text() for file in GRAFANA.glob("*.json")})

    def test_panels_have_a_place_and_a_name_of_their_own(self):
        uids = set()
        for file in GRAFANA.glob("*.json"):
            page = json.loads(file.read_text())
            uids.add(page["uid"])
            cells = [(x, y) for one in page["panels"] for x in self.span(one, "x", "w") for y in self.span(one, "y", "h")]
            self.assertEqual(len(cells), len(set(cells)), file)
            self.assertLess(max(x for x, _ in cells), 24)
            for key in ("id", "title"):
                names = [one[key] for one in page["panels"]]
                self.assertEqual(len(names), len(set(names)), names)
            for one in page["panels"]:
                self.assertTrue(one["type"] == "row" or one["targets"][0]["datasource"]["uid"] == "${datasource}")
        self.assertEqual(len(uids), 3)

    @staticmethod
    def span(panel, at, size):
        return range(panel["gridPos"][at], panel["gridPos"][at] + panel["gridPos"][size])


if __name__ == "__main__":
    unittest.main()
