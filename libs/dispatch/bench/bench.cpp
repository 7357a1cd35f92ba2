// dispatch_bench: prints the table of the dispatch engine's figures. Everything runs on one core
// unless --threads says more.
#include "bench.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace stadtmesh::dispatch::bench {
namespace {

constexpr const char* kHelp =
    "dispatch_bench [darp] [large] [pdptw] [insert] [scale] [--data DIR] [--seeds N] [--seconds S] "
    "[--threads T]"
    " [--only NAME] [--processor] [--until-best]\n"
    "Without parts: insert and scale, which need no data. DIR holds darp/ and pdptw/, default "
    "$STADTMESH_DATA or ../shared/data.\n";

int Run(int argc, char** argv) {
  Options options;
  if (const char* data = std::getenv("STADTMESH_DATA")) options.data = data;
  std::string parts;
  for (int k = 1; k < argc; ++k) {
    const std::string word = argv[k];
    if (word == "--help") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    if (word == "--processor") {
      options.processor = true;
      continue;
    }
    if (word == "--until-best") {
      options.until_best = true;
      continue;
    }
    if (word.rfind("--", 0) != 0) {
      parts += " " + word + " ";
      continue;
    }
    if (k + 1 >= argc) {
      std::fputs(kHelp, stderr);
      return 2;
    }
    const char* value = argv[++k];
    if (word == "--data") options.data = value;
    if (word == "--seeds") options.seeds = std::atoi(value);
    if (word == "--seconds") options.seconds = std::atof(value);
    if (word == "--threads") options.threads = std::atoi(value);
    if (word == "--only") options.only = value;
  }
  const auto wanted = [&](const char* part) {
    return parts.find(std::string(" ") + part + " ") != std::string::npos;
  };
  if (wanted("darp")) DialARide(options);
  if (wanted("large")) DialARideLarge(options);
  if (wanted("pdptw")) PickupDelivery(options);
  if (parts.empty() || wanted("insert")) Insertions(50, 2'000, 20'000);
  if (parts.empty() || wanted("scale")) Insertions(1'000, 20'000, 5'000);
  return 0;
}

}  // namespace
}  // namespace stadtmesh::dispatch::bench

int main(int argc, char** argv) { return stadtmesh::dispatch::bench::Run(argc, argv); }
