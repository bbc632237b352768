# tools/install-packages with a package system of the test's own in front on PATH.
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

INSTALL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "install-packages"
BOUND = 30


class InstallPackages(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_packages_"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.policy = self.folder / "policy-rc.d"
        self.program("dpkg-query", 'for last; do :; done; grep -qx "$last" "$HERE/installed" && printf installed; '
                     'case "$last" in -f=*) cat "$HERE/provided" ;; esac')
        self.program("apt-get", 'echo "$*" >>"$HERE/apt.log"; cat "$HERE/policy-rc.d" >>"$HERE/seen" 2>/dev/null; . "$HERE/on_apt"')
        self.user(0)
        self.installed()
        self.provided()
        self.on_apt("case $* in *install*) echo shellcheck >>$HERE/installed ;; esac")

    def program(self, name, body):
        path = self.folder / name
        path.write_text("#!/bin/bash\nHERE=%s\n%s\n" % (self.folder, body))
        path.chmod(0o755)

    def user(self, number):
        self.program("id", "echo %d" % number)

    def installed(self, *packages):
        (self.folder / "installed").write_text("".join(package + "\n" for package in packages))

    def provided(self, *rows):
        (self.folder / "provided").write_text("".join(row + "\n" for row in rows))

    def on_apt(self, body):
        (self.folder / "on_apt").write_text(body + "\n")

    def start(self, *arguments):
        # A list of one package, beside a copy of the script.
        shutil.copy(INSTALL, self.folder / "install-packages")
        (self.folder / "packages").write_text("# comment\nlint  shellcheck  scripts\nrun  python3  steps\n")
        environment = {**os.environ, "PATH": "%s:%s" % (self.folder, os.environ["PATH"]), "FATMASTER_POLICY_FILE": str(self.policy)}
        return subprocess.Popen(
            [str(self.folder / "install-packages"), *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )

    def run_script(self, *arguments):
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=BOUND)
        return process.returncode, output, errors

    def apt_calls(self):
        log = self.folder / "apt.log"
        return log.read_text() if log.exists() else ""

    def test_nothing_happens_when_everything_is_there(self):
        self.installed("shellcheck")
        self.user(1000)
        self.assertEqual(self.run_script("lint"), (0, "", ""))
        self.assertEqual(self.apt_calls(), "")

    def test_what_an_installed_package_provides_is_there(self):
        self.provided("installed, nodejs-dev, shellcheck (= 0.9), npm")
        self.assertEqual(self.run_script("lint"), (0, "", ""))

    def test_what_a_removed_package_provided_is_missing(self):
        self.provided("config-files, shellcheck", "installed, shellcheck-doc")
        self.assertEqual(self.run_script("--print", "lint")[:2], (1, "shellcheck\n"))

    def test_a_user_gets_the_one_line_for_the_administrator(self):
        self.user(1000)
        status, _, errors = self.run_script("lint")
        self.assertEqual(status, 1)
        self.assertIn("\nsudo apt-get update && sudo apt-get install -y --no-remove --no-install-recommends shellcheck\n", errors)
        self.assertEqual(self.apt_calls(), "")

    def test_root_installs_only_what_is_missing_and_removes_nothing(self):
        self.installed("python3")
        self.assertEqual(self.run_script("lint", "run")[0], 0)
        self.assertIn("-y --no-remove --no-install-recommends install shellcheck\n", self.apt_calls())
        self.assertNotIn("python3", self.apt_calls())

    def test_no_service_may_start_meanwhile_and_the_policy_is_gone_afterwards(self):
        self.assertEqual(self.run_script("lint")[0], 0)
        self.assertIn("exit 101", (self.folder / "seen").read_text())
        self.assertFalse(self.policy.exists())

    def test_the_policy_is_gone_after_a_failure_too(self):
        self.on_apt("exit 100")
        self.assertEqual(self.run_script("lint")[0], 1)
        self.assertFalse(self.policy.exists())

    def test_the_policy_is_gone_when_the_installation_is_ended(self):
        os.mkfifo(self.folder / "gate")
        self.on_apt("read -r line <$HERE/gate")
        process = self.start("lint")
        deadline = time.monotonic() + BOUND
        gate = None
        while gate is None and time.monotonic() < deadline:
            try:  # opens only when apt-get reads: the installation is under way
                gate = os.open(self.folder / "gate", os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                os.sched_yield()
        self.assertTrue(self.policy.exists())
        os.killpg(process.pid, signal.SIGTERM)
        os.close(gate)
        process.communicate(timeout=BOUND)
        self.assertEqual(process.returncode, 143)
        self.assertFalse(self.policy.exists())

    def test_a_policy_of_the_machine_is_left_alone(self):
        self.policy.write_text("#!/bin/sh\nexit 0\n")
        self.assertEqual(self.run_script("lint")[0], 0)
        self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 0\n")

    def test_a_conflict_is_named_and_nothing_is_changed(self):
        self.on_apt('case "$*" in -s*) echo "Remv libboost1.74-dev [1.74.0]" ;; esac')
        status, _, errors = self.run_script("lint")
        self.assertEqual(status, 1)
        self.assertIn("'apt-get remove libboost1.74-dev'", errors)
        self.assertNotIn("-y", self.apt_calls())

    def test_an_unknown_group_is_refused(self):
        status, _, errors = self.run_script("lnit")
        self.assertEqual(status, 1)
        self.assertIn("no such group: lnit", errors)


if __name__ == "__main__":
    unittest.main()
