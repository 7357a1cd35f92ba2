// Everything the gateway knows about the mesh's contracts, read from one FileDescriptorSet at
// start: routes, tables, error texts, events. A new endpoint changes the descriptors and nothing
// here.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/api/path_template.h"
#include "gateway/api/router.h"
#include "gateway/transcode/table.h"

namespace stadtmesh::gateway {

struct Text {
  std::string de, en;
};

// One reason of one domain, as its enum's options say.
struct ReasonText {
  int http = 500;
  Text title;
};

struct Route {
  enum class Body { kNone, kAll, kField };
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string rpc;      // "/stadtmesh.buergerbus.v1.BuergerbusService/BookRide"
  std::string package;  // "stadtmesh.buergerbus.v1": names the upstream
  std::string service;  // "buergerbus": names the tenant together with the host
  std::string http_method;
  PathTemplate path;
  std::string label;  // "/v1/rides/{id}": for logs and metrics, never the path itself
  std::vector<FieldPath> variables;  // of path.variables
  const MessageTable* request = nullptr;
  const MessageTable* response = nullptr;
  Body body = Body::kNone;
  const FieldTable* body_field = nullptr;      // with kField
  const FieldTable* response_field = nullptr;  // with response_body
  const FieldTable* update_mask =
      nullptr;  // PATCH with a body field: derived from the JSON's paths when the query has none
  bool raw_request = false;   // the request, or the body field, is stadtmesh.http.v1.RawRequest
  bool raw_response = false;  // the response is RawResponse
  bool streaming = false;     // server streaming: a Raw stream of pieces
  bool safe = false;          // NO_SIDE_EFFECTS
  bool anyone = false;        // needs no token
  size_t body_limit = 0;      // bytes; 0: the gateway's default
  // reasons of the service's domain with which it may answer; empty: any
  std::set<std::string> refusals;
};

// An event that live streams may show.
struct LiveEvent {
  struct Channel {
    std::string name;
    std::vector<std::string> roles;             // as in tokens: "dispatcher"
    const FieldTable* subject_field = nullptr;  // or nobody in particular
  };
  std::string type;
  std::string service;  // topic
  const MessageTable* message = nullptr;
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::vector<Channel> channels;
};

// Immutable after Load, thread-safe.
class Api {
 public:
  // `descriptor_set`: the bytes of a FileDescriptorSet with imports (and source info, for OpenAPI).
  // INVALID_ARGUMENT naming the method, message or enum that cannot be served.
  static absl::StatusOr<std::unique_ptr<Api>> Load(absl::string_view descriptor_set);

  const google::protobuf::DescriptorPool& pool() const { return pool_; }
  const std::vector<Route>& routes() const { return routes_; }
  const Router& router() const { return router_; }
  // Nothing when the domain has no such reason.
  const ReasonText* FindReason(absl::string_view domain, absl::string_view reason) const;
  const std::map<std::pair<std::string, std::string>, ReasonText>& reasons() const {
    return reasons_;
  }
  // By the name of a FieldReason ("OUT_OF_RANGE").
  const Text* FindFieldText(absl::string_view reason) const;
  const std::map<std::string, Text>& field_texts() const { return field_texts_; }
  const LiveEvent* FindEvent(absl::string_view type) const;
  const std::map<std::string, LiveEvent>& events() const { return events_; }
  std::vector<std::string> packages() const;  // of all routes

 private:
  Api() = default;
  absl::Status LoadFile(const google::protobuf::FileDescriptor& file);
  absl::Status LoadMethod(const google::protobuf::MethodDescriptor& method);
  absl::Status LoadEnum(const google::protobuf::EnumDescriptor& descriptor);
  absl::Status LoadEvent(const google::protobuf::Descriptor& descriptor);
  absl::Status AddRoute(const google::protobuf::MethodDescriptor& method,
                        absl::string_view http_method, absl::string_view path,
                        absl::string_view body, absl::string_view response_body);
  absl::Status BindBody(Route& route, absl::string_view body);
  absl::Status CheckRefusals(const Route& route) const;

  google::protobuf::DescriptorPool pool_;
  Tables tables_;
  std::vector<Route> routes_;
  Router router_;
  std::map<std::pair<std::string, std::string>, ReasonText> reasons_;
  std::map<std::string, Text> field_texts_;
  std::map<std::string, LiveEvent> events_;
};

// "stadtmesh.buergerbus.v1" -> "buergerbus"
std::string ServiceOfPackage(absl::string_view package);

}  // namespace stadtmesh::gateway
