# Host, port and words of iceboot -> what the module printed between echo and prompt.
"""By hand: python3 tasks/iceboot_words.py HOST PORT "softwareVersion .s drop". Exit status 0 and the answer, or 1 and why not.

A module server serves one client at a time: whoever opens it waits for who was there before, at most PATIENCE.
"""

import socket
import sys

PATIENCE = 5.0  # seconds for one answer
PROMPT = b"> "


class Iceboot:
    """One connection. Raises OSError when the module does not answer in time, ValueError when it says no."""

    def __init__(self, host, port):
        self.link = socket.create_connection((host, int(port)), PATIENCE)
        self.ask("boot")  # leaves the boot loader; harmless inside
        self.ask("true setecho")
        self.ask("sdrop")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def ask(self, words):
        line = words.encode("ascii") + b"\r\n"
        self.link.sendall(line)
        received = b""
        while not received.endswith(PROMPT):
            block = self.link.recv(4096)
            if not block:
                raise ConnectionError("the module ended the connection at '%s'" % words)
            received += block
        answer = received[: -len(PROMPT)].decode("ascii", "replace")
        answer = answer.split(words, 1)[-1].strip()  # without the echo
        if answer.startswith(("Error", "ERROR")) or "FAIL" in answer:
            raise ValueError("'%s' was answered with: %s" % (words, answer))
        return answer


if __name__ == "__main__":
    try:
        with Iceboot(sys.argv[1], sys.argv[2]) as module:
            print(module.ask(sys.argv[3]))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
