"""Booked rides per second (durable), offer latency with 300 rides on the day, cold start and memory at rest of the all-in-one.

The reference of the same run: how many single-record fsyncs per second the disk takes, since every booking waits for at least two."""
import concurrent.futures
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from simulation.api import Api, Problem  # noqa: E402
from simulation.clock import at  # noqa: E402
from simulation.demand import Demand  # noqa: E402
from simulation.report import percentile  # noqa: E402
from simulation.riders import Riders  # noqa: E402
from simulation.town import Town  # noqa: E402

DAY = datetime.date(2026, 11, 24)
VEHICLES, RIDES = 5, 300  # at which offers are measured


def fsyncs_per_second(folder):
    with open(pathlib.Path(folder) / "fsync", "wb", buffering=0) as file:
        begin, count = time.perf_counter(), 0
        while time.perf_counter() - begin < 1:
            file.write(b"x" * 512)
            os.fdatasync(file.fileno())
            count += 1
    return count / (time.perf_counter() - begin)


def resident_mebibytes(pid):
    pids = [pid, *map(int, subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split())]
    return sum(int(line.split()[1]) for one in pids for line in open(f"/proc/{one}/status") if line.startswith("VmRSS")) / 1024


def stops_of(api):
    stops, page = [], ""
    while True:
        answer = api.get("ListStops", None, f"/stops?pageSize=100{page}")
        stops += answer["stops"]
        if not answer.get("nextPageToken"):
            return stops
        page = f"&pageToken={answer['nextPageToken']}"


def add_vehicles(api, token, count):
    """The demo has three vehicles; the figure is asked for with `count`: copies of the first with its shifts, as the city would add them."""
    document = api.get("GetSettings", token, "/settings")
    settings = document["settings"]
    model = settings["vehicles"][0]
    for number in range(len(settings["vehicles"]) + 1, count + 1):
        name = f"bus-{number}"
        settings["vehicles"].append({**model, "id": name, "name": f"Bus {number}", "plate": f"MU-BB {100 + number}"})
        settings["shifts"] += [{**shift, "id": shift["id"].replace(model["id"], name), "vehicle": name}
                               for shift in settings["shifts"] if shift["vehicle"] == model["id"]]
    api.call("UpdateSettings", token, "PUT", "/settings", {"settings": settings, "etag": document["etag"]})
    return len(settings["vehicles"])


def main():
    build, data = sys.argv[1], sys.argv[2]
    lauf = pathlib.Path(data) / "osm/lauf.osm.pbf" if data else None
    with tempfile.TemporaryDirectory(prefix="stadtmesh-bench-") as folder:
        if lauf and lauf.exists():
            osm, name = str(lauf), "Lauf extract"
        else:
            osm, name = f"{folder}/musterstadt.osm", "Musterstadt (the Lauf extract is not here)"
            with open(osm, "wb") as out:
                subprocess.run([f"{build}/bin/stadtmesh-make-town"], check=True, stdout=out)
        syncs = fsyncs_per_second(folder)
        Town(f"{build}/bin/stadtmesh", f"{folder}/warm", osm, at(DAY - datetime.timedelta(days=1), 8)).stop()  # warms the page cache
        begin = time.perf_counter()
        town = Town(f"{build}/bin/stadtmesh", f"{folder}/data", osm, at(DAY - datetime.timedelta(days=1), 8))
        cold = time.perf_counter() - begin
        try:
            time.sleep(1)
            rest = resident_mebibytes(town.child.pid)
            api = Api("127.0.0.1", town.port)
            people = town.tokens()
            vehicles = add_vehicles(api, people["city"], VEHICLES)
            riders = Riders(api, town.tokens("citizen", 1200), people["dispatcher"])
            wishes = Demand(1, DAY, 1200, stops_of(api)).day_of_wishes()
            for wish in wishes:
                wish.lets_expire, wish.back = False, None
            for text, threads, share in (("16 apps", 16, wishes[:150]), ("one app", 1, wishes[150:200])):
                before, begin = len(riders.bookings), time.perf_counter()
                with concurrent.futures.ThreadPoolExecutor(threads) as pool:
                    list(pool.map(riders.ask, share))
                spent = time.perf_counter() - begin
                print(f"  {name}, {text}: {len(riders.bookings) - before} of {len(share)} wishes booked (offers, hold, booking: each durable) in "
                      f"{spent:.2f} s: {(len(riders.bookings) - before) / spent:.0f} booked rides/s")
            for wish in wishes[200:1000]:
                if len(riders.bookings) >= RIDES:
                    break
                riders.ask(wish)
            api.latencies.clear()
            for wish in wishes[1000:]:
                try:
                    api.post("FindOffers", riders.tokens[0], "/offers:find", {"origin": wish.origin, "destination": wish.destination, "party": wish.party,
                             "when": {key: value.strftime("%Y-%m-%dT%H:%M:%SZ") for key, value in wish.when.items()}})
                except Problem:
                    pass
            offers = api.latencies["FindOffers"]
            print(f"  offers with {vehicles} vehicles and {len(riders.bookings)} rides on the day, over HTTP: p50 {1000 * percentile(offers, 0.5):.1f} ms, p99 {1000 * percentile(offers, 0.99):.1f} ms")
        finally:
            town.stop()
        print(f"  cold start to ready, fresh state: {cold:.2f} s · memory of the all-in-one with its Redis at rest: {rest:.0f} MiB")
        print(f"  reference: this disk takes {syncs:.0f} single fdatasyncs/s")


if __name__ == "__main__":
    main()
