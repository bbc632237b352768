# A PSI ELOG 3.1.5 as reference/instruments.md section 5 observed it, on a port of 127.0.0.1, as strict as there: only multipart is
# understood, a missing login is a redirect without an id, an edit drops what is not sent again.
import email
import email.policy
import html
import http.server
import re
import threading
import urllib.parse

PASSWORD = "s3cret"
HASH = "hkYmSOuCcBF9ZgVNLavZEtJa91liblYCom0avzJUo20"  # observed for PASSWORD
BOOK = "FAT logs"


class Entry:
    def __init__(self, attributes, text, encoding, when, reply_to, attachments):
        self.attributes, self.text, self.encoding, self.when = attributes, text, encoding, when
        self.reply_to, self.attachments = reply_to, attachments  # attachments: {name: bytes}

    def download(self, number):
        head = [f"$@MID@$: {number}", f"Date: @{self.when}"]
        head += [f"Reply to: {self.reply_to}"] if self.reply_to else []
        head += [f"{name}: {value}" for name, value in self.attributes.items()]
        head += ["Attachment: " + ",".join(self.attachments), f"Encoding: {self.encoding}", "=" * 40]
        return ("\n".join(head) + "\n" + self.text).encode("iso-8859-1")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        body = body.encode("iso-8859-1") if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, why):
        return self.answer(404, f'<html><body><table><tr><td class="errormsg">{html.escape(why)}</td></tr></table></body></html>')

    def redirect(self, number=""):
        return self.answer(302, Location=f"http://127.0.0.1:{self.server.elog.port}/{urllib.parse.quote(BOOK)}/{number}")

    def begin(self):
        """The path behind the logbook and the query; None when that was answered already."""
        elog = self.server.elog
        path, _, query = self.path.partition("?")
        with elog.changed:
            elog.requests.append((self.command, self.path))
            elog.changed.notify_all()
        if elog.mood == "hang":
            elog.released.wait()
            return None
        if elog.mood in ("500", "garbage"):
            self.answer(500 if elog.mood == "500" else 200, f"<html>{self.headers.get('Cookie')}</html>")  # gives a secret back
            return None
        if not urllib.parse.unquote(path).startswith(f"/{BOOK}/"):
            self.refuse("logbook does not exist")
            return None
        return path.rsplit("/", 1)[1], urllib.parse.parse_qs(query)

    def is_known(self, fields):
        cookies = dict(part.strip().partition("=")[::2] for part in self.headers.get("Cookie", "").split(";"))
        return (fields.get("unm") or cookies.get("unm"), fields.get("upwd") or cookies.get("upwd")) == (self.server.elog.user, HASH)

    def do_GET(self):
        begun = self.begin()
        if begun is None:
            return None
        name, query = begun
        elog = self.server.elog
        if not self.is_known({}):
            return self.redirect()
        with elog.changed:
            if name:
                entry = elog.entries.get(int(name)) if name.isdigit() else None
                if entry is None:
                    return self.refuse("This entry has been deleted")
                return self.answer(200, entry.download(int(name)) if query.get("cmd") == ["download"] else "<html></html>")
            found = [number for number, entry in reversed(elog.entries.items()) if self.is_wanted(entry, query)]
        rows = "".join(f'<tr><td class="list1"><a href="../{urllib.parse.quote(BOOK)}/{number}">{number}</a></td></tr>' for number in found)
        return self.answer(200, f'<html><a href="?cmd=New">New</a><table>{rows}</table></html>')

    def is_wanted(self, entry, query):
        elog = self.server.elog
        for name, (wanted, *_) in query.items():
            if name == "subtext" and not re.search(re.escape(wanted), entry.text, re.IGNORECASE):
                return False
            if name in elog.attributes and wanted.lower() not in entry.attributes.get(name, "").lower():
                return False
        return True

    def parts(self, body):
        """Fields and files of a form; None when it is none that ELOG understands."""
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/form-data"):
            return None
        message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP)
        fields, files = {}, {}
        for part in message.iter_parts():
            name, file = (part.get_param(key, header="Content-Disposition") for key in ("name", "filename"))
            content = part.get_payload(decode=True)
            if name.startswith("attfile"):
                files[file] = content
            else:
                fields[name] = content.decode("iso-8859-1")
        return fields, files

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.begin() is None:
            return None
        elog = self.server.elog
        parts = self.parts(body)
        if parts is None:
            return self.answer(200, "<html>the list of entries</html>")
        fields, files = parts
        if not self.is_known(fields) or elog.mood == "no id":
            return self.redirect()
        if fields.get("cmd") != "Submit":
            return self.answer(200, "<html>the list of entries</html>")
        with elog.changed:
            number = self.store(elog, fields, files)
            elog.changed.notify_all()
        if isinstance(number, str):
            return self.refuse(number)
        if elog.mood == "lose reply":
            elog.mood = "ok"
            self.close_connection = True
            return None
        return self.redirect(number)

    def store(self, elog, fields, files):
        """The entry's number, or what is wrong."""
        given = {name: fields[name.replace(" ", "_")] for name in elog.attributes if name.replace(" ", "_") in fields}
        for name in elog.required:
            if not given.get(name):
                return f"Attribute {name} not supplied"
        for name, options in elog.options.items():
            if name in given and given[name] not in options:
                return f'Attribute option "{given[name]}" not existing'
        if len(files) > 50 or any(not name or "/" in name for name in files):
            return "bad attachment"
        encoding, edit, reply = fields.get("encoding", "plain"), fields.get("edit_id"), fields.get("reply_to")
        if encoding not in ("plain", "ELCode", "HTML"):
            return "bad encoding"
        if edit and (int(edit) not in elog.entries or fields.get("skiplock") != "1"):
            return "entry is locked"
        if reply and int(reply) not in elog.entries:
            return "no such entry"
        before = elog.entries.get(int(edit)) if edit else None
        kept = {name: before.attachments[name] for key, name in fields.items() if before and re.fullmatch(r"attachment\d+", key)}
        number = int(edit) if edit else len(elog.entries) + 1
        when = before.when if before else fields.get("When")
        elog.entries[number] = Entry(given, fields.get("Text", ""), encoding, when, before.reply_to if before else reply, {**kept, **files})
        elog.edits += 1 if edit else 0
        return number

    def log_message(self, *_):
        pass


class Elog:
    """`mood`: ok, 500, garbage, hang, "no id" (every post ends in a redirect without one), "lose reply" (the next one is stored and not answered)."""

    def __init__(self, mood="ok", attributes=("Run", "Author", "Type", "State", "Modules"), required=("Author",), options=None):
        self.mood, self.attributes, self.required, self.options = mood, attributes, required, options or {}
        self.user, self.entries, self.requests, self.edits = "fat", {}, [], 0
        self.changed, self.released = threading.Condition(), threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # whoever hangs up on us may
        self.server.elog = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
