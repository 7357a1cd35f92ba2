"""HTTP as an app speaks it: one connection per thread, latencies per call, retries only where the server says so."""
import http.client
import json
import threading
import time
import uuid
from collections import defaultdict


class Problem(Exception):
    """A problem+json answer."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body.get('reason')} {body.get('errors', '')}")
        self.status, self.reason, self.body = status, body.get("reason"), body


class Api:
    """Thread-safe. `latencies[name]` are seconds per call, `problems[(name, reason)]` counts refusals."""

    def __init__(self, host, port, base="/v1/buergerbus"):
        self.host, self.port, self.base = host, port, base
        self.local = threading.local()
        self.lock = threading.Lock()
        self.latencies, self.problems = defaultdict(list), defaultdict(int)

    def _exchange(self, method, path, body, headers):
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                return response.status, response.read(), response.headers
            except (http.client.HTTPException, OSError):
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise

    def call(self, name, token, method, path, body=None):
        """The answer's JSON; raises Problem. The same Idempotency-Key goes with every repetition of a call."""
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "de"} if token else {}
        if method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        data = None if method == "GET" else json.dumps(body or {})
        for attempt in range(6):
            begin = time.perf_counter()
            status, raw, answer = self._exchange(method, self.base + path, data, headers)
            with self.lock:
                self.latencies[name].append(time.perf_counter() - begin)
            if status not in (429, 503) or attempt == 5:
                break
            time.sleep(min(float(answer.get("Retry-After", 0.2)), 2))
        parsed = json.loads(raw) if raw[:1] in (b"{", b"[") else {"text": raw.decode(errors="replace")}
        if status >= 400:
            with self.lock:
                self.problems[name, parsed.get("reason")] += 1
            raise Problem(status, parsed)
        return parsed

    def get(self, name, token, path):
        return self.call(name, token, "GET", path)

    def post(self, name, token, path, body=None):
        return self.call(name, token, "POST", path, body)
