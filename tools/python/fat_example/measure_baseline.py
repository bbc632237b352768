# Run JSON -> one baseline per PMT channel in each module JSON, and a measurement with limits for each.
"""An example of a measurement as the original FAT schedules call it, with numbers that are made up (no hardware is touched).

    [measure_baseline_0]
    package = fat_example.measure_baseline
    task = measure_baseline
    comment = room temp
    n_events = 50

The first argument is always the path of the run JSON. All values of a schedule arrive as text, but true and false.
"""

import csv
import json
import os
import random
import tempfile

import fatmaster_report as report

SAMPLES = 128
LOW_ADC, HIGH_ADC = 7600, 8400  # a DAC value of 30000 puts the baseline at about 8000 ADC counts
CHANNELS = (("LowerPmt", "lower"), ("UpperPmt", "upper"))  # channel 0, channel 1


def measure_baseline(run_file, comment, n_events="50", fail="False"):
    """Baseline of every PMT of the run: the mean over `n_events` made-up waveforms. `fail` raises half way, to see a failure."""
    modules = modules_of(run_file)
    n_events = int(n_events)
    if n_events < 1:
        raise ValueError("n_events must be at least 1, not %d" % n_events)
    results = []
    for number, (serial, path) in enumerate(modules):
        if number >= len(modules) // 2 and str(fail).lower() == "true":
            raise RuntimeError("fail = true: the measurement gives up half way")
        with open(path, encoding="utf-8") as file:
            module = json.load(file)
        for channel, (pmt, word) in enumerate(CHANNELS):
            done = (number * len(CHANNELS) + channel) / (len(modules) * len(CHANNELS))
            report.progress(done, "%s %s PMT" % (serial, word))
            baseline = made_up_baseline(serial, pmt, n_events)
            add_entry(module.setdefault(pmt, {}), comment, n_events, baseline)
            report.measurement("baseline", baseline, "ADC", module=serial, channel=word, min=LOW_ADC, max=HIGH_ADC)
            results.append((serial, word, round(baseline, 2)))
            print("%s %-5s baseline %.1f ADC" % (serial, word, baseline))
        replace_json(path, module)
    save_table(results)
    report.progress(1, "%d PMTs" % len(results))


def modules_of(run_file):
    """[(serial number, path of its JSON)] of the modules still in the run, in the run JSON's order."""
    with open(run_file, encoding="utf-8") as file:
        run = json.load(file)
    still_in = report.modules()
    return [
        (key, value)
        for key, value in run.items()
        if isinstance(value, str)
        and value.endswith(".json")
        and key not in ("comment", "date", "end_time", "RunTerminated")
        and not key.startswith("ManualInputTime")
        and (still_in is None or key in still_in)
    ]


def made_up_baseline(serial, pmt, n_events):
    """Mean of invented samples; the same module always gives the same value."""
    invented = random.Random("%s/%s" % (serial, pmt))
    level = invented.uniform(7950, 8050)
    return sum(invented.gauss(level, 3.0) for _ in range(n_events * SAMPLES)) / (n_events * SAMPLES)


def add_entry(pmt, comment, n_events, baseline):
    """Adds BaselineMeasurement_NN, with the first number that is free, as the original names its entries."""
    number = 0
    while "BaselineMeasurement_%02d" % number in pmt:
        number += 1
    pmt["BaselineMeasurement_%02d" % number] = {
        "Folder": report.step_folder(),
        "Comment": comment,
        "Constants": {"Samples": SAMPLES, "Events": n_events},
        "Baseline": baseline,
    }


def replace_json(path, content):
    """The original's form (4 spaces, no newline at the end), but never half a file: written aside, then renamed."""
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".module_", delete=False) as file:
        json.dump(content, file, indent=4)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, os.stat(path).st_mode & 0o777)
    os.replace(file.name, path)


def save_table(results):
    """The values as a table in the folder of the attempt."""
    with open(os.path.join(report.step_folder(), "baseline.csv"), "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("module", "channel", "baseline_adc"))
        table.writerows(results)
    report.artifact("baseline.csv", "text/csv")
