# Run JSON -> how long the TCP connection to each module takes, as a measurement with a limit. A first task to change into yours.
"""Called as link_time(run_file, tries=...) by the section [links] of schedules/first.ini."""

import json
import socket
import time

import fatmaster_report as report

PATIENCE = 2.0  # seconds for one connection


def link_time(run_file, tries="5"):
    with open(run_file, encoding="utf-8") as file:
        run = json.load(file)
    serials = report.modules()  # those still in the run
    if serials is None:  # started by hand
        serials = [key for key, value in run.items() if isinstance(value, str) and value.endswith(".json")]
    for number, serial in enumerate(serials):
        report.progress(number / len(serials), serial)
        with open(run[serial], encoding="utf-8") as file:
            module = json.load(file)
        try:
            slowest = max(connect(module) for _ in range(int(tries)))
        except OSError as error:
            report.verdict(serial, "inconclusive", "no connection: %s" % error)
            continue
        report.measurement("connect_time", 1000 * slowest, "ms", module=serial, min=0, max=500)
    report.progress(1, "%d modules" % len(serials))


def connect(module):
    began = time.monotonic()
    with socket.create_connection((module.get("Host", "127.0.0.1"), module["Port"]), PATIENCE):
        return time.monotonic() - began
