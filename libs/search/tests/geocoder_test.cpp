#include "search/geocoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "search/tests/searching.h"

namespace stadtmesh::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<const Geocoder> Town() {
  std::vector<Entry> entries;
  for (const char* street : {"Hauptstraße", "Hauptmannsweg", "Nürnberger Straße", "Größener Weg",
                             "Am Bach", "Bauernstraße", "Müllergasse", "Konrad-Adenauer-Platz",
                             "Straße des 17. Juni", "Schulstraße"}) {
    for (const char* number : {"1", "2", "10", "11", "12", "12a", "14-16"})
      entries.push_back(Address(street, number));
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
  EXPECT_EQ(First(*town, "Straße des 17. Juni"), "Straße des 17. Juni, Musterstadt");
}

TEST(Geocoder, PutsThePreferredFirst) {
  std::vector<Entry> entries;
  for (int i = 0; i < 20; ++i) {
    entries.push_back(Address("Dorfstraße", "5", 53, 7 + 0.1 * i));
    entries.back().city = "Fernheim " + std::string(1, static_cast<char>('a' + i));
  }
  entries.push_back(Address("Dorfstraße", "5a"));
  const auto town = Geocoder::Build(std::move(entries));
  const auto hits =
      town->Search({.text = "Dorfstraße 5",
                    .preferred = [](const LatLon& location) { return location.latitude < 52.5; },
                    .limit = 3});
  ASSERT_TRUE(hits.ok());
  ASSERT_THAT(*hits, SizeIs(3));
  EXPECT_EQ((*hits)[0].label, "Dorfstraße 5a, 48700 Musterstadt");
  EXPECT_EQ((*hits)[1].location.latitude, 53);
}

TEST(Geocoder, FindsWhatIsMeantWhereverItIs) {
  std::vector<Entry> entries = {Address("Dorfstraße", "5", 53, 7)};
  entries[0].city = "Fernheim";
  for (int i = 1; i < 20; ++i) entries.push_back(Address("Dorfstraße", std::to_string(i)));
  const auto town = Geocoder::Build(std::move(entries));
  const auto hits =
      town->Search({.text = "Dorfstraße 5 Fernheim",
                    .preferred = [](const LatLon& location) { return location.latitude < 52.5; },
                    .limit = 3});
  ASSERT_TRUE(hits.ok() && !hits->empty());
  EXPECT_EQ((*hits)[0].location.latitude, 53) << (*hits)[0].label;
}

TEST(Geocoder, PrefersTheNearOfEquals) {
  std::vector<Entry> entries = {Address("Dorfstraße", "1", 52.00, 7.3),
                                Address("Dorfstraße", "1", 52.05, 7.3)};
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
  const auto town = Geocoder::Build({Address("Weg", "1"), Address("", "1"), Address("Weg", ""),
                                     Address("Weg", "2", 95), Address("We\xFFg", "3")});
  EXPECT_EQ(town->entries(), 1u);
  EXPECT_EQ(town->entries_left_out(), 4u);
  EXPECT_THAT(Find(*Geocoder::Build({}), "weg"), IsEmpty());
}

TEST(Geocoder, NearestAddress) {
  const auto town = Geocoder::Build({Address("Weg", "1", 52.0), Address("Weg", "2", 52.001)});
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
