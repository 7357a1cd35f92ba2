// What the service answers, as messages of the contract.
#pragma once

#include <string>

#include "buergerbus/domain/offer.h"
#include "buergerbus/service/queries.h"
#include "buergerbus/service/riders.h"
#include "stadtmesh/buergerbus/v1/resources.pb.h"

namespace stadtmesh::buergerbus {

v1::Ride Render(const RideView& view);
v1::Manifest Render(const TourView& view);
v1::TourShift Render(const Shift& shift);
v1::RiderCard Render(const RiderService::Card& card);
v1::Call Render(const CallView& view);
v1::CashSheet Render(const CashSheet& sheet);
v1::Refusal Render(const Refusal& refusal);

}  // namespace stadtmesh::buergerbus
