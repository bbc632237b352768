# Slack's Web API as Slack documents it, on a port of 127.0.0.1: chat.postMessage, conversations.replies and the external upload of files. Token, channels,
# threads, lengths, rates and the order of an upload are as strict as there.
import json
import re
import time
import urllib.parse

import webhook_stand_in

TOKEN = "xoxb-0SECRET-1SECRET-abcdSECRET"
BURST, PER_SECOND = 4, 1.0  # "one message per second per channel, short bursts are allowed"


class Handler(webhook_stand_in.Handler):
    def say(self, **answer):
        self.answer(200, json.dumps(answer), Content_Type="application/json")

    def replies(self, hook, body):
        """https://docs.slack.dev/reference/methods/conversations.replies: the parent first, then what is newer than `oldest`, in pages."""
        if self.headers.get("Authorization") != "Bearer " + TOKEN:
            return self.say(ok=False, error="not_authed" if not self.headers.get("Authorization") else "invalid_auth")
        if self.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            return self.say(ok=False, error="invalid_form_data")
        wanted = {name: values[0] for name, values in urllib.parse.parse_qs(body.decode(), strict_parsing=True).items()}
        if set(wanted) - {"channel", "ts", "oldest", "latest", "inclusive", "limit", "cursor"}:
            return self.say(ok=False, error="invalid_arguments")
        with hook.changed:
            hook.looks += 1
            hook.changed.notify_all()
            if hook.error_of_replies:
                return self.say(ok=False, error=hook.error_of_replies)
            if hook.replies_refused > 0:
                hook.replies_refused -= 1
                return self.answer(429, json.dumps({"ok": False, "error": "ratelimited"}), Retry_After="1")
            if wanted.get("channel") not in hook.channels:
                return self.say(ok=False, error="channel_not_found")
            for name in ("ts", "oldest"):
                if name in wanted and not re.fullmatch(r"\d{10}\.\d{6}", wanted[name]):
                    return self.say(ok=False, error="invalid_ts_" + name)
            thread = [one for one in hook.messages if one["channel"] == wanted["channel"] and wanted["ts"] in (one["ts"], one.get("thread_ts"))]
            if not thread:
                return self.say(ok=False, error="thread_not_found")
            newer = sorted((one for one in thread[1:] if one["ts"] > wanted.get("oldest", "0")), key=lambda one: one["ts"])
            first, limit = 0, int(wanted.get("limit", 1000))
            if not 0 < limit <= 1000:
                return self.say(ok=False, error="invalid_limit")
            if "cursor" in wanted:
                if wanted["cursor"] not in hook.cursors:
                    return self.say(ok=False, error="invalid_cursor")
                first = hook.cursors[wanted["cursor"]]
            page, more = newer[first : first + limit], len(newer) > first + limit
            answer = {"ok": True, "messages": [self.shown(one) for one in thread[:1] + page], "has_more": more}
            if more:
                cursor = f"bmV4dF90czo{first + limit}="
                hook.cursors[cursor] = first + limit
                answer["response_metadata"] = {"next_cursor": cursor}
            hook.pages += 1
        return self.say(**answer)

    def shown(self, message):
        shown = {"type": "message", "ts": message["ts"], "thread_ts": message.get("thread_ts", message["ts"]), "text": message["text"]}
        return {**shown, "user": message["user"]} if "user" in message else {**shown, "user": "U0BOT", "bot_id": "B0BOT"}

    def take(self, hook, body):
        if self.path == "/api/conversations.replies":
            return self.replies(hook, body)
        if self.path.startswith("/upload/"):
            return self.take_bytes(hook, body)
        calls = {
            "/api/chat.postMessage": self.post_message,
            "/api/files.getUploadURLExternal": self.give_upload_url,
            "/api/files.completeUploadExternal": self.complete_upload,
        }
        if self.path not in calls:
            return self.say(ok=False, error="unknown_method")
        if self.headers.get("Authorization") != "Bearer " + TOKEN:
            return self.say(ok=False, error="not_authed" if not self.headers.get("Authorization") else "invalid_auth")
        with hook.changed:
            hook.calls.append(self.path.rpartition("/")[2])
            error = hook.error or hook.errors.get(hook.calls[-1], "")
            if isinstance(error, list):
                error = error.pop(0) if error else ""
            hook.changed.notify_all()
        if error == "429":
            return self.answer(429, json.dumps({"ok": False, "error": "ratelimited"}), Retry_After="1")
        if error == "500":
            return self.answer(500, "oops")
        if error:
            return self.say(ok=False, error=error)
        return calls[self.path](hook, body)

    def form(self, body, *required):
        """The arguments; None (and an answer) when one is missing."""
        if not self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return self.say(ok=False, error="invalid_form_data")
        try:
            form = dict(urllib.parse.parse_qsl(body.decode("ascii"), strict_parsing=True, keep_blank_values=True))
        except ValueError:
            return self.say(ok=False, error="invalid_form_data")
        if any(not form.get(name) for name in required):
            return self.say(ok=False, error="invalid_arguments")
        return form

    def post_message(self, hook, body):
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            return self.say(ok=False, error="invalid_form_data")
        message = json.loads(body)
        channel, text, thread = message.get("channel"), message.get("text"), message.get("thread_ts")
        with hook.changed:
            if channel not in hook.channels:
                return self.say(ok=False, error="channel_not_found")
            if not text or not text.strip():
                return self.say(ok=False, error="no_text")
            if len(text) > 40000:
                return self.say(ok=False, error="msg_too_long")
            if webhook_stand_in.TOKEN_OF_SLACK.search(text):
                return self.say(ok=False, error="invalid_arguments")
            if thread is not None and not hook.is_parent(hook.conversation(channel), thread):
                return self.say(ok=False, error="message_not_found")
            if not hook.may_post(channel):
                hook.refused += 1
                return self.answer(429, json.dumps({"ok": False, "error": "ratelimited"}), Retry_After="1")
            ts = hook.next_ts()
            hook.messages.append({**message, "ts": ts, "key": self.headers.get("X-Fatmaster-Message")})
            hook.changed.notify_all()
        return self.say(ok=True, channel=hook.conversation(channel), ts=ts, message={"text": text})

    def give_upload_url(self, hook, body):
        form = self.form(body, "filename", "length")
        if form is None:
            return None
        if not form["length"].isdigit() or int(form["length"]) == 0:
            return self.say(ok=False, error="missing_argument")
        with hook.changed:
            number = len(hook.uploads)
            hook.uploads.append({"id": f"F{number:05}", "name": form["filename"], "length": int(form["length"]), "bytes": None, "shown": 0})
        return self.say(ok=True, upload_url=f"http://127.0.0.1:{hook.port}/upload/{number}/SECRETSIGNATURE", file_id=f"F{number:05}")

    def take_bytes(self, hook, body):
        _, _, number, signature = self.path.split("/")
        if hook.upload_mood == "hang":
            with hook.changed:
                hook.hanging += 1
                hook.changed.notify_all()
            hook.released.wait()
            return None
        with hook.changed:
            if hook.upload_mood == "500" or signature != "SECRETSIGNATURE":
                return self.answer(500, "oops")
            upload = hook.uploads[int(number)]
            if upload["bytes"] is not None:
                return self.answer(404, "this address was used")
            if len(body) != upload["length"]:
                return self.answer(400, "length differs")
            if self.headers.get("Authorization"):
                return self.answer(400, "a token does not belong here")
            upload["bytes"] = body
        return self.answer(200, f"OK - {len(body)}")

    def complete_upload(self, hook, body):
        form = self.form(body, "files")
        if form is None:
            return None
        with hook.changed:
            files = json.loads(form["files"])
            known = {upload["id"]: upload for upload in hook.uploads}
            if not files or any(file.get("id") not in known or known[file["id"]]["bytes"] is None for file in files):
                return self.say(ok=False, error="file_not_found")
            if any(known[file["id"]]["shown"] for file in files):
                return self.say(ok=False, error="invalid_arguments")
            if form.get("channel_id") not in {hook.conversation(channel) for channel in hook.channels}:
                return self.say(ok=False, error="channel_not_found")
            if "thread_ts" in form and not hook.is_parent(form["channel_id"], form["thread_ts"]):
                return self.say(ok=False, error="invalid_arguments")
            for file in files:
                known[file["id"]]["shown"] += 1
            hook.shown.append({"channel": form["channel_id"], "thread": form.get("thread_ts"), "files": [known[file["id"]] for file in files]})
            hook.changed.notify_all()
        return self.say(ok=True, files=[{"id": file["id"], "title": file.get("title", "")} for file in files])


