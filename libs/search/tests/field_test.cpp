// Real house numbers of Lauf an der Pegnitz, typed with one mistake each, must be found.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "routing/osm_import.h"
#include "search/fold.h"
#include "search/geocoder.h"
#include "search/town_entries.h"

namespace stadtmesh::search {
namespace {

// One edit at a random place of the street's name: the way people mistype.
std::string Mistype(const std::string& text, std::mt19937& random) {
  static const std::string kLetters = "abcdefghijklmnopqrstuvwxyz";
  std::vector<size_t> starts;  // of code points
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  const size_t place = random() % (starts.size() - 1);
  const auto part = [&](size_t from, size_t to) {
    return text.substr(starts[from], starts[to] - starts[from]);
  };
  const std::string before = text.substr(0, starts[place]), here = part(place, place + 1);
  const std::string after = text.substr(starts[place + 1]);
  const std::string letter(1, kLetters[random() % kLetters.size()]);
  switch (random() % 4) {
    case 0:
      return before + after;
    case 1:
      return before + letter + here + after;
    case 2:
      return before + letter + after;
    default:
      if (place + 2 >= starts.size()) return before + after;
      return before + part(place + 1, place + 2) + here + text.substr(starts[place + 2]);
  }
}

class Field : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto map = routing::ImportOsm(std::string(std::getenv("STADTMESH_DATA")) + "/osm/lauf.osm.pbf");
    ASSERT_TRUE(map.ok()) << map.status();
    addresses_ = new std::vector<routing::Address>(map->addresses);
    std::vector<Entry> entries = EntriesOf(*map);
    const auto start = std::chrono::steady_clock::now();
    geocoder_ = Geocoder::Build(std::move(entries)).release();
    const auto took = std::chrono::steady_clock::now() - start;
    RecordProperty(
        "build_ms",
        static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    std::printf("index of %zu entries built in %.0f ms\n", geocoder_->entries(),
                std::chrono::duration<double, std::milli>(took).count());
  }

  // Is one of the first five hits this address, or close to it (the map holds some addresses
  // twice)?
  static bool Found(const std::string& text, const routing::Address& address) {
    const auto hits = geocoder_->Search({.text = text, .limit = 5});
    if (!hits.ok()) return false;
    return std::any_of(hits->begin(), hits->end(), [&](const Hit& hit) {
      // "2a" and "2A" are one house.
      return absl::StartsWithIgnoreCase(hit.label, address.street + " " + address.house_number);
    });
  }

  static std::vector<routing::Address>* addresses_;
  static const Geocoder* geocoder_;
};
std::vector<routing::Address>* Field::addresses_ = nullptr;
const Geocoder* Field::geocoder_ = nullptr;

TEST_F(Field, OneMistakeIsForgiven) {
  std::mt19937 random(7);
  std::vector<double> milliseconds;
  int found = 0;
  constexpr int kTries = 2000;
  for (int i = 0; i < kTries; ++i) {
    const routing::Address& address = (*addresses_)[random() % addresses_->size()];
    const std::string text = Mistype(address.street, random) + " " + address.house_number;
    const auto start = std::chrono::steady_clock::now();
    const bool hit = Found(text, address);
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
    found += hit;
    if (!hit) std::printf("missed: %s (%s)\n", text.c_str(), address.street.c_str());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("found %d of %d; p50 %.2f ms, p99 %.2f ms\n", found, kTries, milliseconds[kTries / 2],
              milliseconds[kTries * 99 / 100]);
  EXPECT_GE(found, kTries * 95 / 100);
}

TEST_F(Field, AddressesAreFoundAsWritten) {
  int found = 0;
  constexpr size_t kStep = 3;  // every third, so that sanitizer builds finish in time
  for (size_t i = 0; i < addresses_->size(); i += kStep) {
    const routing::Address& address = (*addresses_)[i];
    const bool hit = Found(address.street + " " + address.house_number, address);
    if (!hit) std::printf("missed: %s %s\n", address.street.c_str(), address.house_number.c_str());
    found += hit;
  }
  EXPECT_EQ(found, static_cast<int>((addresses_->size() + kStep - 1) / kStep));
}

TEST_F(Field, TheNumberMayLead) {
  int found = 0, tried = 0;
  for (size_t i = 0; i < addresses_->size(); i += 50, ++tried) {
    const routing::Address& address = (*addresses_)[i];
    const bool hit = Found(address.house_number + " " + address.street, address);
    if (!hit) std::printf("missed: %s %s\n", address.house_number.c_str(), address.street.c_str());
    found += hit;
  }
  EXPECT_GE(found, tried * 99 / 100);
}

// No two hits of a list read alike, whatever street somebody types.
void ExpectDistinctLabels(const std::string& file) {
  const auto map = routing::ImportOsm(std::string(std::getenv("STADTMESH_DATA")) + "/osm/" + file);
  ASSERT_TRUE(map.ok()) << map.status();
  const std::vector<Entry> entries = EntriesOf(*map, /*with_stops=*/false);
  const auto geocoder = Geocoder::Build(entries);
  std::set<std::string> names;
  for (const Entry& entry : entries) names.insert(entry.name);
  int alike = 0;
  for (const std::string& name : names) {
    for (const char* number : {"", " 3"}) {
      std::set<std::string> labels;
      const auto hits = geocoder->Search({.text = name + number, .limit = 20});
      if (!hits.ok()) continue;  // a name of more than 200 characters
      for (const Hit& hit : *hits) {
        if (labels.insert(hit.label).second) continue;
        ++alike;
        std::printf("twice for %s%s: %s\n", name.c_str(), number, hit.label.c_str());
      }
    }
  }
  EXPECT_EQ(alike, 0) << names.size();
}

TEST(FieldLabels, AreDistinctInATown) { ExpectDistinctLabels("lauf.osm.pbf"); }
TEST(FieldLabels, AreDistinctInTheCountry) { ExpectDistinctLabels("north-bayreuth.osm.gz"); }

}  // namespace
}  // namespace stadtmesh::search
