# Somebody else's programs as clients of the virtual instruments: pyvisa-py, lxi-tools, sigrok-cli, socat.
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

import pyvisa

FATMASTER = os.environ["FATMASTER"]


class OtherClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="fat_clients_")
        cls.sim = subprocess.Popen(
            [FATMASTER, "sim", "--json", "--speed", "100", "--state", cls.folder], stdout=subprocess.PIPE, text=True
        )
        cls.addClassCleanup(cls.end)
        text = line = cls.sim.stdout.readline()
        while line and line != "}\n":
            line = cls.sim.stdout.readline()
            text += line
        cls.modules = json.loads(text)["ports"]
        cls.links = {one["name"]: one["link"].split() for one in json.loads(text)["instruments"]}

    @classmethod
    def end(cls):
        cls.sim.terminate()
        cls.sim.wait()
        cls.sim.stdout.close()
        shutil.rmtree(cls.folder)

    def port_of(self, name):
        return self.links[name][1].split(":")[1]

    def ask_module(self, link, line):
        """What the module says up to its prompt."""
        link.sendall(line.encode() + b"\r\n")
        return self.heard(link, b"> ")

    def heard(self, link, end):
        said = b""
        while not said.endswith(end):
            more = link.recv(65536)
            self.assertTrue(more, said[-200:])
            said += more
        return said

    def test_sb_uploads_a_file_into_the_flash_and_it_reads_the_same(self):
        image = pathlib.Path(self.folder) / "image.rbf"
        image.write_bytes(random.Random(1).randbytes(5000) + b"\x1a\x04\x18\r\n")
        with socket.create_connection(("127.0.0.1", self.modules[0]), timeout=60) as link:
            line = b's" new.rbf" ymodemFlashUpload\r\n'
            link.sendall(line)
            self.assertEqual(link.recv(len(line), socket.MSG_WAITALL), line)  # the C behind it is for the sender
            link.settimeout(None)  # a sender that is no program of ours waits as it likes
            sent = subprocess.run(["sb", "-q", str(image)], stdin=link, stdout=link, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(sent.returncode, 0, sent.stderr)
            link.settimeout(60)
            link.sendall(b"true setecho\r\n")
            self.heard(link, b"true setecho\r\n> ")  # of the prompt behind the file the sender may have had a part

            self.assertIn(b"new.rbf                   5005\r\n", self.ask_module(link, "flashLS"))
            link.sendall(b's" new.rbf" flashCat\r\n')
            self.assertEqual(self.heard(link, b"\r\n\r\n> "), b's" new.rbf" flashCat\r\n' + image.read_bytes() + b"\r\n> ")

    def test_pyvisa_sets_a_generator_and_reads_it_back(self):
        manager = pyvisa.ResourceManager("@py")
        device = manager.open_resource(
            "TCPIP0::127.0.0.1::%s::SOCKET" % self.port_of("second_generator"),
            read_termination="\n",
            write_termination="\n",
            timeout=5000,
        )
        self.assertTrue(device.query("*IDN?").startswith("TEKTRONIX,AFG3101,"))
        device.write("SOUR1:FUNC SQU;:SOUR1:VOLT:AMPL 3VPP;OFFS 0.5")
        self.assertEqual(float(device.query(":source1:voltage:level:immediate:amplitude?")), 3)
        self.assertEqual(float(device.query("VOLT:OFFS?")), 0.5)
        device.write("nonsense:word 1")
        self.assertEqual(device.query("SYST:ERR?"), '-113,"Undefined header"')
        self.assertEqual(device.query("SYST:ERR:NEXT?"), '0,"No error"')
        device.close()
        manager.close()

    def open_socket(self, name, end):
        manager = pyvisa.ResourceManager("@py")
        self.addCleanup(manager.close)
        device = manager.open_resource(
            "TCPIP0::127.0.0.1::%s::SOCKET" % self.port_of(name), read_termination=end, write_termination=end, timeout=5000
        )
        self.addCleanup(device.close)
        return device

    def test_pyvisa_measures_with_a_source_meter(self):
        meter = self.open_socket("source_meter", "\n")
        self.assertIn("MODEL 2410", meter.query("*IDN?"))
        meter.write(":SOUR:VOLT:LEV 50;:OUTP ON")
        volts, amperes, _, _, status = (float(text) for text in meter.query(":READ?").split(","))
        self.assertEqual((volts, amperes, int(status) & 8), (50, 5e-6, 0))
        meter.write(":OUTP OFF;:READ?")
        self.assertEqual(meter.query("SYST:ERR?"), '803,"Not permitted with OUTPUT off"')

    def test_pyvisa_sets_a_high_voltage(self):
        supply = self.open_socket("high_voltage", "\r\n")
        self.assertEqual(supply.query("$BD:00,CMD:MON,PAR:BDNAME"), "#BD:00,CMD:OK,VAL:N1470")
        self.assertEqual(supply.query("$BD:00,CMD:SET,CH:2,PAR:VSET,VAL:300.0"), "#BD:00,CMD:OK")
        self.assertEqual(supply.query("$BD:00,CMD:MON,CH:2,PAR:VSET"), "#BD:00,CMD:OK,VAL:0300.0")
        self.assertEqual(supply.query("$BD:00,CMD:MON,CH:4,PAR:STAT"), "#BD:00,CMD:OK,VAL:00000;00000;00000;00000")
        self.assertEqual(supply.query("$BD:00,CMD:MON,CH:5,PAR:STAT"), "#BD:00,CH:ERR")
        self.assertEqual(supply.query("$BD:00,CMD:SET,CH:2,PAR:VSET,VAL:9999"), "#BD:00,VAL:ERR")

    def test_lxi_asks_the_supply(self):
        asked = subprocess.run(
            ["lxi", "scpi", "--address", "127.0.0.1", "--port", self.port_of("supply"), "--raw", "*IDN?"],
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertIn("RIGOL TECHNOLOGIES,DP932U", asked.stdout, asked.stderr)

    def test_sigrok_reads_the_supplys_identity(self):
        found = subprocess.run(
            ["sigrok-cli", "-l", "5", "-d", "scpi-pps:conn=tcp-raw/127.0.0.1/" + self.port_of("supply"), "--scan"],
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertIn("DP932U", found.stdout + found.stderr)

    def test_socat_carries_a_serial_line_to_a_socket(self):
        wheel = pathlib.Path(self.folder) / "virtual_wheel0"
        with subprocess.Popen(
            ["socat", "-t", "1", "-", "%s,raw,echo=0,b115200" % wheel],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as socat:
            socat.stdin.write(b"pcount?\r")
            socat.stdin.flush()
            self.assertEqual(socat.stdout.read(len(b"pcount?\r6\r> ")), b"pcount?\r6\r> ")
            socat.stdin.close()

    def test_prologix_lines_of_another_program(self):
        manager = pyvisa.ResourceManager("@py")
        device = manager.open_resource(
            "TCPIP0::127.0.0.1::%s::SOCKET" % self.port_of("generator"),
            read_termination="\n",
            write_termination="\n",
            timeout=5000,
        )
        for line in ("++mode 1", "++auto 0", "++addr 10", "output1:state on", "output1:state?", "++read eoi"):
            device.write(line)
        self.assertEqual(device.read(), "1")
        device.close()
        manager.close()


if __name__ == "__main__":
    unittest.main()
