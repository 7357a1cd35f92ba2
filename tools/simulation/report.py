"""The figures of the day, and the judge: everything acknowledged is in the final state, no promise broken but by the broken bus."""
from .api import Problem
from .clock import parse, seconds
from .demand import metres
from .riders import Riders

FINAL = {"COMPLETED", "NO_SHOW", "CANCELLED", "EXPIRED"}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def print_latencies(api):
    print(f"\n  {'call':<16}{'calls':>7}{'p50 ms':>9}{'p99 ms':>9}")
    for name, values in sorted(api.latencies.items()):
        print(f"  {name:<16}{len(values):>7}{1000 * percentile(values, 0.5):>9.1f}{1000 * percentile(values, 0.99):>9.1f}")


def boarding_seconds(times, party):
    """How long the bus stands for a party, by the town's rules."""
    count = lambda what: party.get(what, 0)
    return (seconds(times["perHalt"]) + seconds(times["perPerson"]) * (count("people") - count("wheelchairs"))
            + seconds(times["perWheelchair"]) * count("wheelchairs") + seconds(times["perWalkerOrPram"]) * (count("walkers") + count("prams")))


def judge(api, riders, dispatcher, broken, end):
    """Reads every acknowledged ride again. Rides promised after `end` (an alternative on another day) are still to be driven. Returns
    (errors, statistics)."""
    errors, waits, stretches, kept, total = [], [], [], 0, 0
    times = api.get("GetService", None, "/service")["rules"]["boarding"]
    for booking in riders.bookings:
        for ride_id in booking.ride_ids:
            try:
                ride = api.get("GetRide", dispatcher, f"/rides/{ride_id}")
            except Problem as problem:
                errors.append(f"{ride_id} was acknowledged and is lost: {problem}")
                continue
            state = ride["state"]
            if ride_id in booking.cancelled:
                if state != "CANCELLED":
                    errors.append(f"{ride_id} was cancelled, and is {state}")
                continue
            if state == "NO_SHOW" and booking.wish.no_show:
                continue
            if state == "BOOKED" and parse(booking.promises[ride_id]["pickup"]["begin"]) > end:
                continue
            if state != "COMPLETED":
                if ride_id not in broken:
                    errors.append(f"{ride_id} was booked, and at the end of the day it is {state}")
                continue
            total += 1
            boarding = boarding_seconds(times, ride["party"])
            as_promised = Riders.kept(booking.promises[ride_id], ride, boarding)
            kept += as_promised
            if not as_promised and ride_id not in broken:
                errors.append(f"{ride_id} broke its promise: {booking.promises[ride_id]}, boarded {ride.get('boardedAt')}, alighted {ride.get('alightedAt')}")
            boarded, alighted = parse(ride["boardedAt"]), parse(ride["alightedAt"])
            waits.append((boarded - parse(booking.promises[ride_id]["pickup"]["begin"])).total_seconds() / 60)
            longest = seconds(booking.promises[ride_id]["longestRide"])
            stretches.append(((alighted - boarded).total_seconds() - boarding) / max(longest, 1))
    return errors, {"driven": total, "kept": kept, "waits": waits, "stretches": stretches}


def print_report(riders, drivers, statistics, broken, rides):
    wishes = rides
    booked = len(riders.bookings)
    cancelled = sum(len(booking.cancelled) for booking in riders.bookings)
    print(f"\n  wishes {wishes} · booked {booked} ({100 * booked / max(1, wishes - riders.expired):.1f} % accepted) · refused {len(riders.refused)} · "
          f"let the hold expire {riders.expired} · rides cancelled {cancelled}")
    print(f"  rides driven {statistics['driven']} · promises kept {statistics['kept']} ({100 * statistics['kept'] / max(1, statistics['driven']):.1f} %) · "
          f"touched by the broken bus {len(broken)}")
    waited = [seconds / 60 for driver in drivers for seconds in driver.waits]
    print(f"  did not come {len(waited)} · waited for them: median {percentile(waited, 0.5):.1f} min, least {min(waited, default=0):.1f} min")
    waits, stretches = statistics["waits"], statistics["stretches"]
    print(f"  boarding after the window opens: median {percentile(waits, 0.5):.1f} min, p95 {percentile(waits, 0.95):.1f} min")
    print(f"  ride time of the longest allowed: median {100 * percentile(stretches, 0.5):.0f} %, p95 {100 * percentile(stretches, 0.95):.0f} %")
    kilometres = sum(metres(a, b) for driver in drivers for a, b in zip(driver.halts, driver.halts[1:])) / 1000
    print(f"  driven from halt to halt, as the crow flies: {kilometres:.1f} km, {kilometres / max(1, statistics['driven']):.2f} km per ride")
    cash = sum(sheet.get("cashCents", 0) for driver in drivers for sheet in driver.cash_sheets)
    print(f"  cash sheets {sum(len(driver.cash_sheets) for driver in drivers)} · fares taken {cash / 100:.2f} €")
    reasons = {}
    for _, reason in riders.refused:
        reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        print("  refusals: " + ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1])))
