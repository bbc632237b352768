# A server's address -> requests as a script makes them, and a listener of its event stream.
import http.client
import json
import re
import socket
import threading
import urllib.parse

PATIENCE = 60  # seconds, only reached when something hangs


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """Logs in with the one-time link of the printed address."""

    def __init__(self, address):
        found = re.fullmatch(r"http://([^:/]+):(\d+)/#link=(.+)", address.strip())
        assert found, address
        self.host, self.port, link = found[1], int(found[2]), found[3]
        self.cookie = ""
        entered = self.request("POST", "/session", {"link": link})
        assert entered.status == 200, entered.body
        self.cookie = entered.headers["Set-Cookie"].split(";")[0]

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def headers(self, more=None):
        ours = {"Cookie": self.cookie, "Origin": f"http://{self.host}:{self.port}"} if self.cookie else {}
        return {**ours, **(more or {})}

    def request(self, method, path, body=None, headers=None):
        connection = self.connect()
        try:
            text = None if body is None else json.dumps(body)
            more = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, "/api/v1" + path, text, self.headers({**more, **(headers or {})}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **query):
        words = "?" + urllib.parse.urlencode(query) if query else ""
        answer = self.request("GET", path + words)
        assert answer.status == 200, (path, answer.status, answer.body[:500])
        return answer.json

    def say(self, verb, **fields):
        return self.request("POST", "/verbs", {"verb": verb, **fields})

    def listen(self, after=None):
        return Listener(self, after)


class Listener:
    """Reads the stream on a thread of its own."""

    def __init__(self, client, after):
        self.events = []  # (name, id, data); guarded by `heard`
        self.heard = threading.Condition()
        self.over = False
        self.connection = client.connect()
        self.connection.request("GET", "/api/v1/events", headers=client.headers({"Last-Event-ID": str(after)} if after is not None else {}))
        self.socket = self.connection.sock  # a connection lets go of it when the answer is to end with it
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.status
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        name, number, data = "", "", []
        try:
            for line in self.answer:
                word, _, value = line.decode().rstrip("\r\n").partition(":")
                value = value.removeprefix(" ")
                if word == "event":
                    name = value
                elif word == "id":
                    number = value
                elif word == "data":
                    data.append(value)
                elif not word and not value and name:
                    with self.heard:
                        self.events.append((name, number, json.loads("\n".join(data) or "null")))
                        self.heard.notify_all()
                    name, number, data = "", "", []
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        with self.heard:
            self.over = True
            self.heard.notify_all()

    def wait_for(self, fits, what):
        """The first event that fits, also of those that came before."""
        with self.heard:
            found = self.heard.wait_for(lambda: next(filter(fits, self.events), None) or self.over, PATIENCE)
        assert found and found is not True, (what, self.events[-5:])
        return found

    def told(self, name):
        with self.heard:
            return [(number, data) for event, number, data in self.events if event == name]

    def wait_for_name(self, name, **fields):
        return self.wait_for(lambda one: one[0] == name and all(one[2].get(key) == value for key, value in fields.items()), (name, fields))

    def wait_for_kind(self, kind, title=None):
        """A journal event."""

        def fits(one):
            return one[0] == "journal" and one[2]["kind"] == kind and title in (None, one[2]["body"].get("key", {}).get("title"))

        return self.wait_for(fits, (kind, title))

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.connection.close()
