# The report helper and the example package: the lines they write, and the files.
import json
import unittest

import step

REPORT = "import sys\nsys.path.insert(0, %r)\nimport fatmaster_report as report\n" % str(step.LAUNCHER.parent)


class Lines(step.StepCase):
    def reports(self, statement):
        ended = self.start(["-c", REPORT + statement])
        self.assertEqual((ended.status, ended.errors), (0, ""))
        return ended.reports

    def test_each_function_writes_the_line_of_the_protocol(self):
        for statement, line in (
            ("report.progress(0.25, 'PMT 7 of 32')", {"progress": 0.25, "text": "PMT 7 of 32"}),
            ("report.heartbeat()", {"heartbeat": True}),
            ("report.message('HV is up')", {"message": "HV is up", "level": "info"}),
            ("report.artifact('gain.png', 'image/png')", {"artifact": "gain.png", "mime": "image/png"}),
            ("report.verdict('failed', module='D1', reason='dark')", {"verdict": "failed", "module": "D1", "reason": "dark"}),
            ("report.module_state('D1', 'unresponsive', 'late')", {"module": "D1", "state": "unresponsive", "reason": "late"}),
            ("report.reading('freezer', -39.8, 'degC')", {"reading": "freezer", "value": -39.8, "unit": "degC"}),
            ("report.checkpoint('PMT 7')", {"checkpoint": "PMT 7"}),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(self.reports(statement), [line])

    def test_a_measurement_carries_its_limits(self):
        lines = self.reports("report.measurement('dark_rate', 812.3, 'Hz', module='D1', channel='upper', max=2600, warn_max=2000)")
        body = {"module": "D1", "channel": "upper", "name": "dark_rate", "value": 812.3, "unit": "Hz", "max": 2600, "warn_max": 2000}
        self.assertEqual(lines, [{"measurement": body}])

    def test_a_value_that_is_no_number_stays_valid_json(self):
        lines = self.reports("report.measurement('gain', float('nan'), module='D1')")
        self.assertEqual(lines[0]["measurement"]["value"], "nan")

    def test_a_wrong_word_is_an_error_of_the_script(self):
        for statement in ("report.message('x', 'loud')", "report.measurement('x', 1, maximum=3)", "report.verdict('good', module='D')"):
            ended = self.start(["-c", REPORT + statement])
            self.assertIn("ValueError", ended.errors)

    def test_long_and_broken_text_is_cut_and_mended(self):
        (line,) = self.reports("report.message('x' * 100000 + chr(0xd800))")
        self.assertEqual(len(line["message"]), 2000)

    def test_a_prompt_returns_the_answer(self):
        ended = self.start(["-c", REPORT + "print(report.prompt('Laser on?'))"], answers=["yes"])
        self.assertEqual(ended.output, "yes\n")
        self.assertEqual(ended.reports, [{"prompt": {"text": "Laser on?", "kind": "ok"}}])

    def test_words_to_nobody_are_lost_and_results_to_nobody_are_errors(self):
        deaf = REPORT + "import os\nr, w = os.pipe()\nos.close(r)\nreport._channel._report = w\nreport.%s\n"
        self.assertEqual(self.start(["-c", deaf % "progress(0.5)"]).status, 0)
        self.assertIn("ConnectionError", self.start(["-c", deaf % "measurement('gain', 1e7)"]).errors)

    def test_without_fatmaster_everything_is_printed(self):
        ended = self.start(["-c", REPORT + "report.message('HV is up')"], environment={"FATMASTER_REPORT_FD": ""})
        self.assertEqual(ended.output, "info: HV is up\n")


class Example(step.StepCase):
    def setUp(self):
        super().setUp()
        (self.folder / "run").mkdir()
        run = {"comment": "x.json", "date": "2026-11-20"}
        for serial in ("DEgg2021-3-133", "DEgg2021-3-134"):
            path = self.folder / (serial + ".json")
            path.write_text(json.dumps({"DEggSerialNumber": serial, "Port": 5000, "LowerPmt": {"HV1e7Gain": -1}, "UpperPmt": {}}))
            run[serial] = str(path)
        run["MasterFAT_00"] = {"[0] a": -1}
        (self.folder / "run" / "run_00001.json").write_text(json.dumps(run))

    def measure(self, *arguments, **environment):
        environment["FATMASTER_STEP_DIR"] = str(self.folder)
        return self.call("", "measure_baseline", arguments, package="fat_example.measure_baseline", environment=environment)

    def module(self, serial="DEgg2021-3-133"):
        return json.loads((self.folder / (serial + ".json")).read_text())

    def test_it_measures_each_channel_and_adds_an_entry_to_each_module(self):
        ended = self.measure(("comment", "room temp"), ("n_events", "2"))
        self.assertEqual(ended.status, 0, ended.errors)
        self.assertEqual(len(ended.of_kind("measurement")), 4)
        self.assertEqual(self.module()["LowerPmt"]["BaselineMeasurement_00"]["Comment"], "room temp")
        self.assertEqual(self.module()["Port"], 5000)
        self.assertTrue((self.folder / "baseline.csv").exists())

    def test_a_second_measurement_takes_the_next_number(self):
        self.measure(("comment", "a"), ("n_events", "1"))
        self.measure(("comment", "b"), ("n_events", "1"))
        self.assertEqual(self.module()["UpperPmt"]["BaselineMeasurement_01"]["Comment"], "b")

    def test_a_quarantined_module_is_left_alone(self):
        ended = self.measure(("comment", "a"), ("n_events", "1"), FATMASTER_MODULES='["DEgg2021-3-134"]')
        self.assertEqual({report["measurement"]["module"] for report in ended.of_kind("measurement")}, {"DEgg2021-3-134"})

    def test_fail_raises_half_way(self):
        ended = self.measure(("comment", "a"), ("n_events", "1"), ("fail", "True"))
        self.assertEqual(ended.status, 1)
        self.assertIn("gives up half way", ended.of_kind("message")[0]["message"])


if __name__ == "__main__":
    unittest.main()
