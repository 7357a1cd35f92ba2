// What everybody may ask: the service, its stops, places, offers.
#include <algorithm>
#include <set>

#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/settings.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kLongestForesight = absl::Hours(24 * 400);  // beyond: surely a mistake

absl::StatusOr<v1::GetServiceResponse> HandleGetService(Api& api, const rpc::Call& call,
                                                        const v1::GetServiceRequest&) {
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry,
                   api.services.core.settings.Read(QueryOf(call)));
  const Settings& settings = *entry.settings;
  v1::GetServiceResponse response;
  response.set_name(settings.name);
  response.set_phone(settings.phone);
  for (const LatLon& point : settings.area.ring()) *response.add_area() = ToWire(point);
  *response.mutable_hours() = ToWire(settings.hours);
  *response.mutable_calendar() = ToWire(settings.calendar);
  *response.mutable_rules() = ToWire(settings.rules);
  for (const FareCategory& fare : settings.fares) *response.add_fares() = ToWire(fare);
  const absl::Time now = api.services.core.clock->Now();
  for (const TimeWindow& open : OpenToday(settings.hours, settings.calendar, now))
    *response.add_open_today() = ToWire(open);
  return response;
}

absl::StatusOr<v1::ListStopsResponse> HandleListStops(Api& api, const rpc::Call& call,
                                                      const v1::ListStopsRequest& request) {
  Problems problems;
  const PageRequest page =
      ReadPage(call, "stops", request.page_size(), request.page_token(), 100, 500, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry,
                   api.services.core.settings.Read(QueryOf(call)));
  std::vector<const Stop*> stops;
  for (const Stop& stop : entry.settings->stops) {
    if (!page.after || page.after->member < stop.id.value()) stops.push_back(&stop);
  }
  std::sort(stops.begin(), stops.end(), [](const Stop* a, const Stop* b) { return a->id < b->id; });
  ASSIGN_OR_RETURN(const std::vector<StopBlock> closures,
                   api.services.queries.ListClosures(QueryOf(call)));
  v1::ListStopsResponse response;
  std::set<StopId> listed;
  for (size_t i = 0; i < std::min(stops.size(), page.size); ++i) {
    *response.add_stops() = ToWire(*stops[i]);
    listed.insert(stops[i]->id);
  }
  if (stops.size() > page.size) {
    response.set_next_page_token(
        MakePageToken(call, "stops", store::Scored{stops[page.size - 1]->id.value(), 0}));
  }
  for (const StopBlock& closure : closures) {
    if (listed.count(closure.stop) == 0) continue;
    v1::StopClosure& added = *response.add_closures();
    added.set_stop_id(closure.stop.value());
    *added.mutable_span() = ToWire(closure.span);
  }
  return response;
}

absl::StatusOr<v1::SearchPlacesResponse> HandleSearchPlaces(
    Api& api, const rpc::Call& call, const v1::SearchPlacesRequest& request) {
  Problems problems;
  std::optional<LatLon> near;
  if (request.has_near()) near = TypedLocation("near", request.near(), problems);
  const int limit = request.maximum_results() == 0 ? 10 : request.maximum_results();
  if (limit < 1 || limit > 20) problems.Add("maximum_results", FieldReason::kOutOfRange, "1..20");
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const std::vector<FoundPlace> found,
                   api.services.places.Find(QueryOf(call), request.text(), near, limit));
  v1::SearchPlacesResponse response;
  for (const FoundPlace& place : found) {
    v1::SearchPlacesResponse::Result& result = *response.add_results();
    *result.mutable_place() = ToWire(place.place);
    result.set_in_area(place.in_area);
  }
  return response;
}

// Plans know whole seconds: not before the one, not after the other.
absl::Time WholeSeconds(absl::Time time, TimeKind kind) {
  const absl::Time before = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  return kind == TimeKind::kArriveBy || before == time ? before : before + absl::Seconds(1);
}

