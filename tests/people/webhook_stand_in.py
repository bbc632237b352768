# An incoming webhook as Slack documents it, on a port of 127.0.0.1: it takes what the documentation allows and refuses the rest, or behaves as it is told.
import http.server
import json
import re
import threading

SECRET = "T0SECRET/B0SECRET/abcdefghSECRET"
TOKEN_OF_SLACK = re.compile(r"<(?!@[UW][A-Z0-9]+>|!channel>|!here>|!everyone>)|&(?!amp;|lt;|gt;)")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, text, **headers):
        body = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        hook = self.server.hook
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with hook.changed:
            hook.requests += 1
            mood = hook.mood
            hook.changed.notify_all()
        if mood == "hang":
            hook.released.wait()
            return
        if mood == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not hook.released.wait(0.1):
                self.wfile.write(b"o")
            return
        if mood == "garbage":
            self.answer(200, "<html>Please log in to the hotel's network</html>")
        elif mood == "noise":
            self.wfile.write(bytes(range(256)) * 40)
        elif mood == "500":
            self.answer(500, "rollup_error")
        elif mood == "429":
            self.answer(429, "rate_limited", Retry_After="3600")
        elif mood == "403":
            self.answer(403, "invalid_token " + self.path)  # a server that gives a secret back
        else:
            self.take(hook, body)

    def take(self, hook, body):
        if self.path != "/services/" + SECRET:
            return self.answer(404, "no_service")
        if self.headers.get("Content-Type") != "application/json":
            return self.answer(400, "invalid_payload")
        try:
            text = json.loads(body)["text"]
        except (ValueError, KeyError, TypeError):
            return self.answer(400, "invalid_payload")
        if not isinstance(text, str) or not text.strip():
            return self.answer(400, "no_text")
        if len(text) > 40000:
            return self.answer(400, "msg_too_long")
        if TOKEN_OF_SLACK.search(text):
            return self.answer(400, "invalid_payload: not escaped")
        with hook.changed:
            hook.posts.append((self.headers.get("X-Fatmaster-Message"), text))
            hook.changed.notify_all()
        return self.answer(200, "ok")

    def log_message(self, *_):
        pass


class Hook:
    """`mood`: ok, 500, 429, 403, garbage, noise, hang, drip. Posts are (key, text)."""

    def __init__(self, mood="ok", port=0, handler=Handler):
        self.mood, self.requests, self.posts = mood, 0, []
        self.changed, self.released = threading.Condition(), threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # whoever hangs up on us may
        self.server.hook = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/services/{SECRET}"

    @property
    def texts(self):
        return [text for _, text in self.posts]

    def wait_for(self, condition, seconds=60):
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
