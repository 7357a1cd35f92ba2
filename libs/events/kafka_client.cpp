#include "events/kafka_client.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "events/event_codec.h"

namespace stadtmesh::events::kafka {
namespace {

struct ConfDestroy {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDestroy>;

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char error[256];
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error)) ==
      RD_KAFKA_CONF_OK) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("Kafka setting ", name, ": ", error));
}

Settings CommonSettings(const KafkaOptions& options) {
  return {
      {"bootstrap.servers", options.brokers}, {"client.id", options.client_id},
      {"socket.nagle.disable", "true"},  // latency
      {"reconnect.backoff.ms", "50"},         {"reconnect.backoff.max.ms", "1000"},
      {"broker.address.family", "any"},
  };
}

}  // namespace

absl::StatusOr<Handle> NewHandle(rd_kafka_type_t type, const KafkaOptions& options,
                                 const Settings& settings, const Callbacks& callbacks) {
  Settings all = CommonSettings(options);
  for (const auto& [name, value] : settings) all[name] = value;
  for (const auto& [name, value] : options.settings) all[name] = value;
  Conf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : all) {
    if (absl::Status status = Set(conf.get(), name, value); !status.ok()) return status;
  }
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);  // what matters comes back as errors and counters
  rd_kafka_conf_set_opaque(conf.get(), callbacks.opaque);
  if (callbacks.delivery != nullptr) rd_kafka_conf_set_dr_msg_cb(conf.get(), callbacks.delivery);
  if (callbacks.rebalance != nullptr)
    rd_kafka_conf_set_rebalance_cb(conf.get(), callbacks.rebalance);
  char error[512];
  rd_kafka_t* handle = rd_kafka_new(type, conf.get(), error, sizeof(error));
  if (handle == nullptr) return absl::InvalidArgumentError(absl::StrCat("Kafka client: ", error));
  (void)conf.release();  // the handle owns it now
  return Handle(handle);
}

Settings ProducerSettings() {
  return {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"message.timeout.ms", "0"},  // ours is the caller's deadline; librdkafka's would drop one
                                    // message and send the next
      {"partitioner", "murmur2_random"},
      {"linger.ms", "0"},
      {"message.max.bytes", "2097152"},  // a transaction of the store is at most 1 MiB
  };
}

Settings GroupSettings(const std::string& group, const KafkaOptions& options) {
  return {
      {"group.id", group},
      {"partition.assignment.strategy", "cooperative-sticky"},
      {"session.timeout.ms", absl::StrCat(Milliseconds(options.session_timeout))},
      {"heartbeat.interval.ms",
       absl::StrCat(std::max(100, Milliseconds(options.session_timeout / 4)))},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "earliest"},  // what was skipped shows by the offsets, and is told
      {"queued.min.messages", "1000"},
      {"fetch.error.backoff.ms", "100"},
      {"topic.metadata.refresh.interval.ms", "10000"},
  };
}

Settings TailSettings() {
  RandomIdSource ids;
  return {
      {"group.id", ids.NewId("tail")},  // librdkafka wants one; nobody joins it, nothing is
                                        // committed
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "earliest"},
      {"queued.min.messages", "1000"},
      {"fetch.error.backoff.ms", "100"},
  };
}

absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const std::string text =
      absl::StrCat("Kafka: ", what, ": ", rd_kafka_err2name(error), " ", rd_kafka_err2str(error));
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return absl::PermissionDeniedError(text);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return absl::InvalidArgumentError(text);
    default:
      return absl::UnavailableError(text);
  }
}

absl::StatusOr<Event> ToEvent(const rd_kafka_message_t& message) {
  Headers headers;
  rd_kafka_headers_t* raw = nullptr;
  if (rd_kafka_message_headers(&message, &raw) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         rd_kafka_header_get_all(raw, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      headers.emplace_back(
          name, value == nullptr ? "" : std::string(static_cast<const char*>(value), size));
    }
  }
  std::string payload;
  if (message.payload != nullptr)
    payload.assign(static_cast<const char*>(message.payload), message.len);
  return DecodeEvent(headers, std::move(payload));
}

rd_kafka_resp_err_t Produce(rd_kafka_t* producer, const std::string& topic, const Event& event,
                            void* opaque) {
  const Headers headers = EncodeHeaders(event);
  rd_kafka_headers_t* raw = rd_kafka_headers_new(headers.size());
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(raw, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  const std::string key = PartitionKey(event);
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(event.payload.data()), event.payload.size()),
      RD_KAFKA_V_HEADERS(raw), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(opaque),
      RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    rd_kafka_headers_destroy(raw);  // else the producer owns them
  return error;
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 0, 1 << 30));
}

}  // namespace stadtmesh::events::kafka
