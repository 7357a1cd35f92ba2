// stadtmesh-make-town: writes a made-up town as OpenStreetMap XML.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "make-town/town.h"

namespace {

constexpr char kHelp[] =
    "usage: stadtmesh-make-town [--seed N] [--name TOWN] [--out FILE]\n"
    "\n"
    "Writes a made-up small town in the Muensterland, with villages and farms, as OpenStreetMap "
    "XML.\n"
    "The same options give the same bytes.\n"
    "\n"
    "  --seed N     which town (default 1)\n"
    "  --name TOWN  what it is called (default Musterstadt)\n"
    "  --out FILE   where to write (default: standard output)\n"
    "  --help       this text\n";

int Refuse(const std::string& what) {
  std::cerr << "stadtmesh-make-town: " << what << "\n\n" << kHelp;
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  stadtmesh::make_town::TownOptions options;
  std::string out;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--help" || flag == "-h") {
      std::cout << kHelp;
      return 0;
    }
    if (flag != "--seed" && flag != "--name" && flag != "--out")
      return Refuse("unknown option " + flag);
    if (++i == argc) return Refuse(flag + " needs a value");
    const std::string value = argv[i];
    if (flag == "--seed" && !absl::SimpleAtoi(value, &options.seed))
      return Refuse("--seed should be a whole number, not " + value);
    if (flag == "--name") options.name = value;
    if (flag == "--out") out = value;
  }
  const std::string xml = stadtmesh::make_town::MakeTown(options);
  if (out.empty()) {
    std::cout << xml << std::flush;
    return std::cout.good() ? 0 : 1;
  }
  std::ofstream file(out, std::ios::binary | std::ios::trunc);
  file << xml << std::flush;
  if (file.good()) return 0;
  std::cerr << "stadtmesh-make-town: cannot write " << out << ": " << std::strerror(errno) << "\n";
  return 1;
}
