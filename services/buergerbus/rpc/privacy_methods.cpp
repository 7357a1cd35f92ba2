// A person's rights: export, erasure, the end of what they may do here.
#include "absl/strings/str_cat.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"

namespace stadtmesh::buergerbus {
namespace {

absl::StatusOr<v1::ExportSubjectResponse> HandleExport(Services& services, const rpc::Call& call,
                                                       const v1::ExportSubjectRequest& request) {
  Problems problems;
  const std::string subject = problems.RequiredId("subject", request.subject());
  const std::string list = absl::StrCat("export/", subject);
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 50, 100, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  const Query query = Query::From(call);
  ASSIGN_OR_RETURN(const Page<RideView> rides,
                   services.queries.ListRidesOf(query, subject, /*open_only=*/false, page));
  v1::ExportSubjectResponse response;
  for (const RideView& ride : rides.items) *response.add_rides() = Render(ride);
  response.set_next_page_token(MakePageToken(call, list, rides.next));
  if (page.after) return response;
  ASSIGN_OR_RETURN(const Page<std::string> tours,
                   services.queries.ListToursOf(query, subject, {.size = 1000}));
  for (const std::string& tour : tours.items) response.add_driven_tour_ids(tour);
  return response;
}

absl::StatusOr<v1::EraseSubjectResponse> HandleErase(Services& services, const rpc::Call& call,
                                                     const v1::EraseSubjectRequest& request) {
  ASSIGN_OR_RETURN(const std::string subject, ParseId("subject", request.subject()));
  ASSIGN_OR_RETURN(const Receipt receipt, services.privacy.Erase(Command::From(call), subject));
  v1::EraseSubjectResponse response;
  response.set_rides_erased(receipt.count);
  return response;
}

absl::StatusOr<v1::RevokeSubjectResponse> HandleRevoke(Services& services, const rpc::Call& call,
                                                       const v1::RevokeSubjectRequest& request) {
  ASSIGN_OR_RETURN(const std::string subject, ParseId("subject", request.subject()));
  ASSIGN_OR_RETURN(const Receipt receipt, services.privacy.Revoke(Command::From(call), subject));
  v1::RevokeSubjectResponse response;
  response.set_rides_cancelled(static_cast<int32_t>(receipt.rides.size()));
  response.set_shifts_given_back(receipt.count);
  return response;
}

}  // namespace

void AddPrivacyMethods(rpc::ServiceBuilder& builder, Services& services) {
  Add(builder, "ExportSubject", services, HandleExport);
  Add(builder, "EraseSubject", services, HandleErase);
  Add(builder, "RevokeSubject", services, HandleRevoke);
}

}  // namespace stadtmesh::buergerbus
