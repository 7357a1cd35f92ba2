// A person's rights: export, erasure, the end of what they may do here.
#include "absl/strings/str_cat.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"

namespace stadtmesh::buergerbus {
namespace {

absl::StatusOr<v1::ExportSubjectResponse> HandleExport(Api& api, const rpc::Call& call,
                                                       const v1::ExportSubjectRequest& request) {
  Problems problems;
  const std::string subject = problems.RequiredId("subject", request.subject());
  const std::string list = absl::StrCat("export/", subject);
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 50, 100, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  const Query query = QueryOf(call);
  ASSIGN_OR_RETURN(const Page<RideView> rides,
                   api.services.queries.ListRidesOf(query, subject, /*open_only=*/false, page));
  v1::ExportSubjectResponse response;
  for (const RideView& ride : rides.items) *response.add_rides() = Render(ride);
  response.set_next_page_token(MakePageToken(call, list, rides.next));
  if (page.after) return response;
  ASSIGN_OR_RETURN(const Page<std::string> tours,
                   api.services.queries.ListToursOf(query, subject, {.size = 1000}));
  for (const std::string& tour : tours.items) response.add_driven_tour_ids(tour);
  return response;
}

absl::StatusOr<v1::EraseSubjectResponse> HandleErase(Api& api, const rpc::Call& call,
                                                     const v1::EraseSubjectRequest& request) {
  ASSIGN_OR_RETURN(const std::string subject, ParseId("subject", request.subject()));
  ASSIGN_OR_RETURN(const Receipt receipt, api.services.privacy.Erase(CommandOf(call), subject));
  v1::EraseSubjectResponse response;
  response.set_rides_erased(receipt.count);
  return response;
}

absl::StatusOr<v1::RevokeSubjectResponse> HandleRevoke(Api& api, const rpc::Call& call,
                                                       const v1::RevokeSubjectRequest& request) {
  ASSIGN_OR_RETURN(const std::string subject, ParseId("subject", request.subject()));
  ASSIGN_OR_RETURN(const Receipt receipt, api.services.privacy.Revoke(CommandOf(call), subject));
  v1::RevokeSubjectResponse response;
  response.set_rides_cancelled(static_cast<int32_t>(receipt.rides.size()));
  response.set_shifts_given_back(receipt.count);
  return response;
}

}  // namespace

void AddPrivacyMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "ExportSubject", api, HandleExport);
  Add(builder, "EraseSubject", api, HandleErase);
  Add(builder, "RevokeSubject", api, HandleRevoke);
}

}  // namespace stadtmesh::buergerbus
