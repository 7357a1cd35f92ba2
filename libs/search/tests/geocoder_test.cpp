#include "search/geocoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/error.h"

namespace stadtmesh::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Entry House(const std::string& street, const std::string& number, double latitude = 52,
            double longitude = 7.3) {
  return {.kind = EntryKind::kAddress,
          .id = street + number,
          .name = street,
          .house_number = number,
          .postcode = "48700",
          .city = "Musterstadt",
          .location = {latitude, longitude}};
}

std::unique_ptr<const Geocoder> Town() {
  std::vector<Entry> entries;
  for (const char* street : {"Hauptstraße", "Hauptmannsweg", "Nürnberger Straße", "Größener Weg",
                             "Am Bach", "Bauernstraße", "Müllergasse", "Konrad-Adenauer-Platz",
                             "Straße des 17. Juni", "Schulstraße"}) {
    for (const char* number : {"1", "2", "10", "11", "12", "12a", "14-16"})
      entries.push_back(House(street, number));
    entries.push_back(
        {.kind = EntryKind::kStreet, .name = street, .city = "Musterstadt", .location = {52, 7.3}});
  }
  entries.push_back({.kind = EntryKind::kStop,
                     .id = "stop-markt",
                     .name = "Marktplatz",
                     .location = {52.001, 7.301}});
  entries.push_back({.kind = EntryKind::kPlace,
                     .id = "dr",
                     .name = "Dr. Anna Schulte",
                     .keywords = {"Arzt"},
                     .location = {52, 7.31}});
  entries.push_back({.kind = EntryKind::kPlace, .name = "Musterstadt", .location = {52, 7.3}});
  return Geocoder::Build(std::move(entries));
}

std::vector<std::string> Find(const Geocoder& geocoder, const std::string& text, int limit = 5) {
  const auto hits = geocoder.Search({.text = text, .limit = limit});
  EXPECT_TRUE(hits.ok()) << hits.status();
  std::vector<std::string> labels;
  for (const Hit& hit : *hits) labels.push_back(hit.label);
  return labels;
}

std::string First(const Geocoder& geocoder, const std::string& text) {
  const std::vector<std::string> labels = Find(geocoder, text);
  return labels.empty() ? "" : labels[0];
}

TEST(Geocoder, ForgivesSpelling) {
  const auto town = Town();
  for (const char* typed :
       {"Hauptstraße 12a", "hauptstr. 12 a", "HAUPTSTRASSE 12A", "Haupt Str 12a", "Hauptsrtaße 12a",
        "Haubtstraße 12a", "hauptstrase 12a musterstadt", "12a 48700 Hauptstr 12a"}) {
    EXPECT_EQ(First(*town, typed), "Hauptstraße 12a, 48700 Musterstadt") << typed;
  }
  for (const char* typed :
       {"Nürnberger Straße 2", "Nuernbergerstr. 2", "nurnberger strasse 2", "Nürnberger-Str. 2"}) {
    EXPECT_EQ(First(*town, typed), "Nürnberger Straße 2, 48700 Musterstadt") << typed;
  }
  EXPECT_EQ(First(*town, "Groessener Weg 1"), "Größener Weg 1, 48700 Musterstadt");
  EXPECT_EQ(First(*town, "ambach 11"), "Am Bach 11, 48700 Musterstadt");
  EXPECT_EQ(First(*town, "Konrad Adenauer Platz 14-16"),
            "Konrad-Adenauer-Platz 14-16, 48700 Musterstadt");
  EXPECT_EQ(First(*town, "Straße des 17. Juni 10"), "Straße des 17. Juni 10, 48700 Musterstadt");
}

TEST(Geocoder, FindsWhileTyping) {
  const auto town = Town();
  const std::string full = "hauptstra";
  for (size_t length = 6; length <= full.size(); ++length) {
    EXPECT_EQ(First(*town, full.substr(0, length)), "Hauptstraße, Musterstadt")
        << full.substr(0, length);
  }
  EXPECT_THAT(
      Find(*town, "Hauptstr 1", 10),
      ElementsAre("Hauptstraße 1, 48700 Musterstadt", "Hauptstraße 10, 48700 Musterstadt",
                  "Hauptstraße 11, 48700 Musterstadt", "Hauptstraße 12, 48700 Musterstadt",
                  "Hauptstraße 12a, 48700 Musterstadt", "Hauptstraße 14-16, 48700 Musterstadt"));
}

