// Entries and searches of the geocoder's tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "search/geocoder.h"

namespace stadtmesh::search {

inline Entry Address(const std::string& street, const std::string& number, double latitude = 52,
                     double longitude = 7.3) {
  return {.kind = EntryKind::kAddress,
          .id = street + number,
          .name = street,
          .house_number = number,
          .postcode = "48700",
          .city = "Musterstadt",
          .location = {latitude, longitude}};
}

// The labels of the hits.
inline std::vector<std::string> Find(const Geocoder& geocoder, const std::string& text,
                                     int limit = 5) {
  const auto hits = geocoder.Search({.text = text, .limit = limit});
  EXPECT_TRUE(hits.ok()) << hits.status();
  std::vector<std::string> labels;
  for (const Hit& hit : *hits) labels.push_back(hit.label);
  return labels;
}

inline std::string First(const Geocoder& geocoder, const std::string& text) {
  const std::vector<std::string> labels = Find(geocoder, text);
  return labels.empty() ? "" : labels[0];
}

}  // namespace stadtmesh::search
