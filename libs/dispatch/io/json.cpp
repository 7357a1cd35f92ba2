// The own format (see README): everything the model knows, times in seconds.
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/json_plan.h"
#include "dispatch/io/json_travel.h"
#include "dispatch/io/json_value.h"

namespace stadtmesh::dispatch::io {
namespace {

// Takes a StatusOr into a field.
#define TAKE(target, expression)              \
  do {                                        \
    auto _value = (expression);               \
    if (!_value.ok()) return _value.status(); \
    target = *std::move(_value);              \
    return absl::OkStatus();                  \
  } while (false)

// Names of traits or skills, each a bit in the order of appearance.
class Bits {
 public:
  absl::StatusOr<uint64_t> Read(Json value, absl::string_view path) {
    uint64_t bits = 0;
    RETURN_IF_ERROR(ForEach(value, path, [&](Json element, const std::string& at) -> absl::Status {
      ASSIGN_OR_RETURN(const std::string name, Text(element, at));
      const auto bit = names_.emplace(name, names_.size()).first->second;
      if (bit >= 64) return At(at, "more than 64 different names");
      bits |= uint64_t{1} << bit;
      return absl::OkStatus();
    }));
    return bits;
  }

 private:
  std::map<std::string, size_t> names_;
};

absl::StatusOr<TimeWindow> Window(Json value, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::vector<double> bounds, Numbers(value, path));
  if (bounds.size() != 2 || bounds[0] > bounds[1])
    return At(path, "expected [earliest, latest] in seconds");
  TimeWindow window;
  if (std::abs(bounds[0]) > 1e9 || std::abs(bounds[1]) > 1e9) return At(path, "more than 31 years");
  window.earliest = std::llround(bounds[0] * 1e6);
  window.latest = std::llround(bounds[1] * 1e6);
  return window;
}

absl::StatusOr<Load> ReadLoad(Json value, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::vector<double> amounts, Numbers(value, path));
  if (amounts.size() > kDimensions)
    return At(path, absl::StrCat("at most ", kDimensions, " dimensions"));
  Load load{};
  for (size_t d = 0; d < amounts.size(); ++d) {
    if (amounts[d] < 0 || amounts[d] > 1e6 || amounts[d] != std::floor(amounts[d])) {
      return At(path, "loads are whole numbers from 0 to 1000000");
    }
    load[d] = static_cast<int32_t>(amounts[d]);
  }
  return load;
}

class JsonReader {
 public:
  absl::StatusOr<Instance> Read(Json root) {
    std::optional<Json> plan;
    RETURN_IF_ERROR(ForFields(
        root, "", [&](absl::string_view name, Json value, const std::string& path) -> absl::Status {
          if (name == "travel") TAKE(instance_.travel, ReadTravel(value, path));
          if (name == "weights") return ReadWeights(value, path);
          if (name == "vehicles")
            return ForEach(value, path,
                           [this](Json v, const std::string& at) { return AddVehicle(v, at); });
          if (name == "requests")
            return ForEach(value, path,
                           [this](Json v, const std::string& at) { return AddRequest(v, at); });
          if (name != "plan") return UnknownField();
          plan = value;
          return absl::OkStatus();
        }));
    if (instance_.travel == nullptr) return At("travel", "missing");
    instance_.problem.travel = instance_.travel.get();
    RETURN_IF_ERROR(Validate(instance_.problem));
    if (plan) {
      ASSIGN_OR_RETURN(instance_.plan, ReadPlan(instance_, *plan, "plan"));
    }
    return std::move(instance_);
  }

 private:
  absl::Status ReadWeights(Json value, absl::string_view path) {
    Weights& w = instance_.problem.weights;
    return ForFields(value, path,
                     [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
                       const std::map<absl::string_view, double*> fields = {
                           {"driven", &w.driven},           {"waiting", &w.waiting},
                           {"excess_ride", &w.excess_ride}, {"rider_wait", &w.rider_wait},
                           {"fairness", &w.fairness},       {"vehicle", &w.vehicle},
                           {"refused", &w.refused}};
                       const auto field = fields.find(name);
                       if (field == fields.end()) return UnknownField();
                       TAKE(*field->second, Number(v, at));
                     });
  }