TEST(Geocoder, FindsStopsAndPlacesByKeyword) {
  const auto town = Town();
  EXPECT_EQ(First(*town, "marktpl"), "Marktplatz");
  EXPECT_EQ(First(*town, "arzt"), "Dr. Anna Schulte");
  EXPECT_EQ(First(*town, "musterstadt"), "Musterstadt");
  const auto stops = town->Search({.text = "m", .kinds = {EntryKind::kStop}});
  ASSERT_TRUE(stops.ok());
  ASSERT_THAT(*stops, SizeIs(1));
  EXPECT_EQ((*stops)[0].id, "stop-markt");
  EXPECT_EQ((*stops)[0].kind, EntryKind::kStop);
}

TEST(Geocoder, UnknownNumberGivesTheStreet) {
  const auto town = Town();
  const auto hits = town->Search({.text = "Schulstraße 99"});
  ASSERT_TRUE(hits.ok());
  ASSERT_FALSE(hits->empty());
  EXPECT_EQ((*hits)[0].label, "Schulstraße, Musterstadt");
  EXPECT_EQ((*hits)[0].kind, EntryKind::kStreet);
}

TEST(Geocoder, PrefersTheNearOfEquals) {
  std::vector<Entry> entries = {House("Dorfstraße", "1", 52.00, 7.3),
                                House("Dorfstraße", "1", 52.05, 7.3)};
  entries[0].city = "Nordheim";
  entries[1].city = "Südheim";
  const auto town = Geocoder::Build(entries);
  for (const double latitude : {52.00, 52.05}) {
    const auto hits = town->Search({.text = "dorfstr 1", .near = LatLon{latitude, 7.3}});
    ASSERT_TRUE(hits.ok());
    ASSERT_THAT(*hits, SizeIs(2));
    EXPECT_EQ((*hits)[0].location.latitude, latitude);
    EXPECT_GT((*hits)[0].score, (*hits)[1].score);
  }
}

TEST(Geocoder, RefusesBadQueries) {
  const auto town = Town();
  const auto refused = [&](Query query) {
    const auto hits = town->Search(query);
    EXPECT_EQ(hits.status().code(), absl::StatusCode::kInvalidArgument);
    const auto info = GetErrorInfo(hits.status());
    return info && !info->fields.empty() ? info->fields[0] : FieldError{};
  };
  EXPECT_EQ(refused({.text = ""}).reason, FieldReason::kRequired);
  EXPECT_EQ(refused({.text = "  "}).reason, FieldReason::kRequired);
  EXPECT_EQ(refused({.text = std::string(201, 'a')}).reason, FieldReason::kTooLong);
  EXPECT_EQ(refused({.text = "Stra\xC3"}).reason, FieldReason::kInvalidUtf8);
  EXPECT_EQ(refused({.text = "a", .near = LatLon{95, 0}}).field, "near");
  EXPECT_EQ(refused({.text = "a", .limit = 0}).field, "limit");
  EXPECT_EQ(refused({.text = "a", .limit = 51}).field, "limit");
}

TEST(Geocoder, LeavesOutUnusableEntries) {
  const auto town = Geocoder::Build({House("Weg", "1"), House("", "1"), House("Weg", ""),
                                     House("Weg", "2", 95), House("We\xFFg", "3")});
  EXPECT_EQ(town->entries(), 1u);
  EXPECT_EQ(town->entries_left_out(), 4u);
  EXPECT_THAT(Find(*Geocoder::Build({}), "weg"), IsEmpty());
}

TEST(Geocoder, NearestAddress) {
  const auto town = Geocoder::Build({House("Weg", "1", 52.0), House("Weg", "2", 52.001)});
  EXPECT_EQ(town->NearestAddress({52.0009, 7.3}, 100)->label, "Weg 2, 48700 Musterstadt");
  EXPECT_FALSE(town->NearestAddress({53, 7.3}, 100));
}

// Anything people may type, in any bytes: an answer or a refusal, scores in order and in bounds.
RC_GTEST_PROP(GeocoderProperty, AnyTextIsAnsweredOrRefused, ()) {
  static const auto town = Town();
  const auto text = *rc::gen::arbitrary<std::string>();
  const auto hits = town->Search({.text = text, .limit = 20});
  if (!hits.ok()) {
    RC_ASSERT(hits.status().code() == absl::StatusCode::kInvalidArgument);
    return;
  }
  for (size_t i = 0; i < hits->size(); ++i) {
    RC_ASSERT((*hits)[i].score > 0 && (*hits)[i].score <= 1.01);
    if (i > 0) RC_ASSERT((*hits)[i - 1].score >= (*hits)[i].score);
  }
}

TEST(Geocoder, AnswersManyThreadsAlike) {
  const auto town = Town();
  const std::vector<std::string> expected = Find(*town, "Hauptstr 1", 10);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) wrong[t] += Find(*town, "Hauptstr 1", 10) != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

}  // namespace
}  // namespace stadtmesh::search
