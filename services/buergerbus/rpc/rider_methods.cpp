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

absl::StatusOr<v1::RiderCard> RenderCard(Services& services, const rpc::Call& call,
                                         const RiderCardId& id) {
  ASSIGN_OR_RETURN(const RiderService::Card card, services.riders.Get(Query::From(call), id));
  return Render(card);
}

absl::StatusOr<v1::RiderCard> HandleCreateRiderCard(Services& services, const rpc::Call& call,
                                                    const v1::CreateRiderCardRequest& request) {
  Problems problems;
  const RiderCard card = ReadCard(request.card(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  const absl::StatusOr<Receipt> receipt =
      services.riders.Create(Command::From(call), card, request.card().consent());
  RETURN_IF_ERROR(NameUsualFares(receipt.status(), request.card()));
  return RenderCard(services, call, RiderCardId(receipt->id));
}

absl::StatusOr<v1::RiderCard> HandleFindRiderCard(Services& services, const rpc::Call& call,
                                                  const v1::FindRiderCardRequest& request) {
  if (request.phone().empty()) return InvalidField("phone", FieldReason::kRequired);
  if (CodePoints(request.phone()) > 30) return InvalidField("phone", FieldReason::kTooLong, "30");
  ASSIGN_OR_RETURN(const RiderService::Card card,
                   services.riders.Find(Query::From(call), request.phone()));
  return Render(card);
}

absl::StatusOr<v1::RiderCard> HandleGetRiderCard(Services& services, const rpc::Call& call,
                                                 const v1::GetRiderCardRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("card_id", request.card_id()));
  return RenderCard(services, call, RiderCardId(id));
}

absl::StatusOr<v1::RiderCard> HandleUpdateRiderCard(Services& services, const rpc::Call& call,
                                                    const v1::UpdateRiderCardRequest& request) {
  Problems problems;
  const RiderCardId id(problems.RequiredId("card_id", request.card_id()));
  RiderCard card = ReadCard(request.card(), problems);
  if (request.card().etag().empty()) problems.Add("card.etag", FieldReason::kRequired);
  RETURN_IF_ERROR(std::move(problems).Take());
  card.id = id;
  RETURN_IF_ERROR(NameUsualFares(
      services.riders
          .Update(Command::From(call), card, request.card().consent(), request.card().etag())
          .status(),
      request.card()));
  return RenderCard(services, call, id);
}

absl::StatusOr<v1::DeleteRiderCardResponse> HandleDeleteRiderCard(
    Services& services, const rpc::Call& call, const v1::DeleteRiderCardRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("card_id", request.card_id()));
  RETURN_IF_ERROR(services.privacy.DeleteCard(Command::From(call), RiderCardId(id)).status());
  return v1::DeleteRiderCardResponse();
}

absl::StatusOr<v1::ListCallsResponse> HandleListCalls(Services& services, const rpc::Call& call,
                                                      const v1::ListCallsRequest& request) {
  Problems problems;
  const absl::string_view list = request.done() ? "done-calls" : "open-calls";
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 50, 100, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Page<CallView> calls,
                   services.queries.ListCalls(Query::From(call), request.done(), page));
  v1::ListCallsResponse response;
  for (const CallView& each : calls.items) *response.add_calls() = Render(each);
  response.set_next_page_token(MakePageToken(call, list, calls.next));
  return response;
}

absl::StatusOr<v1::Call> HandleTickOffCall(Services& services, const rpc::Call& call,
                                           const v1::TickOffCallRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("call_id", request.call_id()));
  RETURN_IF_ERROR(services.calls.TickOff(Command::From(call), CallId(id)).status());
  ASSIGN_OR_RETURN(const CallView view, services.queries.GetCall(Query::From(call), CallId(id)));
  return Render(view);
}

}  // namespace

void AddRiderMethods(rpc::ServiceBuilder& builder, Services& services) {
  Add(builder, "CreateRiderCard", services, HandleCreateRiderCard);
  Add(builder, "FindRiderCard", services, HandleFindRiderCard);
  Add(builder, "GetRiderCard", services, HandleGetRiderCard);
  Add(builder, "UpdateRiderCard", services, HandleUpdateRiderCard);
  Add(builder, "DeleteRiderCard", services, HandleDeleteRiderCard);
  Add(builder, "ListCalls", services, HandleListCalls);
  Add(builder, "TickOffCall", services, HandleTickOffCall);
}

}  // namespace stadtmesh::buergerbus
