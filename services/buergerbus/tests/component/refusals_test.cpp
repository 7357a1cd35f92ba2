// With which reasons calls are refused, and that the contract says so: whatever people and drivers
// try at whatever moment.
#include "buergerbus/rpc/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "buergerbus/tests/component/random_calls.h"
#include "stadtmesh/errors/v1/refusals.pb.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const google::protobuf::ServiceDescriptor& BuergerbusContract() {
  return *rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService");
}

TEST(Refusals, NothingThatPeopleTryIsRefusedForAReasonThatTheContractDoesNotDeclare) {
  std::set<std::string> seen;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    RandomCalls calls(seed);
    calls.Run(600);
    EXPECT_THAT(calls.undeclared(), SizeIs(0)) << "seed " << seed;
    seen.insert(calls.seen().begin(), calls.seen().end());
  }
  EXPECT_GE(seen.size(), 40u) << "too little was tried";
}

TEST(Refusals, EveryMethodThatChangesSomethingDeclaresItsOwn) {
  std::vector<std::string> without;
  for (int i = 0; i < BuergerbusContract().method_count(); ++i) {
    const auto& method = *BuergerbusContract().method(i);
    if (method.options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS)
      continue;
    std::set<std::string> once;
    const int declared = method.options().ExtensionSize(errors::v1::refusals);
    for (int k = 0; k < declared; ++k) {
      const std::string& reason = method.options().GetExtension(errors::v1::refusals, k);
      EXPECT_NE(v1::Reason_descriptor()->FindValueByName(reason), nullptr) << reason;
      EXPECT_TRUE(once.insert(reason).second) << method.name() << " " << reason;
    }
    if (declared == 0) without.push_back(method.name());
  }
  EXPECT_THAT(without, ElementsAre("ReportPosition"));  // it is refused for nothing of the domain
}

TEST(Refusals, AnUndeclaredOneIsSeen) {
  EXPECT_TRUE(DeclaredRefusals("CancelRide").Allow(absl::OkStatus()));
  EXPECT_TRUE(DeclaredRefusals("CancelRide").Allow(Refuse(Reason::kTooLateToCancel)));
  EXPECT_TRUE(DeclaredRefusals("CancelRide").Allow(InvalidField("x", FieldReason::kRequired)));
  EXPECT_FALSE(DeclaredRefusals("CancelRide").Allow(Refuse(Reason::kVehicleUnknown)));
  EXPECT_FALSE(DeclaredRefusals("ReportPosition").Allow(Refuse(Reason::kVehicleUnknown)));
}

}  // namespace
}  // namespace stadtmesh::buergerbus