void ReadWhen(absl::string_view field, const v1::When& when, absl::Time now, TripRequest& request,
              Problems& problems) {
  if (!when.has_depart_at() && !when.has_arrive_by()) {
    problems.Add(field, FieldReason::kRequired);  // one of both: neither is at fault
    return;
  }
  if (when.has_depart_at() && when.has_arrive_by()) {
    problems.Add(Join(field, "depart_at"), FieldReason::kConflict, Join(field, "arrive_by"));
    return;
  }
  request.kind = when.has_depart_at() ? TimeKind::kDepartAt : TimeKind::kArriveBy;
  const std::string at = Join(field, when.has_depart_at() ? "depart_at" : "arrive_by");
  Problems form;
  request.time = FromWire(at, when.has_depart_at() ? when.depart_at() : when.arrive_by(), form);
  request.time = WholeSeconds(request.time, request.kind);
  if (!form.empty()) {
    problems.Add(std::move(form).Take());
  } else if (request.time < now) {
    problems.Add(at, FieldReason::kInPast);
  } else if (request.time > now + kLongestForesight) {
    problems.Add(at, FieldReason::kTooFarAhead, FormatDay(BerlinDay(now + kLongestForesight)));
  }
}

void RequirePlace(absl::string_view field, bool present, const v1::Place& wire, Place& place,
                  Problems& problems) {
  if (!present) {
    problems.Add(field, FieldReason::kRequired);
  } else {
    place = TypedPlace(field, wire, problems);
  }
}

absl::StatusOr<v1::FindOffersResponse> HandleFindOffers(Api& api, const rpc::Call& call,
                                                        const v1::FindOffersRequest& request) {
  Problems problems;
  const bool dispatcher = call.principal.Has(auth::Role::kDispatcher);
  TripRequest there{.booked_by = dispatcher ? Actor::kDispatcher : Actor::kCitizen};
  RequirePlace("origin", request.has_origin(), request.origin(), there.trip.origin, problems);
  RequirePlace("destination", request.has_destination(), request.destination(),
               there.trip.destination, problems);
  if (!request.has_party()) problems.Add("party", FieldReason::kRequired);
  if (request.has_party()) there.trip.party = FromWire("party", request.party(), problems);
  there.trip.fares = FromWire("fares", request.fares(), problems);
  const absl::Time now = api.services.core.clock->Now();
  ReadWhen("when", request.when(), now, there, problems);
  TripRequest back = there;
  std::swap(back.trip.origin, back.trip.destination);
  if (request.has_back()) ReadWhen("back", request.back(), now, back, problems);
  std::optional<RideId> replaces;
  if (!request.replaces_ride_id().empty()) {
    replaces = RideId(problems.RequiredId("replaces_ride_id", request.replaces_ride_id()));
  }
  RETURN_IF_ERROR(std::move(problems).Take());

  v1::FindOffersResponse response;
  absl::StatusOr<OffersView> found = RenderOffers(api, call, there, replaces);
  if (!found.ok()) return NameFareCounts("fares", found.status(), request.fares());
  OffersView& view = *found;
  Append(std::move(view.offers), *response.mutable_offers());
  if (view.refusal) *response.mutable_refusal() = *std::move(view.refusal);
  Append(std::move(view.alternatives), *response.mutable_alternatives());
  Append(std::move(view.nearby_stops), *response.mutable_nearby_stops());
  if (!request.has_back()) return response;
  if (view.first) {
    ASSIGN_OR_RETURN(const SettingsCache::Entry entry,
                     api.services.core.settings.Read(QueryOf(call)));
    back.not_before = EarliestReturn(entry.settings->rules, *view.first);
  }
  ASSIGN_OR_RETURN(view, RenderOffers(api, call, back, std::nullopt));
  Append(std::move(view.offers), *response.mutable_back_offers());
  if (view.refusal) *response.mutable_back_refusal() = *std::move(view.refusal);
  Append(std::move(view.alternatives), *response.mutable_back_alternatives());
  return response;
}

}  // namespace

void AddPublicMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "GetService", api, HandleGetService);
  Add(builder, "ListStops", api, HandleListStops);
  Add(builder, "SearchPlaces", api, HandleSearchPlaces);
  Add(builder, "FindOffers", api, HandleFindOffers);
}

}  // namespace stadtmesh::buergerbus
