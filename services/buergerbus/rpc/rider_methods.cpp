// Riders who book by phone: cards and calls.
#include "absl/strings/str_cat.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostUsualPlaces = 20;

RiderCard ReadCard(const v1::RiderCard& wire, Problems& problems) {
  RiderCard card{.phone = problems.Text("card.phone", wire.phone(), 30),
                 .name = problems.Text("card.name", wire.name(), 100),
                 .companion = wire.companion(),
                 .usual_fares = FromWire("card.usual_fares", wire.usual_fares(), problems),
                 .remind = wire.remind(),
                 .note = problems.Text("card.note", wire.note(), 500, Lines::kSeveral)};
  if (wire.phone().empty()) problems.Add("card.phone", FieldReason::kRequired);
  if (wire.has_usual_party())
    card.usual_party = FromWire("card.usual_party", wire.usual_party(), problems);
  if (wire.has_home()) card.home = TypedPlace("card.home", wire.home(), problems);
  if (!problems.Count("card.usual_places", static_cast<size_t>(wire.usual_places_size()),
                      kMostUsualPlaces))
    return card;
  for (int i = 0; i < wire.usual_places_size(); ++i) {
    const std::string at = Element("card.usual_places", static_cast<size_t>(i));
    card.usual_places.push_back(
        {problems.Text(Join(at, "name"), wire.usual_places(i).name(), 100),
         TypedPlace(Join(at, "place"), wire.usual_places(i).place(), problems)});
  }
  return card;
}

absl::Status NameUsualFares(const absl::Status& status, const v1::RiderCard& card) {
  return NameFareCounts("card.usual_fares", status, card.usual_fares());
}

absl::StatusOr<v1::RiderCard> RenderCard(Api& api, const rpc::Call& call, const RiderCardId& id) {
  ASSIGN_OR_RETURN(const RiderService::Card card, api.services.riders.Get(QueryOf(call), id));
  return Render(card);
}

absl::StatusOr<v1::RiderCard> HandleCreateRiderCard(Api& api, const rpc::Call& call,
                                                    const v1::CreateRiderCardRequest& request) {
  Problems problems;
  const RiderCard card = ReadCard(request.card(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  const absl::StatusOr<Receipt> receipt =
      api.services.riders.Create(CommandOf(call), card, request.card().consent());
  RETURN_IF_ERROR(NameUsualFares(receipt.status(), request.card()));
  return RenderCard(api, call, RiderCardId(receipt->id));
}

absl::StatusOr<v1::RiderCard> HandleFindRiderCard(Api& api, const rpc::Call& call,
                                                  const v1::FindRiderCardRequest& request) {
  if (request.phone().empty()) return InvalidField("phone", FieldReason::kRequired);
  if (CodePoints(request.phone()) > 30) return InvalidField("phone", FieldReason::kTooLong, "30");
  ASSIGN_OR_RETURN(const RiderService::Card card,
                   api.services.riders.Find(QueryOf(call), request.phone()));
  return Render(card);
}

absl::StatusOr<v1::RiderCard> HandleGetRiderCard(Api& api, const rpc::Call& call,
                                                 const v1::GetRiderCardRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("card_id", request.card_id()));
  return RenderCard(api, call, RiderCardId(id));
}

absl::StatusOr<v1::RiderCard> HandleUpdateRiderCard(Api& api, const rpc::Call& call,
                                                    const v1::UpdateRiderCardRequest& request) {
  Problems problems;
  const RiderCardId id(problems.RequiredId("card_id", request.card_id()));
  RiderCard card = ReadCard(request.card(), problems);
  if (request.card().etag().empty()) problems.Add("card.etag", FieldReason::kRequired);
  RETURN_IF_ERROR(std::move(problems).Take());
  card.id = id;
  RETURN_IF_ERROR(NameUsualFares(
      api.services.riders
          .Update(CommandOf(call), card, request.card().consent(), request.card().etag())
          .status(),
      request.card()));
  return RenderCard(api, call, id);
}

absl::StatusOr<v1::DeleteRiderCardResponse> HandleDeleteRiderCard(
    Api& api, const rpc::Call& call, const v1::DeleteRiderCardRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("card_id", request.card_id()));
  RETURN_IF_ERROR(api.services.privacy.DeleteCard(CommandOf(call), RiderCardId(id)).status());
  return v1::DeleteRiderCardResponse();
}

absl::StatusOr<v1::ListCallsResponse> HandleListCalls(Api& api, const rpc::Call& call,
                                                      const v1::ListCallsRequest& request) {
  Problems problems;
  const absl::string_view list = request.done() ? "done-calls" : "open-calls";
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 50, 100, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Page<CallView> calls,
                   api.services.queries.ListCalls(QueryOf(call), request.done(), page));
  v1::ListCallsResponse response;
  for (const CallView& each : calls.items) *response.add_calls() = Render(each);
  response.set_next_page_token(MakePageToken(call, list, calls.next));
  return response;
}

absl::StatusOr<v1::Call> HandleTickOffCall(Api& api, const rpc::Call& call,
                                           const v1::TickOffCallRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("call_id", request.call_id()));
  RETURN_IF_ERROR(api.services.calls.TickOff(CommandOf(call), CallId(id)).status());
  ASSIGN_OR_RETURN(const CallView view, api.services.queries.GetCall(QueryOf(call), CallId(id)));
  return Render(view);
}

}  // namespace

void AddRiderMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "CreateRiderCard", api, HandleCreateRiderCard);
  Add(builder, "FindRiderCard", api, HandleFindRiderCard);
  Add(builder, "GetRiderCard", api, HandleGetRiderCard);
  Add(builder, "UpdateRiderCard", api, HandleUpdateRiderCard);
  Add(builder, "DeleteRiderCard", api, HandleDeleteRiderCard);
  Add(builder, "ListCalls", api, HandleListCalls);
  Add(builder, "TickOffCall", api, HandleTickOffCall);
}

}  // namespace stadtmesh::buergerbus
