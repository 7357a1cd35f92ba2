"""What must hold in both forms, through the gateway over HTTP. Subclasses say which form."""
import datetime
import http.client
import json
import socket
import threading
import time
import urllib.parse
import uuid

BASE = "/v1/buergerbus"


def wait_until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("the condition did not come true in time")


class Suite:
    """Mixed into unittest.TestCase; `form` is started once per class."""

    form = None
    make_form = None

    @classmethod
    def setUpClass(cls):
        cls.form = cls.make_form()
        cls.form.start()
        cls.tokens = cls.form.tokens()
        cls.stops = cls.request("GET", "/stops?pageSize=100")[1]["stops"]

    @classmethod
    def tearDownClass(cls):
        cls.form.close()

    # ---- Speaking HTTP

    @classmethod
    def request(cls, method, path, body=None, token=None, headers=None, raw=None):
        connection = http.client.HTTPConnection("127.0.0.1", cls.form.port, timeout=30)
        sent = {"Host": "localhost", **({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        data = raw if raw is not None else None if body is None else json.dumps(body)
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path if path.startswith("/v1") else BASE + path, data, sent)
            response = connection.getresponse()
            text = response.read()
            kind = response.headers.get("Content-Type", "")
            return response.status, json.loads(text) if "json" in kind else text, response.headers
        finally:
            connection.close()

    def ok(self, method, path, body=None, token=None, **more):
        status, answer, _ = self.request(method, path, body, token, **more)
        self.assertLess(status, 300, answer)
        return answer

    def refused(self, expected, method, path, body=None, token=None, **more):
        status, answer, headers = self.request(method, path, body, token, **more)
        self.assertEqual(status, expected, answer)
        self.assertIn("application/problem+json", headers["Content-Type"])
        self.assertTrue(answer["reason"])
        return answer

    # ---- Riding

    def wish(self, minutes=180, origin=0, destination=-1, people=1):
        when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        return {"origin": {"stopId": self.stops[origin]["id"]}, "destination": {"stopId": self.stops[destination]["id"]},
                "party": {"people": people}, "when": {"departAt": when.strftime("%Y-%m-%dT%H:%M:%SZ")}}

    def offer(self, token, **wish):
        found = self.ok("POST", "/offers:find", self.wish(**wish), token)
        offers = found.get("offers") or found.get("alternatives")
        self.assertTrue(offers, found)
        return offers[0]

    def book(self, token, **wish):
        for _ in range(5):  # another test may take the place between offer and hold: then ask again, as an app does
            held = self.ok("POST", "/rides:hold", {"offerId": self.offer(token, **wish)["offerId"]}, token)
            if held.get("rides"):
                return self.ok("POST", f"/bookings/{held['rides'][0]['bookingId']}:book", {}, token)["rides"][0]
        self.fail(held)

    # ---- Tests

    def test_a_ride_is_booked_seen_and_cancelled(self):
        citizen = self.tokens["citizen"]
        ride = self.book(citizen)
        self.assertEqual(ride["state"], "BOOKED")
        promise = ride["promise"]
        self.assertLess(promise["pickup"]["begin"], promise["pickup"]["end"])
        self.assertLess(promise["pickup"]["end"], promise["latestArrival"])
        self.assertEqual(self.ok("GET", f"/rides/{ride['rideId']}", token=citizen)["promise"], promise)
        self.assertIn(ride["rideId"], [one["rideId"] for one in self.ok("GET", "/rides?pageSize=100", token=citizen)["rides"]])
        day = ride["tourId"].split("_")[1]
        dispatcher = self.tokens["dispatcher"]
        self.assertIn(ride["rideId"], [one["rideId"] for one in self.ok("GET", f"/days/{day}/rides?pageSize=200", token=dispatcher)["rides"]])
        wait_until(lambda: ride["rideId"] in [one["rideId"] for one in self.ok("GET", f"/board/{day}", token=dispatcher).get("rides", [])])
        self.assertEqual(self.ok("POST", f"/rides/{ride['rideId']}:cancel", {}, citizen)["state"], "CANCELLED")

    def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(self):
        citizen, key = self.form.people("citizen", 5)[4], uuid.uuid4().hex  # the hold stays: nobody else's
        offers = [self.offer(citizen)["offerId"], self.offer(citizen, minutes=300, people=2)["offerId"]]
        first = self.request("POST", "/rides:hold", {"offerId": offers[0]}, citizen, {"Idempotency-Key": key})
        again = self.request("POST", "/rides:hold", {"offerId": offers[0]}, citizen, {"Idempotency-Key": key})
        self.assertEqual((first[0], first[1]), (again[0], again[1]))
        self.assertEqual(self.refused(422, "POST", "/rides:hold", {"offerId": offers[1]}, citizen, headers={"Idempotency-Key": key})["reason"],
                         "IDEMPOTENCY_KEY_REUSED")

    def test_strangers_find_nothing(self):
        ride = self.book(self.tokens["citizen"])
        stranger = self.form.people("citizen", 2)[1]
        self.refused(404, "GET", f"/rides/{ride['rideId']}", token=stranger)
        self.refused(404, "POST", f"/rides/{ride['rideId']}:cancel", {}, stranger)
        self.refused(404, "GET", "/rides/ride-00000000000000000000000000", token=stranger)
        self.refused(403, "GET", "/calls", token=stranger)
        self.refused(401, "GET", "/rides")
        self.refused(401, "GET", "/rides", token=stranger[:-6] + "AAAAAA")
        self.refused(421, "GET", "/stops", headers={"Host": "elsewhere.example"})
        self.ok("POST", f"/rides/{ride['rideId']}:cancel", {}, self.tokens["citizen"])

    def test_bad_input_names_the_field_in_two_languages(self):
        citizen, good = self.tokens["citizen"], self.wish()
        cases = [({"when": {"departAt": "2001-01-01T00:00:00Z"}}, "when"), ({"when": {"departAt": "yesterday"}}, "when.departAt"),
                 ({"party": {"people": 0}}, "party.people"), ({"party": {"people": 10**9}}, "party.people"), ({"party": {"people": "many"}}, "party.people"),
                 ({"origin": {}}, "origin"), ({"origin": {"location": {"latitude": 91, "longitude": 7}}}, "origin"), ({"surprise": 1}, "surprise")]
        for change, field in cases:
            with self.subTest(field=field, change=change):
                status, answer, _ = self.request("POST", "/offers:find", {**good, **change}, citizen)
                self.assertEqual(status, 400, answer)
                errors = answer["errors"]
                self.assertTrue(any(error["field"].startswith(field) for error in errors), errors)
                self.assertTrue(all(error["de"] and error["en"] and error["de"] != error["en"] for error in errors), errors)
        for raw in (b"{", b'{"party":{"people":1},"party":{"people":2}}', b'{"when":"\xff\xfe"}', b"[" * 5000, b"null", b""):
            with self.subTest(raw=raw[:30]):
                self.refused(400, "POST", "/offers:find", token=citizen, raw=raw)
        self.refused(413, "POST", "/offers:find", token=citizen, raw=b'{"a":"' + b"x" * 2_000_000 + b'"}')
        self.refused(404, "GET", "/nothing", token=citizen)

    def test_a_phone_booking_with_a_rider_card(self):
        dispatcher = self.tokens["dispatcher"]
        phone = f"+4925{uuid.uuid4().int % 10**8:08d}"
        card = self.ok("POST", "/rider-cards", {"phone": phone, "name": "Erika Muster", "consent": True}, dispatcher)
        self.assertEqual(self.ok("POST", "/rider-cards:find", {"phone": phone}, dispatcher)["cardId"], card["cardId"])
        offer = self.offer(dispatcher, minutes=240)
        rides = self.ok("POST", "/rides:book-by-phone", {"cardId": card["cardId"], "offerId": offer["offerId"]}, dispatcher)["rides"]
        self.assertEqual(rides[0]["state"], "BOOKED")
        self.refused(403, "POST", "/rider-cards:find", {"phone": phone}, self.tokens["citizen"])

    def test_a_place_is_found_in_spite_of_typos(self):
        name = next(stop["name"] for stop in self.stops if len(stop["name"]) > 6)
        typo = name[:2] + name[3:]
        found = self.ok("GET", f"/places?text={urllib.parse.quote(typo)}", token=self.tokens["citizen"])["results"]
        self.assertIn(name, " ".join(result["place"]["label"] for result in found))

    def test_a_live_stream_tells_the_rider_and_resumes(self):
        citizen = self.form.people("citizen", 3)[2]
        with Stream(self.form.port, "my-rides", citizen) as stream:
            ride = self.book(citizen)
            event = wait_until(lambda: stream.find("ride.booked", ride["rideId"]))
            self.assertNotIn("Muster", json.dumps(event))
            last = stream.last_id
        self.ok("POST", f"/rides/{ride['rideId']}:cancel", {}, citizen)
        with Stream(self.form.port, "my-rides", citizen, last) as stream:
            wait_until(lambda: stream.find("ride.cancelled", ride["rideId"]))
            self.assertIsNone(stream.find("ride.booked", ride["rideId"]), "what was seen comes not again")

    def test_a_hundred_people_at_once_never_overbook(self):
        people = self.form.people("citizen", 40)
        booked, lock = [], threading.Lock()

        def ride(token):
            offers = self.ok("POST", "/offers:find", self.wish(minutes=200), token)
            offers = offers.get("offers") or offers.get("alternatives") or []
            if not offers:
                return
            status, answer, _ = self.request("POST", "/rides:hold", {"offerId": offers[0]["offerId"]}, token)
            self.assertEqual(status, 200, answer)
            if answer.get("rides"):
                with lock:
                    booked.append((answer["rides"][0], token))

        threads = [threading.Thread(target=ride, args=(token,)) for token in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(booked)
        self.check_manifests({ride["tourId"] for ride, _ in booked})
        for ride_, token in booked:
            self.ok("POST", f"/rides/{ride_['rideId']}:cancel", {}, token)

    def check_manifests(self, tours):
        """Replays every manifest: never more people on board than any layout holds, and no promise broken by the plan."""
        settings = self.ok("GET", "/settings", token=self.tokens["city"])["settings"]
        seats = {vehicle["id"]: max(layout["seats"] + layout.get("wheelchairPlaces", 0) for layout in vehicle["layouts"]) for vehicle in settings["vehicles"]}
        for tour in tours:
            manifest = self.ok("GET", f"/tours/{tour}/manifest", token=self.tokens["dispatcher"])
            rides = {ride["rideId"]: ride for ride in manifest["rides"]}
            aboard = 0
            for visit in manifest["visits"]:
                if visit["kind"] == "BREAK":
                    continue
                ride = rides[visit["rideId"]]
                aboard += ride["party"]["people"] if visit["kind"] == "PICKUP" else -ride["party"]["people"]
                self.assertLessEqual(aboard, seats[manifest["vehicleId"]], manifest)
                if visit["kind"] == "PICKUP":
                    self.assertLessEqual(visit["begin"], ride["promise"]["pickup"]["end"])
                else:
                    self.assertLessEqual(visit["arrival"], ride["promise"]["latestArrival"])
            self.assertEqual(aboard, 0)

    def test_health_and_documentation(self):
        for path in ("/healthz", "/readyz", "/openapi.json", "/docs"):
            connection = http.client.HTTPConnection("127.0.0.1", self.form.port, timeout=10)
            connection.request("GET", path, headers={"Host": "localhost"})
            response = connection.getresponse()
            self.assertIn(response.status, (200, 301, 302, 307, 308), path)
            if path == "/openapi.json":
                described = json.loads(response.read())
                self.assertTrue(described["openapi"].startswith("3.1"))
                self.assertIn(f"{BASE}/offers:find", described["paths"])
            connection.close()

    def test_zz_a_killed_town_finds_its_bookings_again(self):
        people = self.form.people("citizen", 8)[5:]  # one ride each: nobody is in two buses at once
        rides = [self.book(person, minutes=180 + 40 * number) for number, person in enumerate(people)]
        self.form.kill()
        self.form.start()
        for person, ride in zip(people, rides):
            found = self.ok("GET", f"/rides/{ride['rideId']}", token=person)
            self.assertEqual((found["state"], found["promise"]), ("BOOKED", ride["promise"]))
        with Stream(self.form.port, "my-rides", people[0]) as stream:
            self.ok("POST", f"/rides/{rides[0]['rideId']}:cancel", {}, people[0])
            wait_until(lambda: stream.find("ride.cancelled", rides[0]["rideId"]))


class Stream:
    """Server-sent events, read on a thread of its own."""

    def __init__(self, port, channels, token, last_id=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        self.socket.sendall(f"GET /v1/stream?channels={channels} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
                            f"Accept: text/event-stream\r\n{resume}\r\n".encode())
        self.events, self.last_id, self.head = [], last_id, threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        assert self.head.wait(10), "the stream does not begin"

    def _read(self):
        kind, data = None, []
        try:
            for line in self.socket.makefile("rb"):
                text = line.decode().rstrip("\r\n")
                if text == "":
                    self.head.set()
                    if data:
                        self.events.append((kind, "".join(data)))
                    kind, data = None, []
                elif text.startswith("event:"):
                    kind = text[6:].strip()
                elif text.startswith("data:"):
                    data.append(text[5:].strip())
                elif text.startswith("id:"):
                    self.last_id = text[3:].strip()
        except OSError:
            pass

    def find(self, kind, text):
        return next((event for event in list(self.events) if kind in (event[0] or "") + event[1] and text in event[1]), None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