  absl::Status AddVehicle(Json value, const std::string& path) {
    Vehicle vehicle;
    std::optional<Place> start;
    std::string label = absl::StrCat(instance_.vehicle_names.size());
    RETURN_IF_ERROR(ForFields(
        value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
          if (name == "name") TAKE(label, Text(v, at));
          if (name == "start") TAKE(start, Whole(v, at));
          if (name == "end") TAKE(vehicle.end, Whole(v, at));
          if (name == "shift") TAKE(vehicle.shift, Window(v, at));
          if (name == "tolerated_end") TAKE(vehicle.tolerated_end, Seconds(v, at));
          if (name == "tolerated_duration") TAKE(vehicle.tolerated_duration, Seconds(v, at));
          if (name == "max_duration") TAKE(vehicle.max_duration, Seconds(v, at));
          if (name == "skills") TAKE(vehicle.skills, skills_.Read(v, at));
          if (name == "progress") return ReadProgress(v, at, vehicle.progress.emplace());
          if (name == "configurations") {
            return ForEach(v, at, [&](Json load, const std::string& where) -> absl::Status {
              TAKE(vehicle.configurations.emplace_back(), ReadLoad(load, where));
            });
          }
          if (name != "breaks") return UnknownField();
          return ForEach(v, at, [&](Json pause, const std::string& where) {
            return AddBreak(pause, where, vehicle.breaks.emplace_back());
          });
        }));
    if (!start) return At(path, "has no start");
    vehicle.start = *start;
    if (vehicle.configurations.empty()) return At(path, "has no configurations");
    if (!vehicles_.insert(label).second) return Twice(path, label);
    instance_.problem.vehicles.push_back(vehicle);
    instance_.vehicle_names.push_back(label);
    return absl::OkStatus();
  }

  static absl::Status AddBreak(Json value, const std::string& path, Break& pause) {
    return ForFields(value, path,
                     [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
                       if (name == "window") TAKE(pause.window, Window(v, at));
                       if (name == "tolerated_latest") TAKE(pause.tolerated_latest, Seconds(v, at));
                       if (name == "duration") TAKE(pause.duration, Seconds(v, at));
                       return UnknownField();
                     });
  }

  static absl::Status ReadProgress(Json value, const std::string& path, Progress& progress) {
    std::optional<Place> place;
    RETURN_IF_ERROR(ForFields(
        value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
          if (name == "locked") TAKE(progress.locked, Whole(v, at));
          if (name == "place") TAKE(place, Whole(v, at));
          if (name == "ready") TAKE(progress.ready, Seconds(v, at));
          if (name == "started") TAKE(progress.started, Seconds(v, at));
          if (name != "begun") return UnknownField();
          return ForEach(v, at, [&](Json begin, const std::string& where) -> absl::Status {
            TAKE(progress.begun.emplace_back(), Seconds(begin, where));
          });
        }));
    if (!place) return At(path, "has no place");
    progress.place = *place;
    return absl::OkStatus();
  }

  static absl::Status ReadVisit(Json value, const std::string& path, Visit& visit) {
    std::optional<Place> place;
    RETURN_IF_ERROR(ForFields(
        value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
          if (name == "place") TAKE(place, Whole(v, at));
          if (name == "window") TAKE(visit.window, Window(v, at));
          if (name == "promise") TAKE(visit.promise, Window(v, at));
          if (name == "tolerated_latest") TAKE(visit.tolerated_latest, Seconds(v, at));
          if (name == "service") TAKE(visit.service, Seconds(v, at));
          return UnknownField();
        }));
    if (!place) return At(path, "has no place");
    visit.place = *place;
    return absl::OkStatus();
  }

  absl::Status AddRequest(Json value, const std::string& path) {
    Request request;
    std::string label = absl::StrCat(instance_.request_names.size());
    RETURN_IF_ERROR(ForFields(
        value, path, [&](absl::string_view name, Json v, const std::string& at) -> absl::Status {
          if (name == "name") TAKE(label, Text(v, at));
          if (name == "pickup") return ReadVisit(v, at, request.pickup.emplace());
          if (name == "dropoff") return ReadVisit(v, at, request.dropoff.emplace());
          if (name == "max_ride") TAKE(request.max_ride, Seconds(v, at));
          if (name == "tolerated_ride") TAKE(request.tolerated_ride, Seconds(v, at));
          if (name == "load") TAKE(request.load, ReadLoad(v, at));
          if (name == "traits") TAKE(request.traits, traits_.Read(v, at));
          if (name == "repels") TAKE(request.repels, traits_.Read(v, at));
          if (name == "skills") TAKE(request.skills, skills_.Read(v, at));
          if (name == "priority") TAKE(request.priority, Number(v, at));
          if (name != "mandatory") return UnknownField();
          if (v.get(request.mandatory) != simdjson::SUCCESS)
            return At(at, "expected true or false");
          return absl::OkStatus();
        }));
    if (!requests_.insert(label).second) return Twice(path, label);
    instance_.problem.requests.push_back(request);
    instance_.request_names.push_back(label);
    return absl::OkStatus();
  }

  // Plans and solutions go by these names.
  static absl::Status Twice(const std::string& path, const std::string& label) {
    return At(path,
              absl::StrCat("the name '", label,
                           "' is taken (without a name it is the number in the list, from 0)"));
  }

  Instance instance_;
  std::set<std::string> vehicles_, requests_;
  Bits traits_, skills_;
};

}  // namespace

absl::StatusOr<Instance> ReadJson(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // some editors begin files with this mark
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", simdjson::error_message(error)));
  }
  return JsonReader().Read(root);
}

}  // namespace stadtmesh::dispatch::io
