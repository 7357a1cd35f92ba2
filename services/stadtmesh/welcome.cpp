#include "stadtmesh/welcome.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

namespace stadtmesh::town {
namespace {

// In a shell of its own, which keeps the names out of the reader's, and with names that are hardly
// anybody's aliases.
constexpr char kFirstRide[] =
    R"sh(  ( T=$0; B=$1/v1/buergerbus; _call() { curl -s -H "Authorization: Bearer $$T" --json "$$2" "$$B/$$1"; }; _field() { grep -o "\"$$1\": *\"[^\"]*" | head -1 | cut -d'"' -f4; }; )sh"
    R"sh(for H in $$(seq 3 2 31); do R=$$(_call offers:find '{"origin":{"stopId":"$2"},"destination":{"stopId":"$3"},"party":{"people":1},"when":{"departAt":"'$$(date -u -d "+$$H hours" +%FT%TZ)'"}}'); O=$$(echo "$$R" | _field offerId); )sh"
    R"sh([ "$$O" ] || continue; R=$$(_call rides:hold "{\"offerId\":\"$$O\"}"); K=$$(echo "$$R" | _field bookingId); [ "$$K" ] && R=$$(_call "bookings/$$K:book" '{}') && break; done; echo "$$R" ))sh";

}  // namespace

std::string Welcome(const std::string& url, int metrics_port,
                    const std::map<std::string, std::string>& tokens, const FirstRide& ride) {
  std::string text = absl::StrCat("\nThe demo town is up.\n\n  API documentation   ", url,
                                  "/docs\n  OpenAPI             ", url, "/openapi.json\n");
  if (metrics_port != 0)
    absl::StrAppend(&text, "  Metrics             http://localhost:", metrics_port, "/metrics\n");
  absl::StrAppend(&text, "\nOne token per role, good for a day, as lines for the shell:\n\n");
  for (const auto& [role, token] : tokens) absl::StrAppend(&text, "  ", role, "=", token, "\n");
  const std::string citizen = tokens.count("citizen") != 0 ? tokens.at("citizen") : "";
  absl::StrAppend(
      &text,
      "\nA first ride, three hours from now or at the nearest time the bus runs; once more,"
      "\nand it is the next one that does not overlap. Times in the answer are UTC:\n\n",
      absl::Substitute(kFirstRide, citizen, url, ride.from_stop, ride.to_stop),
      "\n\nCtrl-C ends the town; the next start finds its bookings again.\n\n");
  return text;
}

}  // namespace stadtmesh::town