class Slack(webhook_stand_in.Hook):
    """`error`: what it says to every call, e.g. "invalid_auth"; `errors`: by method, a word or a list of words to be said in turn ("" is good, "429" and "500" are
    of HTTP). `messages`: what it took, as it was given, with `ts`. `shown`: files that people see, `uploads`: all of them. `upload_mood` (of the place for bytes): ok, 500, hang."""

    def __init__(self, channels, error=""):
        self.channels, self.error, self.messages, self.refused, self.buckets = channels, error, [], 0, {}
        self.errors, self.calls, self.uploads, self.shown, self.upload_mood, self.hanging = {}, [], [], [], "ok", 0
        self.looks, self.pages, self.cursors, self.error_of_replies, self.replies_refused = 0, 0, {}, "", 0
        super().__init__(handler=Handler)

    @property
    def server_address(self):
        return f"http://127.0.0.1:{self.port}/api"

    @staticmethod
    def conversation(channel):
        """Where a post to a person goes: a direct conversation with an id of its own."""
        return channel.replace("U", "D", 1) if channel.startswith("U") else channel

    def is_parent(self, conversation, ts):
        """Whether it is a message of that conversation, and no reply."""
        return any(self.conversation(post["channel"]) == conversation and post["ts"] == ts and "thread_ts" not in post for post in self.messages)

    def next_ts(self):
        return f"1503435956.{len(self.messages):06}"

    def write(self, user, text, channel="C0FAT"):
        """A person writes in the thread of the run."""
        with self.changed:
            thread = next(one for one in self.messages if one["channel"] == channel)
            self.messages.append({"channel": channel, "user": user, "text": text, "ts": self.next_ts(), "thread_ts": thread["ts"]})

    def may_post(self, channel):
        left, when = self.buckets.get(channel, (BURST, time.monotonic()))
        now = time.monotonic()
        left = min(BURST, left + (now - when) * PER_SECOND)
        self.buckets[channel] = (left - 1 if left >= 1 else left, now)
        return left >= 1

    def of(self, channel):
        return [message for message in self.messages if message["channel"] == channel and "user" not in message]

    def told(self, channel):
        return "\n".join(message["text"] for message in self.of(channel))
