# A real SMTP server (aiosmtpd) on a port of 127.0.0.1, with login, STARTTLS and a certificate made here; it takes mail strictly, or behaves as it is told.
import asyncio
import email
import email.policy
import logging
import pathlib
import socket
import ssl
import subprocess
import threading

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # who hangs up on it may

USER, PASSWORD = "fat@example.org", "0mailSECRET1"


def certificate(folder):
    """A certificate for 127.0.0.1 that nobody else vouches for, and its key."""
    folder = pathlib.Path(folder)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2"]
        + ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )
    return folder / "cert.pem", folder / "key.pem"


class Handler:
    """Answers from `server.replies`, by command ("MAIL", "RCPT", "DATA"); what is taken is parsed strictly."""

    def __init__(self, server):
        self.server = server

    async def handle_MAIL(self, _server, session, envelope, address, options):
        reply = self.server.replies.get("MAIL")
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(self, _server, session, envelope, address, _options):
        self.server.count()
        reply = self.server.replies.get("RCPT") or self.server.replies.get(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        reply = self.server.replies.get("DATA")
        await asyncio.sleep(self.server.scans.pop(0) if self.server.scans else 0)
        if reply:
            return reply
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        bare = envelope.content.replace(b"\r\n", b"")
        if b"\n" in bare or b"\r" in bare:
            return "554 bare line end"
        if any(len(line) > 998 for line in envelope.content.split(b"\r\n")):
            return "554 line too long"
        self.server.take(
            {
                "mail": mail,
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "raw": envelope.content,
                "encrypted": session.ssl is not None,
                "user": session.auth_data.login.decode() if session.authenticated else None,
            }
        )
        return "250 taken"

    async def handle_QUIT(self, _server, _session, _envelope):
        self.server.quits += 1
        while self.server.lingers and not self.server.released.is_set():
            await asyncio.sleep(0.1)
        return "221 bye"


class MailServer:
    """`mails`: what it took. `scans`: seconds for which it looks through the next mails. `lingers`: it never answers QUIT. `replies`: {"RCPT": "450 later", "ben@example.org": "550 who?"}. `mood`: ok, hang (never greets), drip, drop, garbage."""

    def __init__(self, tls=None, login=False, implicit=False, mood="ok"):
        self.mails, self.replies, self.tries, self.mood = [], {}, 0, mood
        self.scans, self.lingers, self.quits = [], False, 0
        self.changed, self.released = threading.Condition(), threading.Event()
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        self.options = {"auth_require_tls": bool(tls) and not implicit}
        if login:
            self.options |= {"auth_required": True, "authenticator": self.login}
        if tls and not implicit:
            self.options |= {"tls_context": context, "require_starttls": True}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        if mood == "ok":
            self.listener.close()
            self.loop = asyncio.new_event_loop()
            self.controller = UnthreadedController(
                Handler(self), loop=self.loop, hostname="127.0.0.1", port=self.port, ssl_context=context if implicit else None, **self.options
            )
            self.controller.factory = lambda: SMTP(Handler(self), loop=self.loop, hostname="test", **self.options)
            self.controller.begin()
            self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        else:
            self.thread = threading.Thread(target=self.misbehave, daemon=True)
        self.thread.start()

    def login(self, _server, _session, _envelope, _mechanism, data):
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        if good and not self.replies.get("AUTH"):
            return AuthResult(success=True, auth_data=data)
        return AuthResult(success=False, handled=False, message=self.replies.get("AUTH"))

    def misbehave(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.count()
            threading.Thread(target=self.torment, args=(connection,), daemon=True).start()

    def torment(self, connection):
        with connection:
            if self.mood == "drop":
                return
            if self.mood == "garbage":
                connection.sendall(bytes(range(256)) * 400)
            try:
                while not self.released.wait(0.1):
                    if self.mood == "drip":
                        connection.sendall(b"2")
            except OSError:
                return

    def count(self):
        with self.changed:
            self.tries += 1
            self.changed.notify_all()

    def take(self, mail):
        with self.changed:
            self.mails.append(mail)
            self.changed.notify_all()

    def of(self, address):
        return [one for one in self.mails if one["to"] == [address]]

    def wait_for(self, condition, seconds=60):
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def close(self):
        if self.released.is_set():
            return
        self.released.set()
        if self.mood == "ok":
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
            self.controller.end()
            self.loop.close()
        else:
            self.listener.close()
