#include "buergerbus/service/queries.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/spans.h"

namespace stadtmesh::buergerbus {
namespace {

bool IsUnderway(const RideView& view, absl::Time now) {
  if (view.ride.state == RideState::kBoarded) return true;
  return view.ride.state == RideState::kBooked && view.expected_pickup &&
         *view.expected_pickup - now <= kPositionAhead;
}

void AddExpectedTimes(const RideOnTour& ride, absl::Time now, RideView& view) {
  if (!ride.tour || !ride.tour->value) return;
  const Tour& tour = *ride.tour->value;
  const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
  if (const int pickup = FindVisit(tour, VisitKind::kPickup, view.ride.id); pickup >= 0) {
    view.expected_pickup = expected[pickup].begin;
  }
  if (const int dropoff = FindVisit(tour, VisitKind::kDropoff, view.ride.id); dropoff >= 0) {
    view.expected_arrival = expected[dropoff].begin;
  }
}

template <typename T>
void Finish(const std::vector<store::Scored>& members, const PageRequest& request, Page<T>& page) {
  if (members.size() == request.size) page.next = members.back();
}

std::vector<RideId> RideIdsOf(const std::vector<store::Scored>& members) {
  std::vector<RideId> ids;
  for (const store::Scored& member : members) ids.emplace_back(member.member);
  return ids;
}

bool Drives(const Tour& tour, const std::string& driver) {
  return std::any_of(tour.shifts.begin(), tour.shifts.end(), [&](const Shift& shift) {
    return shift.driver.empty() || shift.driver.value() == driver;
  });
}

}  // namespace

absl::StatusOr<std::vector<std::optional<Contact>>> Queries::ContactsOf(
    const Query& query, const std::vector<const Ride*>& rides) {
  std::vector<std::string> contact_keys, card_keys;
  for (const Ride* ride : rides) {
    contact_keys.push_back(keys::Contact(ride->id));
    if (ride->customer.card) card_keys.push_back(keys::Card(*ride->customer.card));
  }
  ASSIGN_OR_RETURN(
      std::vector<Stored<Contact>> contacts,
      core_->repository.ReadAll<Contact>(query.tenant(), contact_keys, query.deadline));
  ASSIGN_OR_RETURN(const std::vector<Stored<RiderCard>> cards,
                   core_->repository.ReadAll<RiderCard>(query.tenant(), card_keys, query.deadline));
  std::vector<std::optional<Contact>> result;
  auto card = cards.begin();
  for (size_t i = 0; i < rides.size(); ++i) {
    result.push_back(std::move(contacts[i].value));
    if (!rides[i]->customer.card) continue;
    const std::optional<RiderCard>& value = (card++)->value;
    if (!value) continue;
    // What was said for this ride goes first, the card knows the rest.
    Contact& contact = result.back() ? *result.back() : result.back().emplace();
    if (contact.name.empty()) contact.name = value->name;
    if (contact.phone.empty()) contact.phone = value->phone;
    if (contact.note.empty()) contact.note = value->note;
  }
  return result;
}

absl::StatusOr<std::vector<RideView>> Queries::Complete(const Query& query,
                                                        std::vector<RideOnTour> rides) {
  std::vector<const Ride*> plain;
  std::vector<std::string> position_keys;
  for (const RideOnTour& ride : rides) {
    plain.push_back(&*ride.ride.value);
    if (ride.ride.value->tour)
      position_keys.push_back(keys::Position(ride.ride.value->tour->vehicle));
  }
  ASSIGN_OR_RETURN(std::vector<std::optional<Contact>> contacts, ContactsOf(query, plain));
  ASSIGN_OR_RETURN(
      const std::vector<Stored<Position>> positions,
      core_->repository.ReadAll<Position>(query.tenant(), position_keys, query.deadline));
  std::vector<RideView> views;
  auto position = positions.begin();
  for (size_t i = 0; i < rides.size(); ++i) {
    RideView view{.ride = *rides[i].ride.value, .contact = std::move(contacts[i])};
    AddExpectedTimes(rides[i], core_->clock->Now(), view);
    if (view.ride.tour) {
      const std::optional<Position>& seen = (position++)->value;
      if (seen && seen->tour == *view.ride.tour && IsUnderway(view, core_->clock->Now()))
        view.position = seen;
    }
    views.push_back(std::move(view));
  }
  return views;
}

absl::StatusOr<std::vector<RideView>> Queries::GetRides(const Query& query,
                                                        const std::vector<RideId>& ids) {
  ASSIGN_OR_RETURN(std::vector<auth::Guarded<RideOnTour>> found,
                   core_->repository.FindRides(query.tenant(), ids, query.deadline));
  std::vector<RideOnTour> rides;
  for (auth::Guarded<RideOnTour>& guarded : found) {
    if (absl::StatusOr<RideOnTour> ride = std::move(guarded).For(query.principal); ride.ok())
      rides.push_back(*std::move(ride));
  }
  return Complete(query, std::move(rides));
}

absl::StatusOr<RideView> Queries::GetRide(const Query& query, const RideId& id) {
  ASSIGN_OR_RETURN(std::vector<RideView> rides, GetRides(query, {id}));
  if (rides.empty()) return auth::ObjectNotFound();
  const RideView& ride = rides.front();
  if (ride.ride.customer.alias != query.principal.alias) {
    core_->logger->Info("personal_data_read",
                        {{"subject", query.principal.alias}, {"ride", id.value()}});
  }
  return std::move(rides.front());
}

absl::StatusOr<Page<RideView>> Queries::ListRidesOf(const Query& query, const std::string& customer,
                                                    bool open_only, const PageRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                   core_->repository.List(query.tenant(), indexes::RidesOf(customer), request.after,
                                          /*descending=*/true, request.size, query.deadline));
  Page<RideView> page;
  ASSIGN_OR_RETURN(std::vector<RideView> rides, GetRides(query, RideIdsOf(members)));
  for (RideView& ride : rides) {
    if (!open_only || !IsFinal(ride.ride.state)) page.items.push_back(std::move(ride));
  }
  Finish(members, request, page);
  return page;
}

