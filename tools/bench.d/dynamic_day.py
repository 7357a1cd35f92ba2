"""A day in town as it comes, through the whole service: driven with and without the background improver, same wishes, same buses.

With the improver the simulated clock is held to PACE times real time while buses drive (see tools/simulate --pace)."""
import argparse
import datetime
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
from simulation.clock import at  # noqa: E402
from simulation.demand import metres  # noqa: E402
from simulation.report import judge  # noqa: E402
from simulation.town import Town  # noqa: E402

DAY = datetime.date(2026, 11, 24)


def simulate_module():
    loader = importlib.machinery.SourceFileLoader("simulate", str(ROOT / "tools/simulate"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("simulate", loader))
    loader.exec_module(module)
    return module


def drive(options, improver, osm, folder):
    pace = options.pace if improver == "on" else 0
    settings = argparse.Namespace(seed=options.seed, rides=options.rides, apps=16, no_shows=0.0, break_at=-1.0, pace=pace)
    town = Town(f"{options.build}/bin/stadtmesh", f"{folder}/{improver}", osm, at(DAY - datetime.timedelta(days=1), 8),
                {"IMPROVER": improver, "IMPROVER_SEARCH": "200ms", "IMPROVER_PAUSE": "50ms"})
    try:
        day = simulate_module().Day(town, settings, DAY)
        day.run()
        errors, statistics = judge(day.api, day.riders, day.staff["dispatcher"], day.broken, at(DAY, 28))
    finally:
        town.stop()
    for error in errors:
        print(f"✗ {error}")
    kilometres = sum(metres(a, b) for driver in day.drivers for a, b in zip(driver.halts, driver.halts[1:])) / 1000
    return len(day.riders.bookings), statistics, kilometres, len(errors)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build/release"), help="build folder")
    parser.add_argument("--map", help="OpenStreetMap extract (default: Musterstadt)")
    parser.add_argument("--rides", type=int, default=300, help="wishes (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=750, help="times real time (default 750)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stadtmesh-dynamic-day-") as folder:
        osm = options.map
        if not osm:
            osm = f"{folder}/musterstadt.osm"
            with open(osm, "wb") as out:
                subprocess.run([f"{options.build}/bin/stadtmesh-make-town"], check=True, stdout=out)
        alone, broken = None, 0
        for improver in ("off", "on"):
            booked, statistics, kilometres, errors = drive(options, improver, osm, folder)
            alone = alone or (booked, kilometres)
            broken += errors
            print(f"  improver {improver:<4} booked {booked} of {options.rides} ({100 * (booked / alone[0] - 1):+.1f} %) · driven from halt to halt, as the crow "
                  f"flies: {kilometres:.1f} km ({100 * (kilometres / alone[1] - 1):+.1f} %) · promises kept {statistics['kept']} of {statistics['driven']}", flush=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
