# A module's address and a word -> its answer, one line each way over TCP. The only file that knows how your modules talk.
"""By hand: python3 tasks/stand_link.py HOST PORT WORD. Exit status 0 and the answer on standard output, or 1 and why not."""

import socket
import sys

PATIENCE = 5.0  # seconds for one answer


def ask(host, port, word):
    """Raises OSError when it does not answer in time, ValueError when it says no."""
    with socket.create_connection((host, int(port)), PATIENCE) as link:
        link.sendall(word.encode("ascii") + b"\n")
        with link.makefile("r", encoding="ascii", errors="replace") as lines:
            answer = lines.readline()
    if not answer.endswith("\n"):
        raise ConnectionError("%s:%s ended the connection without an answer to '%s'" % (host, port, word))
    if answer.startswith("error"):
        raise ValueError("'%s' was answered with: %s" % (word, answer.strip()))
    return answer.strip()


if __name__ == "__main__":
    try:
        print(ask(*sys.argv[1:4]))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
