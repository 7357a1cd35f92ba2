// What people find who type where they want to go.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "buergerbus/tests/component/town.h"
#include "search/geocoder.h"

namespace stadtmesh::buergerbus {
namespace {

search::Entry InDorfstrasse(const std::string& number, const std::string& city,
                            const LatLon& location) {
  return {.kind = search::EntryKind::kAddress,
          .name = "Dorfstraße",
          .house_number = number,
          .city = city,
          .location = location};
}

// However well what lies outside matches, and however much of it there is: nobody is driven there.
TEST(PlaceSearch, WhatIsServedComesFirst) {
  Town town;
  std::vector<search::Entry> entries = {InDorfstrasse("5a", "Musterstadt", {51.91, 7.31})};
  for (int i = 0; i < 60; ++i)
    entries.push_back(InDorfstrasse("5", absl::StrCat("Fernheim ", i), {53, 7 + 0.01 * i}));
  const auto addresses = search::Geocoder::Build(std::move(entries));
  PlaceSearch places(&town.service().services().core, addresses.get());
  const auto found = places.Find({auth::SystemPrincipal(kTenant, "test"), Town::Soon()},
                                 "Dorfstraße 5", LatLon{53, 7}, 3);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 3u);
  EXPECT_EQ((*found)[0].place.label, "Dorfstraße 5a, Musterstadt");
  EXPECT_TRUE((*found)[0].in_area);
  EXPECT_FALSE((*found)[1].in_area);
  EXPECT_GE((*found)[1].score, (*found)[2].score);
}

}  // namespace
}  // namespace stadtmesh::buergerbus
