# A folder -> a backup host of one's own on loopback: a real sshd, run as the user of the test, with its own keys, on a free port.
#
# `path` stands before PATH for fatmaster: its `ssh` is the system's, which knows the host "bench" from a file of the test.
import getpass
import os
import pathlib
import shutil
import socket
import subprocess
import time

SSHD = "/usr/sbin/sshd"
BOUND = 30  # seconds; reached only when something hangs


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_key(file):
    for old in (file, file.with_name(file.name + ".pub")):
        old.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    return file.with_name(file.name + ".pub").read_text().strip()


class SshHost:
    """`close` ends it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.target = self.folder / "target"
        self.target.mkdir()
        self.port = free_port()
        self.process = None
        self.host_key = make_key(self.folder / "host_key")
        (self.folder / "authorized_keys").write_text(make_key(self.folder / "user_key") + "\n")
        (self.folder / "config").write_text(
            f"Host bench\n HostName 127.0.0.1\n Port {self.port}\n User {getpass.getuser()}\n IdentityFile {self.folder}/user_key\n"
            f" IdentitiesOnly yes\n UserKnownHostsFile {self.folder}/known_hosts\n GlobalKnownHostsFile /dev/null\n"
        )
        self.path = self.folder / "bin"
        self.path.mkdir()
        (self.path / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {self.folder}/config "$@"\n')
        (self.path / "ssh").chmod(0o755)
        self.know()
        self.start()

    def know(self, key=None):
        """What the client takes for the host's key; "" for none."""
        name = f"[127.0.0.1]:{self.port}"
        (self.folder / "known_hosts").write_text("" if key == "" else f"{name} {key or self.host_key}\n")

    def start(self, command=""):
        """`command`: done instead of what the client asks for, which stands in SSH_ORIGINAL_COMMAND."""
        self.close()
        if os.getuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)  # what sshd wants to see when root starts it
        config = self.folder / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host_key\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {self.folder}/authorized_keys\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            "PermitRootLogin prohibit-password\n"
        )
        if command:
            script = self.folder / "forced"
            script.write_text("#!/bin/bash\n" + command)
            script.chmod(0o755)
            config.write_text(config.read_text() + f"ForceCommand {script}\n")
        with open(self.folder / "sshd.log", "ab") as log:
            self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", config], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + BOUND
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"sshd does not listen: {(self.folder / 'sshd.log').read_text()}")
            time.sleep(0.01)

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait(BOUND)
            self.process = None

    def archives(self):
        return sorted(self.target.glob("run_*/run_*.tar.zst"))
