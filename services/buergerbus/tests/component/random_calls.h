// A town in which people, dispatchers and drivers do whatever occurs to them: for tests of what
// must hold whatever they do.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "buergerbus/rpc/refusals.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {

// Calls at random, on objects that are there in every state.
class RandomCalls {
 public:
  explicit RandomCalls(unsigned seed) : random_(seed) {}

  void Run(int calls) {
    using Step = void (RandomCalls::*)();
    static constexpr Step kSteps[] = {
        &RandomCalls::Hold,        &RandomCalls::Hold,   &RandomCalls::BookHeld,
        &RandomCalls::BookHeld,    &RandomCalls::Change, &RandomCalls::OfRide,
        &RandomCalls::OfRide,      &RandomCalls::OfRide, &RandomCalls::Drive,
        &RandomCalls::Drive,       &RandomCalls::Drive,  &RandomCalls::OfShift,
        &RandomCalls::OfShift,     &RandomCalls::Cards,  &RandomCalls::Fleet,
        &RandomCalls::LetTimePass, &RandomCalls::Leave};
    for (int i = 0; i < calls; ++i) (this->*kSteps[Below(std::size(kSteps))])();
  }

  Town& town() { return town_; }
  // "CancelRide TOO_LATE_TO_CANCEL".
  const std::set<std::string>& seen() const { return seen_; }
  const std::set<std::string>& undeclared() const { return undeclared_; }

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Try(const Person& person, const std::string& method,
                               const Request& request) {
    absl::StatusOr<Response> response = town_.Call<Response>(person, method, request);
    const std::optional<ErrorInfo> info = GetErrorInfo(response.status());
    if (info && info->domain == kErrorDomain) {
      const std::string refusal = absl::StrCat(method, " ", info->reason);
      seen_.insert(refusal);
      if (!DeclaredRefusals(method).Allow(response.status())) undeclared_.insert(refusal);
    }
    return response;
  }

  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  bool OneIn(size_t times) { return Below(times) == 0; }
  // One of what is known, the latest more often; now and then something that is not there.
  std::string One(const std::vector<std::string>& known) {
    if (known.empty() || OneIn(25)) return "unknown";
    return known[OneIn(2) ? known.size() - 1 - Below(std::min<size_t>(5, known.size()))
                          : Below(known.size())];
  }
  Person OwnerOf(const std::string& object) const {
    const auto found = owners_.find(object);
    return found == owners_.end() ? Citizen() : found->second;
  }
  Person SomeCitizen() { return Citizen(absl::StrCat("citizen-", Below(6))); }
  Person SomeDriver() { return Driver(OneIn(6) ? "doris" : "dirk"); }
  std::string Vehicle() { return One({"bus-1", "bus-2"}); }

  // The best of each way; "" where there is none.
  std::pair<std::string, std::string> Offers(const Person& person, bool back,
                                             const std::string& replaces = "") {
    v1::FindOffersRequest wish = town_.Wish(absl::Minutes(61 + Below(120)));
    wish.set_replaces_ride_id(replaces);
    wish.mutable_destination()->set_stop_id(absl::StrCat("halt-", 1 + Below(2), Below(3)));
    if (back)
      wish.mutable_back()->mutable_depart_at()->set_seconds(
          wish.when().depart_at().seconds() + 3600 + 60 * static_cast<int64_t>(Below(60)));
    const auto found = Try<v1::FindOffersResponse>(person, "FindOffers", wish);
    if (!found.ok() || found->offers().empty()) return {};
    return {found->offers(0).offer_id(),
            found->back_offers().empty() ? "" : found->back_offers(0).offer_id()};
  }
  void Remember(const v1::Ride& ride, const Person& person) {
    owners_[ride.ride_id()] = owners_[ride.booking_id()] = person;
    rides_.push_back(ride.ride_id());
    bookings_.push_back(ride.booking_id());
    tours_.push_back(ride.tour_id());
  }

