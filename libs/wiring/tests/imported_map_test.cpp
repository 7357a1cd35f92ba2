#include "wiring/imported_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace stadtmesh::wiring {
namespace {

using ::testing::HasSubstr;

// What the setting of a file with this content is told.
std::string MapError(const std::string& name, absl::string_view content) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream(path) << content;
  config::Reader reader(*config::Sources::FromText({}, absl::StrCat("{map: '", path, "'}")));
  const std::string file = reader.GetFile({.name = "map", .description = "The map"});
  const ImportedMap map = ReadMap(reader, "map", file);
  EXPECT_EQ(map.addresses != nullptr, reader.Finish().ok());
  return std::string(reader.Finish().message());
}

TEST(ImportedMap, AMapIsRead) {
  EXPECT_EQ(MapError("way.osm", R"(<osm version="0.6">
    <node id="1" version="1" lat="52" lon="7"/><node id="2" version="1" lat="52.001" lon="7"/>
    <way id="3" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
    </osm>)"),
            "");
}

TEST(ImportedMap, WhatIsNoMapIsToldWithTheSettingsName) {
  for (const auto& [name, content] :
       {std::pair("text.osm", "not empty"), std::pair("text.osm.pbf", "not empty"),
        std::pair("text.map", "not empty")}) {
    EXPECT_THAT(MapError(name, content),
                testing::AllOf(HasSubstr("map (STADTMESH_MAP): is \""),
                               HasSubstr("\", should be an OpenStreetMap extract of the area (")));
  }
  EXPECT_THAT(MapError("empty.osm", ""), HasSubstr("should be the name of a file"));
}

}  // namespace
}  // namespace stadtmesh::wiring
