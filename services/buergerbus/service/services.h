// All use cases of the service, over one core.
#pragma once

#include "buergerbus/service/calls.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/day_review.h"
#include "buergerbus/service/fleet.h"
#include "buergerbus/service/lateness.h"
#include "buergerbus/service/offers.h"
#include "buergerbus/service/places.h"
#include "buergerbus/service/privacy.h"
#include "buergerbus/service/queries.h"
#include "buergerbus/service/reminders.h"
#include "buergerbus/service/retention.h"
#include "buergerbus/service/riders.h"
#include "buergerbus/service/rides.h"
#include "buergerbus/service/settings.h"
#include "buergerbus/service/stops.h"
#include "buergerbus/service/tours.h"

namespace stadtmesh::buergerbus {

// Thread-safe. What is passed in outlives it; `addresses` may be null.
struct Services {
  Services(store::Store* store, const Planner* planner, const search::Geocoder* addresses,
           const Clock* clock, IdSource* ids, obs::Logger* logger, obs::Metrics* metrics)
      : core(store, planner, clock, ids, logger, metrics), places(&core, addresses) {}

  Core core;
  OfferService offers{&core};
  RideService rides{&core};
  TourService tours{&core};
  DayReview review{&core};
  FleetService fleet{&core, &review};
  StopService stops{&core, &review};
  RiderService riders{&core};
  CallService calls{&core};
  LatenessWatch lateness{&core};
  SettingsService settings{&core};
  PrivacyService privacy{&core, &settings};
  RetentionService retention{&core, &privacy};
  ReminderService reminders{&core};
  Queries queries{&core};
  PlaceSearch places;
};

}  // namespace stadtmesh::buergerbus