  void Hold() {
    v1::HoldRideRequest request;
    const Person person = SomeCitizen();
    const auto [out, back] = Offers(person, OneIn(3));
    request.set_offer_id(out);
    request.set_back_offer_id(back);
    const auto held = Try<v1::HoldRideResponse>(person, "HoldRide", request);
    for (int i = 0; held.ok() && i < held->rides_size(); ++i) Remember(held->rides(i), person);
    if (!OneIn(4)) Book(bookings_.empty() ? "none" : bookings_.back());  // else it expires
  }
  void BookHeld() { Book(One(bookings_)); }
  void Book(const std::string& booking) {
    v1::BookRideRequest request;
    request.set_booking_id(booking);
    (void)Try<v1::BookRideResponse>(OwnerOf(booking), "BookRide", request);
  }
  void Change() {
    v1::ChangeRideRequest request;
    request.set_ride_id(One(rides_));
    const Person person = OwnerOf(request.ride_id());
    request.set_offer_id(Offers(person, false, request.ride_id()).first);
    (void)Try<v1::ChangeRideResponse>(person, "ChangeRide", request);
  }

  void OfRide() {
    v1::CancelRideRequest cancel;
    cancel.set_ride_id(One(rides_));
    if (OneIn(4)) {
      (void)Try<v1::Ride>(OneIn(3) ? Dispatcher() : OwnerOf(cancel.ride_id()), "CancelRide",
                          cancel);
    } else {
      v1::MoveRideRequest move;
      move.set_ride_id(cancel.ride_id());
      move.set_vehicle_id(Vehicle());
      (void)Try<v1::Ride>(Dispatcher(), "MoveRide", move);
    }
  }

  // What the driver of a ride's tour may report, most often what comes next.
  void Drive() {
    const std::string ride = One(rides_), tour = One(tours_);
    const auto next = NextOf(tour);
    const std::string of = next && !OneIn(4) ? next->ride_id() : ride;
    switch (Below(8)) {
      case 0:
      case 1: {
        v1::ReportArrivalRequest request;
        request.set_tour_id(tour);
        request.set_ride_id(of.empty() ? "none" : of);
        request.set_kind(next && next->kind() == v1::DROPOFF ? v1::DROPOFF : v1::PICKUP);
        (void)Try<v1::Manifest>(SomeDriver(), "ReportArrival", request);
        return;
      }
      case 2:
      case 3:
        return OfDriver<v1::ReportBoardingRequest>("ReportBoarding", of);
      case 4:
        return OfDriver<v1::ReportAlightingRequest>("ReportAlighting", of);
      case 5:
        return OfDriver<v1::ReportNoShowRequest>("ReportNoShow", of);
      case 6: {
        v1::TakeBreakRequest request;
        request.set_tour_id(tour);
        (void)Try<v1::Manifest>(SomeDriver(), "TakeBreak", request);
        return;
      }
      default: {
        v1::TakeFareRequest request;
        request.set_ride_id(of.empty() ? "none" : of);
        request.set_payment(OneIn(3) ? v1::FREE : v1::CASH);
        request.set_amount_cents(OneIn(3) ? 1 : 0);
        (void)Try<v1::Ride>(SomeDriver(), "TakeFare", request);
      }
    }
  }
  std::optional<v1::Visit> NextOf(const std::string& tour) {
    const auto manifest = town_.GetManifest(Dispatcher(), tour);
    if (!manifest.ok()) return std::nullopt;
    for (const v1::Visit& visit : manifest->visits()) {
      if (!visit.done()) return visit;
    }
    return std::nullopt;
  }
  template <typename Request>
  void OfDriver(const std::string& method, const std::string& ride) {
    Request request;
    request.set_ride_id(ride.empty() ? "none" : ride);
    (void)Try<v1::Ride>(SomeDriver(), method, request);
  }

  void OfShift() {
    const std::string tour = OneIn(9) ? "bus-1_2031-01-05" : One(tours_);
    std::vector<std::string> shifts;
    if (const auto manifest = town_.GetManifest(Dispatcher(), tour); manifest.ok())
      for (const v1::TourShift& shift : manifest->shifts()) shifts.push_back(shift.shift_id());
    const std::string shift = One(shifts);
    const auto of = [&](auto request) {
      request.set_tour_id(tour);
      request.set_shift_id(shift);
      return request;
    };
    switch (Below(6)) {
      case 0:
        (void)Try<v1::CashSheet>(SomeDriver(), "EndShift", of(v1::EndShiftRequest()));
        return;
      case 1:
        (void)Try<v1::TourShift>(Dispatcher(), "AssignShift", of(v1::AssignShiftRequest()));
        return;
      case 2: {
        v1::ReportDelayRequest request;
        request.set_tour_id(tour);
        request.mutable_delay()->set_seconds(static_cast<int64_t>(Below(900)));
        (void)Try<v1::Manifest>(SomeDriver(), "ReportDelay", request);
        return;
      }
      case 3:
        (void)Try<v1::CashSheet>(Dispatcher(), "GetCashSheet", of(v1::GetCashSheetRequest()));
        return;
      default:
        (void)Try<v1::Manifest>(SomeDriver(), "StartShift", of(v1::StartShiftRequest()));
    }
  }

