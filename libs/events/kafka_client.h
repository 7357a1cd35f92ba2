// What the Kafka adapter's parts share: owning handles, settings, messages <-> events. Only for
// kafka_*.cpp.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "events/bus.h"
#include "events/kafka_bus.h"

namespace stadtmesh::events::kafka {

template <typename T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* object) const { destroy(object); }
};
using Handle = std::unique_ptr<rd_kafka_t, Destroy<rd_kafka_t, rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy<rd_kafka_queue_t, rd_kafka_queue_destroy>>;
using Message =
    std::unique_ptr<rd_kafka_message_t, Destroy<rd_kafka_message_t, rd_kafka_message_destroy>>;
using Partitions = std::unique_ptr<
    rd_kafka_topic_partition_list_t,
    Destroy<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>>;
using Error = std::unique_ptr<rd_kafka_error_t, Destroy<rd_kafka_error_t, rd_kafka_error_destroy>>;

using Settings = std::map<std::string, std::string>;
using RebalanceCallback = void (*)(rd_kafka_t*, rd_kafka_resp_err_t,
                                   rd_kafka_topic_partition_list_t*, void*);
using DeliveryCallback = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

struct Callbacks {
  DeliveryCallback delivery = nullptr;
  RebalanceCallback rebalance = nullptr;
  void* opaque = nullptr;  // given to the callbacks
};

// Settings of every client, then `settings`, then options.settings (which win). INVALID_ARGUMENT
// naming a setting that is refused. `options` outlives the handle.
absl::StatusOr<Handle> NewHandle(rd_kafka_type_t type, const KafkaOptions& options,
                                 const Settings& settings, const Callbacks& callbacks);

Settings ProducerSettings();
Settings GroupSettings(const std::string& group, const KafkaOptions& options);
Settings TailSettings();

// Everything of Kafka is transient to us (UNAVAILABLE), except what only a person can mend.
absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what);

absl::StatusOr<Event> ToEvent(const rd_kafka_message_t& message);
// Puts the event into the producer's queue; `opaque` comes back with the delivery report.
rd_kafka_resp_err_t Produce(rd_kafka_t* producer, const std::string& topic, const Event& event,
                            void* opaque);

// At least 0.
int Milliseconds(absl::Duration duration);

}  // namespace stadtmesh::events::kafka