absl::StatusOr<Page<RideView>> Queries::ListRidesOn(const Query& query, absl::CivilDay day,
                                                    const PageRequest& request) {
  core_->logger->Info("personal_data_read",
                      {{"subject", query.principal.alias}, {"rides_of_day", FormatDay(day)}});
  ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                   core_->repository.List(query.tenant(), indexes::RidesOn(day), request.after,
                                          /*descending=*/false, request.size, query.deadline));
  Page<RideView> page;
  ASSIGN_OR_RETURN(page.items, GetRides(query, RideIdsOf(members)));
  Finish(members, request, page);
  return page;
}

absl::StatusOr<TourView> Queries::GetManifest(const Query& query, const TourId& id) {
  const absl::StatusOr<SettingsCache::Entry> entry = core_->settings.Read(query);
  ASSIGN_OR_RETURN(auth::Guarded<Stored<Tour>> guarded,
                   entry.ok() ? core_->repository.FindOrOpenTour(query.tenant(), *entry->settings,
                                                                 id, query.deadline)
                              : core_->repository.FindTour(query.tenant(), id, query.deadline));
  ASSIGN_OR_RETURN(Stored<Tour> stored, std::move(guarded).For(query.principal));
  core_->logger->Info("personal_data_read",
                      {{"subject", query.principal.alias}, {"tour", id.ToString()}});
  TourView view{.tour = *stored.value,
                .out = RunningOrNext(stored.value->outages, core_->clock->Now()),
                .expected = ExpectedTimes(*stored.value, core_->clock->Now())};
  std::vector<std::string> ride_keys;
  for (const Visit& visit : view.tour.visits) {
    if (visit.kind == VisitKind::kPickup) ride_keys.push_back(keys::Ride(visit.ride));
  }
  ASSIGN_OR_RETURN(std::vector<Stored<Ride>> rides,
                   core_->repository.ReadAll<Ride>(query.tenant(), ride_keys, query.deadline));
  std::vector<RideOnTour> on_tour;
  for (Stored<Ride>& ride : rides) {
    if (ride.value) on_tour.push_back({std::move(ride), stored});
  }
  ASSIGN_OR_RETURN(view.rides, Complete(query, std::move(on_tour)));
  ASSIGN_OR_RETURN(
      const Stored<Position> position,
      core_->repository.Read<Position>(query.tenant(), keys::Position(id.vehicle), query.deadline));
  if (position.value && position.value->tour == id) view.position = position.value;
  if (entry.ok()) {
    if (const Vehicle* vehicle = FindVehicle(*entry->settings, id.vehicle))
      view.vehicle_name = vehicle->name;
    AddWaiting(*entry->settings, view);
  }
  return view;
}

// Where planning has no answer, the rules alone say how long to wait, as TourService::ReportNoShow
// does.
void Queries::AddWaiting(const Settings& settings, TourView& view) {
  const Tour& tour = view.tour;
  const PlanningDay day{.day = tour.id.day, .tours = {tour}};
  const auto leave_by = core_->planner->LeaveBy(settings, day, tour.id, core_->clock->Now());
  for (const RideView& ride : view.rides) {
    const int visit = FindVisit(tour, VisitKind::kPickup, ride.ride.id);
    if (visit < tour.executed) continue;
    Waiting& waiting = view.waiting[ride.ride.id];
    if (leave_by.ok()) {
      const auto latest = leave_by->find(ride.ride.id);
      if (latest != leave_by->end()) waiting.leave_by = latest->second;
    }
    const absl::Time arrived = tour.visits[visit].arrived_at.value_or(view.expected[visit].arrival);
    waiting.no_show_from = NoShowFrom(ride.ride, settings.rules, arrived,
                                      waiting.leave_by.value_or(absl::InfiniteFuture()));
  }
}

