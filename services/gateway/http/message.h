// A request and a response as values; no HTTP library in sight.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;  // names in lower case, in the
                                                                   // order they came

// What a handler has found out about a request when only its head was known.
class RequestContext {
 public:
  virtual ~RequestContext() = default;
};

struct Request {
  std::string method;  // upper case as sent
  std::string target;  // origin form: path and query, as sent
  std::string host;    // of the one Host header, normalised (host.h), without port
  Headers headers;     // printable ASCII only; trailers never get here
  std::string body;
  std::string peer;  // numeric address of the other end of the connection
  int minor_version = 1;
  std::unique_ptr<RequestContext> context;  // the handler's own, set in OnHead

  // The first header of that (lower-case) name, or "".
  absl::string_view Header(absl::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
  // All headers of that name, separated by commas.
  std::string Joined(absl::string_view name) const {
    std::string all;
    for (const auto& [key, value] : headers) {
      if (key != name) continue;
      if (!all.empty()) all.push_back(',');
      all.append(value);
    }
    return all;
  }
  absl::string_view path() const { return absl::string_view(target).substr(0, target.find('?')); }
  absl::string_view query() const {
    const size_t mark = target.find('?');
    return mark == std::string::npos ? absl::string_view()
                                     : absl::string_view(target).substr(mark + 1);
  }
};

struct Response {
  int status = 200;
  Headers headers;  // without content-length, connection, date: the server adds them
  std::string body;

  bool Has(absl::string_view name) const {
    for (const auto& header : headers) {
      if (header.first == name) return true;
    }
    return false;
  }
};

// "Not Found" for 404; "" for numbers without a name.
absl::string_view ReasonPhrase(int status);

}  // namespace stadtmesh::gateway
