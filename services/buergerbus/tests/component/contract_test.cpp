// The contract and the domain say the same.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "buergerbus/domain/error.h"
#include "buergerbus/domain/events.h"
#include "buergerbus/events.h"
#include "buergerbus/records.h"
#include "buergerbus/tests/component/town.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/settings.h"
#include "buergerbus/wire/values.h"
#include "events/event_types.h"
#include "rpc/service.h"
#include "stadtmesh/auth/v1/authorisation.pb.h"
#include "stadtmesh/buergerbus/v1/events.pb.h"
#include "stadtmesh/buergerbus/v1/state.pb.h"
#include "stadtmesh/errors/v1/errors.pb.h"
#include "stadtmesh/events/v1/events.pb.h"

namespace stadtmesh::buergerbus {
namespace {

TEST(Contract, EveryReasonOfTheDomainHasTextsInBothLanguages) {
  for (int i = 0; i < kReasonCount; ++i) {
    const Reason reason = static_cast<Reason>(i);
    v1::Reason wire = v1::REASON_UNSPECIFIED;
    ASSERT_TRUE(v1::Reason_Parse(std::string(ReasonName(reason)), &wire)) << ReasonName(reason);
    EXPECT_EQ(FromWire(wire), reason);
  }
  const google::protobuf::EnumDescriptor* reasons = v1::Reason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const errors::v1::ReasonText& text =
        reasons->value(i)->options().GetExtension(errors::v1::reason);
    EXPECT_GE(text.http(), 400) << reasons->value(i)->name();
    EXPECT_FALSE(text.title().de().empty() || text.title().en().empty())
        << reasons->value(i)->name();
  }
}

// The HTTP status that a canonical code stands for; 0 for codes that no reason has.
int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kInternal:
      return 500;
    default:
      return 0;
  }
}

TEST(Contract, CodeAndHttpStatusOfAReasonSayTheSame) {
  for (int i = 1; i < v1::Reason_descriptor()->value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *v1::Reason_descriptor()->value(i);
    const std::optional<Reason> reason = FromWire(static_cast<v1::Reason>(value.number()));
    ASSERT_TRUE(reason) << value.name() << " is no reason of the domain";
    EXPECT_EQ(value.options().GetExtension(errors::v1::reason).http(),
              HttpStatusOf(ReasonCode(*reason)))
        << value.name();
  }
}

template <size_t I = 0>
void CheckEvents(std::set<std::string>& types) {
  if constexpr (I < std::variant_size_v<Event>) {
    std::variant_alternative_t<I, Event> fact{};
    if constexpr (requires { fact.facts; }) fact.facts.ride = RideId("ride-1");
    if constexpr (requires { fact.tour; })
      fact.tour = {VehicleId("bus-1"), absl::CivilDay(2025, 3, 3)};
    if constexpr (requires { fact.call; }) fact.call = CallId("call-1");
    if constexpr (requires { fact.card; }) fact.card = RiderCardId("card-1");
    if constexpr (requires { fact.vehicle; }) fact.vehicle = VehicleId("bus-1");
    if constexpr (requires { fact.stop; }) fact.stop = StopId("stop-1");
    const store::EmitOp emit = ToEmit(Event(fact), "event-1", absl::UnixEpoch(), "");
    EXPECT_EQ(emit.type, absl::StrCat("stadtmesh.buergerbus.", NameOf(Event(fact)), ".v1"));
    EXPECT_EQ(emit.aggregate, AggregateOf(Event(fact)));
    types.insert(emit.type);
    CheckEvents<I + 1>(types);
  }
}

TEST(Contract, EveryFactOfTheDomainIsAnEventOfTheContract) {
  const google::protobuf::FileDescriptor& file = *v1::RideBooked::descriptor()->file();
  ASSERT_TRUE(events::ValidateEvents(file).ok());
  std::set<std::string> types;
  CheckEvents(types);
  EXPECT_EQ(types.size(), static_cast<size_t>(file.message_type_count()));
}

// Who may call a method of the service, whatever they may see of it.
std::set<int> RolesOf(const std::string& method) {
  const google::protobuf::MethodDescriptor& described =
      *rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService")->FindMethodByName(method);
  const auto& authorisation = described.options().GetExtension(auth::v1::authorisation);
  std::set<int> roles;
  for (const auth::v1::Allow& allow : authorisation.allow())
    roles.insert(allow.roles().begin(), allow.roles().end());
  return roles;
}