absl::StatusOr<std::vector<TourView>> Queries::ListTours(const Query& query, absl::CivilDay day,
                                                         const std::string& driver) {
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, core_->settings.Read(query));
  ASSIGN_OR_RETURN(Day read,
                   core_->repository.ReadDay(query.tenant(), *entry.settings, day, query.deadline));
  std::vector<TourView> tours;
  for (Stored<Tour>& tour : read.tours) {
    if (!Drives(*tour.value, driver)) continue;
    const Vehicle* vehicle = FindVehicle(*entry.settings, tour.value->id.vehicle);
    const std::optional<TimeWindow> out = RunningOrNext(tour.value->outages, core_->clock->Now());
    tours.push_back({.tour = *std::move(tour.value),
                     .out = out,
                     .vehicle_name = vehicle == nullptr ? "" : vehicle->name});
  }
  return tours;
}

absl::StatusOr<CashSheet> Queries::GetCashSheet(const Query& query, const TourId& id,
                                                const ShiftId& shift) {
  ASSIGN_OR_RETURN(auth::Guarded<Stored<Tour>> guarded,
                   core_->repository.FindTour(query.tenant(), id, query.deadline));
  ASSIGN_OR_RETURN(const Stored<Tour> tour, std::move(guarded).For(query.principal));
  ASSIGN_OR_RETURN(
      const Stored<CashSheet> sheet,
      core_->repository.Read<CashSheet>(query.tenant(), keys::Cash(id, shift), query.deadline));
  if (sheet.value) return *sheet.value;
  for (const Shift& each : tour.value->shifts) {
    if (each.id == shift) return CashSheet{.tour = id, .shift = shift, .driver = each.driver};
  }
  return Refuse(Reason::kCashSheetNotFound);
}

absl::StatusOr<Page<CallView>> Queries::ListCalls(const Query& query, bool done,
                                                  const PageRequest& request) {
  core_->logger->Info("personal_data_read",
                      {{"subject", query.principal.alias}, {"list", "calls"}});
  const absl::string_view index = done ? indexes::kDoneCalls : indexes::kOpenCalls;
  ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                   core_->repository.List(query.tenant(), index, request.after,
                                          /*descending=*/false, request.size, query.deadline));
  std::vector<std::string> call_keys;
  for (const store::Scored& member : members)
    call_keys.push_back(keys::Call(CallId(member.member)));
  ASSIGN_OR_RETURN(std::vector<Stored<Call>> calls,
                   core_->repository.ReadAll<Call>(query.tenant(), call_keys, query.deadline));
  std::vector<std::string> ride_keys;
  for (const Stored<Call>& call : calls) {
    if (call.value) ride_keys.push_back(keys::Ride(call.value->ride));
  }
  ASSIGN_OR_RETURN(const std::vector<Stored<Ride>> rides,
                   core_->repository.ReadAll<Ride>(query.tenant(), ride_keys, query.deadline));
  Page<CallView> page;
  std::vector<const Ride*> with_ride;
  auto ride = rides.begin();
  for (Stored<Call>& call : calls) {
    if (!call.value) continue;
    const std::optional<Ride>& value = (ride++)->value;
    if (!value) continue;  // erased meanwhile
    page.items.push_back({.call = *std::move(call.value)});
    with_ride.push_back(&*value);
  }
  ASSIGN_OR_RETURN(std::vector<std::optional<Contact>> contacts, ContactsOf(query, with_ride));
  for (size_t i = 0; i < contacts.size(); ++i) page.items[i].contact = std::move(contacts[i]);
  Finish(members, request, page);
  return page;
}

absl::StatusOr<CallView> Queries::GetCall(const Query& query, const CallId& id) {
  ASSIGN_OR_RETURN(Stored<Call> call,
                   core_->repository.Read<Call>(query.tenant(), keys::Call(id), query.deadline));
  if (!call.value) return Refuse(Reason::kCallNotFound);
  return CallView{.call = *std::move(call.value)};
}

absl::StatusOr<int64_t> Queries::CountOpenCalls(const Query& query) {
  return core_->repository.store().IndexCount(Repository::ScopeOf(query.tenant()),
                                              indexes::kOpenCalls, query.deadline);
}

absl::StatusOr<std::vector<StopBlock>> Queries::ListClosures(const Query& query) {
  ASSIGN_OR_RETURN(std::vector<StopBlock> closures,
                   core_->repository.ReadStopBlocks(query.tenant(), query.deadline));
  std::erase_if(closures, [now = core_->clock->Now()](const StopBlock& closure) {
    return closure.span.end <= now;
  });
  std::sort(closures.begin(), closures.end(), [](const StopBlock& a, const StopBlock& b) {
    return std::tie(a.span.begin, a.stop) < std::tie(b.span.begin, b.stop);
  });
  return closures;
}

absl::StatusOr<Page<std::string>> Queries::ListToursOf(const Query& query,
                                                       const std::string& driver,
                                                       const PageRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                   core_->repository.List(query.tenant(), indexes::ToursOf(driver), request.after,
                                          /*descending=*/true, request.size, query.deadline));
  Page<std::string> page;
  for (const store::Scored& member : members) page.items.push_back(member.member);
  Finish(members, request, page);
  return page;
}

}  // namespace stadtmesh::buergerbus