  void Cards() {
    const std::string phone = absl::StrCat("0259512345", Below(3));
    if (OneIn(3)) {
      v1::CreateRiderCardRequest request;
      request.mutable_card()->set_phone(phone);
      request.mutable_card()->set_consent(!OneIn(3));
      const auto made = Try<v1::RiderCard>(Dispatcher(), "CreateRiderCard", request);
      if (made.ok()) cards_.push_back(made->card_id());
    } else if (OneIn(3)) {
      v1::UpdateRiderCardRequest request;
      request.set_card_id(One(cards_));
      const auto card = town_.Call<v1::RiderCard>(Dispatcher(), "GetRiderCard", [&] {
        v1::GetRiderCardRequest get;
        get.set_card_id(request.card_id());
        return get;
      }());
      if (card.ok()) *request.mutable_card() = *card;
      request.mutable_card()->set_phone(phone);
      if (request.card().etag().empty()) request.mutable_card()->set_etag("none");
      (void)Try<v1::RiderCard>(Dispatcher(), "UpdateRiderCard", request);
    } else if (OneIn(3)) {
      v1::DeleteRiderCardRequest request;
      request.set_card_id(One(cards_));
      (void)Try<v1::DeleteRiderCardResponse>(Dispatcher(), "DeleteRiderCard", request);
    } else {
      v1::BookByPhoneRequest request;
      request.set_card_id(One(cards_));
      request.set_offer_id(Offers(Dispatcher(), false).first);
      const auto booked = Try<v1::BookByPhoneResponse>(Dispatcher(), "BookByPhone", request);
      if (booked.ok() && booked->rides_size() > 0) Remember(booked->rides(0), Dispatcher());
    }
  }

  void Fleet() {
    if (OneIn(4)) {
      v1::TakeVehicleOutRequest out;
      out.set_vehicle_id(Vehicle());
      (void)Try<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out);
    } else if (OneIn(2)) {
      v1::ReturnVehicleRequest back;
      back.set_vehicle_id(Vehicle());
      (void)Try<v1::ReturnVehicleResponse>(Dispatcher(), "ReturnVehicle", back);
    } else if (OneIn(3)) {
      v1::TickOffCallRequest call;
      call.set_call_id("unknown");
      (void)Try<v1::Call>(Dispatcher(), "TickOffCall", call);
    } else if (OneIn(2)) {
      v1::UnblockStopRequest open;
      open.set_stop_id(One({"halt-11", "halt-12"}));
      (void)Try<v1::UnblockStopResponse>(Dispatcher(), "UnblockStop", open);
    } else {
      v1::BlockStopRequest block;
      block.set_stop_id(One({"halt-11", "halt-12"}));
      block.mutable_span()->mutable_begin()->set_seconds(absl::ToUnixSeconds(town_.clock().Now()));
      block.mutable_span()->mutable_end()->set_seconds(
          absl::ToUnixSeconds(town_.clock().Now() + absl::Minutes(30)));
      (void)Try<v1::BlockStopResponse>(Dispatcher(), "BlockStop", block);
    }
  }

  // Everything of a person is forgotten.
  void Leave() {
    if (!OneIn(4)) return;
    v1::EraseSubjectRequest erase;
    erase.set_subject("me");
    (void)Try<v1::EraseSubjectResponse>(SomeCitizen(), "EraseSubject", erase);
  }

  void LetTimePass() {
    if (const auto next = NextOf(One(tours_)); next && OneIn(2)) {
      town_.clock().Set(std::max(town_.clock().Now(), TimeOf(next->begin())));
    } else {
      town_.clock().Advance(absl::Seconds(Below(300)));
    }
    town_.service().tasks().RunDue();
  }

  std::mt19937 random_;
  Town town_;
  std::vector<std::string> rides_, bookings_, tours_, cards_;
  std::map<std::string, Person> owners_;  // of rides and bookings
  std::set<std::string> seen_, undeclared_;
};

}  // namespace stadtmesh::buergerbus