TEST(Contract, WhoReadsTheBoardHearsWhatItShows) {
  const std::set<int> readers = RolesOf("GetBoard");
  const std::set<int> dispatchers = {auth::v1::DISPATCHER};
  const std::set<std::string> not_shown = {"FareWasTaken", "CashSheetClosed", "RiderCardSaved",
                                           "RiderCardErased"};
  const google::protobuf::FileDescriptor& file = *v1::RideBooked::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const google::protobuf::Descriptor& event = *file.message_type(i);
    std::set<int> listeners;
    for (const auto& channel :
         event.options().GetExtension(stadtmesh::events::v1::event).channels()) {
      if (channel.name() == "board")
        listeners.insert(channel.roles().begin(), channel.roles().end());
    }
    EXPECT_EQ(listeners, not_shown.count(event.name()) > 0 ? dispatchers : readers) << event.name();
  }
}

TEST(Records, SettingsComeBackAsTheyWere) {
  const Settings settings = MakeDemoSettings(TownStops(), Polygon());
  const absl::StatusOr<Settings> again = Decode<Settings>(Encode(settings, ""));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ToWire(*again).SerializeAsString(), ToWire(settings).SerializeAsString());
}

// An unknown field, as a newer version of the service would write it.
void AddUnknown(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(19'000,
                                                                              "from the future");
}
bool HasUnknown(const google::protobuf::Message& message) {
  return message.GetReflection()->GetUnknownFields(message).field_count() == 1;
}

TEST(Records, FieldsOfANewerVersionSurviveARewrite) {
  const TourId id{VehicleId("bus-1"), absl::CivilDay(2025, 3, 3)};
  Tour tour{.id = id, .layouts = {{8, 0, 0}}};
  tour.shifts.push_back({.id = ShiftId("early")});
  tour.assignments.push_back({.ride = RideId("ride-1")});
  tour.visits.push_back({.kind = VisitKind::kPickup, .ride = RideId("ride-1")});
  tour.visits.push_back({.kind = VisitKind::kDropoff, .ride = RideId("ride-1")});
  v1::TourRecord record;
  ASSERT_TRUE(record.ParseFromString(Encode(tour, "")));
  AddUnknown(record);
  AddUnknown(*record.mutable_visits(1));
  AddUnknown(*record.mutable_assignments(0));
  absl::StatusOr<Tour> read = Decode<Tour>(record.SerializeAsString());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, tour);
  std::swap(read->visits[0], read->visits[1]);  // moves, keeps what it was
  ASSERT_TRUE(record.ParseFromString(Encode(*read, record.SerializeAsString())));
  EXPECT_TRUE(HasUnknown(record));
  EXPECT_TRUE(HasUnknown(record.visits(0)));
  EXPECT_FALSE(HasUnknown(record.visits(1)));
  EXPECT_TRUE(HasUnknown(record.assignments(0)));
}

TEST(Records, SettingsOfANewerVersionSurviveAChange) {
  Settings settings = MakeDemoSettings(TownStops(), Polygon());
  v1::SettingsRecord record;
  ASSERT_TRUE(record.ParseFromString(Encode(settings, "")));
  AddUnknown(record);
  AddUnknown(*record.mutable_settings());
  AddUnknown(*record.mutable_settings()->mutable_rules());
  AddUnknown(*record.mutable_settings()->mutable_stops(1));
  AddUnknown(*record.mutable_settings()->mutable_hours()->mutable_rules(0));
  settings.stops.erase(settings.stops.begin());
  ASSERT_TRUE(record.ParseFromString(Encode(settings, record.SerializeAsString())));
  EXPECT_TRUE(HasUnknown(record));
  EXPECT_TRUE(HasUnknown(record.settings()));
  EXPECT_TRUE(HasUnknown(record.settings().rules()));
  EXPECT_TRUE(HasUnknown(record.settings().stops(0)));
  EXPECT_FALSE(HasUnknown(record.settings().stops(1)));
  EXPECT_TRUE(HasUnknown(record.settings().hours().rules(0)));
}

}  // namespace
}  // namespace stadtmesh::buergerbus
