#!/usr/bin/env python3
"""Compares stadtmesh-dispatch with VROOM on the Li and Lim instances, each instance in VROOM's own time.

    pip install pyvroom numpy
    tools/dispatch/vroom_compare.py build/release/bin/stadtmesh-dispatch [--data ../shared/data] [--only NAME] [--threads 2]

VROOM runs with exploration level 5. Distances count a thousandfold as whole numbers, as in vroom-scripts; a vehicle costs more than any
distance, so fewest vehicles come first for both. Prints one line per instance and the sums.
"""
import argparse
import csv
import json
import math
import pathlib
import subprocess
import time

import numpy
import vroom

SCALE = 1000


def read(path):
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    return int(rows[0][0]), int(rows[0][1]), rows[1:]


def solve_by_vroom(path, threads):
    """Vehicles, exact distance and seconds."""
    vehicles, capacity, tasks = read(path)
    problem = vroom.Input()
    scaled = [[round(SCALE * math.dist(a[1:3], b[1:3])) for b in tasks] for a in tasks]
    problem.set_durations_matrix(profile="car", matrix_input=numpy.array(scaled, dtype=numpy.uint32))
    depot = tasks[0]
    window = vroom.TimeWindow(int(depot[4]) * SCALE, int(depot[5]) * SCALE)
    for k in range(vehicles):
        problem.add_vehicle(vroom.Vehicle(k + 1, start=0, end=0, capacity=[capacity], time_window=window,
                                          costs=vroom.VehicleCosts(fixed=10_000 * SCALE)))
    for task in tasks[1:]:
        if task[8] == 0:
            continue
        ends = []
        for end in (task, tasks[int(task[8])]):
            windows = [vroom.TimeWindow(int(end[4]) * SCALE, int(end[5]) * SCALE)]
            ends.append(vroom.ShipmentStep(int(end[0]), int(end[0]), default_service=int(end[6]) * SCALE, time_windows=windows))
        problem.add_shipment(ends[0], ends[1], amount=vroom.Amount([int(task[3])]))
    start = time.monotonic()
    solution = problem.solve(exploration_level=5, nb_threads=threads)
    seconds = time.monotonic() - start
    if solution.summary.unassigned:
        return None, None, seconds
    distance, used = 0.0, 0
    for _, route in solution.routes.groupby("vehicle_id"):
        places = [int(p) for p in route["location_index"]]
        used += 1
        distance += sum(math.dist(tasks[a][1:3], tasks[b][1:3]) for a, b in zip(places, places[1:]))
    return used, distance, seconds


def solve_by_us(program, path, seconds, threads, seed):
    command = [program, "solve", str(path), "--format", "pdptw", "--seconds", f"{seconds:.3f}", "--threads", str(threads),
               "--seed", str(seed)]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    return (answer["vehicles"], answer["cost"]) if answer["feasible"] else (None, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = pathlib.Path(options.data) / "pdptw"
    best = {row["instance"]: (int(row["routes"]), float(row["best_cost"])) for row in csv.DictReader(open(folder / "best_known.csv"))}
    sums = {"vroom": [0, [], 0.0], "stadtmesh": [0, [], 0.0]}
    behind = []
    for name, (routes, cost) in sorted(best.items()):
        if options.only not in name:
            continue
        path = folder / "li_lim_100" / f"{name}.txt"
        used, distance, seconds = solve_by_vroom(path, options.threads)
        ours = solve_by_us(options.program, path, seconds, options.threads, options.seed)
        line = f"{name:8} {seconds:6.2f} s"
        for who, (vehicles, length) in (("vroom", (used, distance)), ("stadtmesh", ours)):
            sums[who][2] += seconds
            if vehicles == routes:
                sums[who][0] += 1
                sums[who][1].append(100 * (length / cost - 1))
                line += f"  {who} {vehicles} vehicles {sums[who][1][-1]:+.2f} %"
            else:
                line += f"  {who} {vehicles} vehicles (best known {routes})"
        if ours[0] is None or (used is not None and ours[0] > used):
            behind.append(name)
        print(line, flush=True)
    for who, (same, gaps, seconds) in sums.items():
        print(f"{who}: best known vehicles on {same}, mean gap there {sum(gaps) / max(1, len(gaps)):.3f} %, {seconds:.1f} s in all")
    print("more vehicles than VROOM on:", ", ".join(behind) or "none")


if __name__ == "__main__":
    main()
