#include "dispatch/io/json_plan.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status.h"

namespace stadtmesh::dispatch::io {
namespace {

bool IsBenchmark(const Instance& instance) { return !instance.node_of_place.empty(); }

absl::StatusOr<int> IndexOf(const std::vector<std::string>& names, Json value,
                            absl::string_view path) {
  ASSIGN_OR_RETURN(const std::string name, Text(value, path));
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return At(path, absl::StrCat("unknown name '", name, "'"));
  return static_cast<int>(at - names.begin());
}

absl::StatusOr<Stop> ReadStop(const Instance& instance, Json value, const std::string& path) {
  std::optional<Stop> stop;
  int kinds = 0;
  RETURN_IF_ERROR(ForFields(
      value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
        kinds += name == "pickup" || name == "dropoff" || name == "break" ? 1 : 0;
        if (name == "pickup" || name == "dropoff") {
          ASSIGN_OR_RETURN(const int request, IndexOf(instance.request_names, v, at));
          stop = Stop{name == "pickup" ? StopKind::kPickup : StopKind::kDropoff, request};
        } else if (name == "break") {
          ASSIGN_OR_RETURN(const int index, Whole(v, at));
          stop = Stop{StopKind::kBreak, index};
        }
        return absl::OkStatus();
      }));
  if (kinds != 1) return At(path, "expected one of pickup, dropoff and break");
  return *stop;
}

// `listed`: the vehicles that have a route already.
absl::Status ReadNamedRoute(const Instance& instance, Json value, const std::string& path,
                            std::set<int>& listed, Plan& plan) {
  int vehicle = -1;
  Route route;
  RETURN_IF_ERROR(ForFields(
      value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
        if (name == "vehicle") {
          ASSIGN_OR_RETURN(vehicle, IndexOf(instance.vehicle_names, v, at));
        } else if (name == "stops") {
          return ForEach(v, at, [&](Json element, const std::string& where) -> absl::Status {
            ASSIGN_OR_RETURN(const Stop stop, ReadStop(instance, element, where));
            route.stops.push_back(stop);
            return absl::OkStatus();
          });
        }
        return absl::OkStatus();
      }));
  if (vehicle < 0) return At(path, "vehicle is missing");
  if (!listed.insert(vehicle).second) {
    return At(path,
              absl::StrCat("a second route of vehicle '", instance.vehicle_names[vehicle], "'"));
  }
  plan.routes[vehicle] = route;
  return absl::OkStatus();
}

// The stop that visits node `number` of the file.
absl::StatusOr<Stop> StopAt(const Instance& instance, int number, const std::string& path) {
  for (size_t r = 0; r < instance.problem.requests.size(); ++r) {
    const Request& request = instance.problem.requests[r];
    if (instance.node_of_place[request.pickup->place] == number)
      return Stop{StopKind::kPickup, static_cast<int>(r)};
    if (instance.node_of_place[request.dropoff->place] == number)
      return Stop{StopKind::kDropoff, static_cast<int>(r)};
  }
  return At(path, absl::StrCat("no node ", number));
}

absl::StatusOr<Plan> ReadNumbered(const Instance& instance, Json routes, absl::string_view path) {
  Plan plan;
  RETURN_IF_ERROR(ForEach(routes, path, [&](Json list, const std::string& at) -> absl::Status {
    plan.routes.emplace_back();
    return ForEach(list, at, [&](Json node, const std::string& where) -> absl::Status {
      ASSIGN_OR_RETURN(const int number, Whole(node, where));
      ASSIGN_OR_RETURN(const Stop stop, StopAt(instance, number, where));
      plan.routes.back().stops.push_back(stop);
      return absl::OkStatus();
    });
  }));
  if (plan.routes.size() > instance.problem.vehicles.size())
    return At(path, "more routes than vehicles");
  plan.routes.resize(instance.problem.vehicles.size());
  return plan;
}

std::string WriteStop(const Instance& instance, const Stop& stop, const StopTimes& times) {
  std::string what;
  if (stop.kind == StopKind::kBreak) {
    what = absl::StrCat("\"break\": ", stop.index);
  } else {
    what = absl::StrFormat("\"%s\": %s", stop.kind == StopKind::kPickup ? "pickup" : "dropoff",
                           Quote(instance.request_names[stop.index]));
  }
  return absl::StrFormat("{%s, \"arrival\": %.6f, \"begin\": %.6f, \"end\": %.6f}", what,
                         ToSeconds(times.arrival), ToSeconds(times.begin), ToSeconds(times.end));
}

}  // namespace

std::string Quote(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(&quoted, absl::StrFormat("\\u%04x", static_cast<int>(c)));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

absl::StatusOr<Plan> ReadPlan(const Instance& instance, Json routes, absl::string_view path) {
  if (IsBenchmark(instance)) return ReadNumbered(instance, routes, path);
  Plan plan;
  plan.routes.resize(instance.problem.vehicles.size());
  std::set<int> listed;
  RETURN_IF_ERROR(ForEach(routes, path, [&](Json route, const std::string& at) {
    return ReadNamedRoute(instance, route, at, listed, plan);
  }));
  return plan;
}

absl::StatusOr<Plan> ReadSolution(const Instance& instance, absl::string_view text) {
  simdjson::dom::parser parser;
  Json root, routes;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", simdjson::error_message(error)));
  }
  bool found = false;
  RETURN_IF_ERROR(ForFields(root, "", [&](absl::string_view name, Json value, const std::string&) {
    if (name == "routes") routes = value;
    found |= name == "routes";
    return absl::OkStatus();
  }));
  if (!found) return At("routes", "missing");
  return ReadPlan(instance, routes, "routes");
}

std::string WritePlan(const Instance& instance, const Plan& plan, const CheckReport& report) {
  std::vector<std::string> routes;
  for (size_t v = 0; v < plan.routes.size(); ++v) {
    std::vector<std::string> stops;
    for (size_t k = 0; k < plan.routes[v].stops.size(); ++k) {
      const Stop& stop = plan.routes[v].stops[k];
      if (IsBenchmark(instance)) {
        const Request& request = instance.problem.requests[stop.index];
        const Visit& visit = stop.kind == StopKind::kPickup ? *request.pickup : *request.dropoff;
        stops.push_back(absl::StrCat(instance.node_of_place[visit.place]));
      } else if (v < report.schedules.size()) {
        stops.push_back(WriteStop(instance, stop, report.schedules[v].stops[k]));
      }
    }
    if (stops.empty()) continue;
    const std::string list = absl::StrCat("[", absl::StrJoin(stops, ", "), "]");
    if (IsBenchmark(instance)) {
      routes.push_back(list);
    } else {
      routes.push_back(
          absl::StrFormat("{\"vehicle\": %s, \"start\": %.6f, \"end\": %.6f, \"stops\": %s}",
                          Quote(instance.vehicle_names[v]), ToSeconds(report.schedules[v].start),
                          ToSeconds(report.schedules[v].end), list));
    }
  }
  return absl::StrCat("[", absl::StrJoin(routes, ", "), "]");
}

}  // namespace stadtmesh::dispatch::io
