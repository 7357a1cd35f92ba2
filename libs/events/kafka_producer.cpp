#include "events/kafka_producer.h"

#include "absl/time/clock.h"
#include "base/status.h"

namespace stadtmesh::events::kafka {
namespace {

constexpr rd_kafka_resp_err_t kPending = RD_KAFKA_RESP_ERR__WAIT_COORD;  // never a delivery report

void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  *static_cast<rd_kafka_resp_err_t*>(message->_private) = message->err;
}

}  // namespace

absl::StatusOr<size_t> TopicProducer::Publish(const std::vector<Event>& events,
                                              absl::Time deadline) {
  std::lock_guard lock(mutex_);
  if (producer_ == nullptr) {
    ASSIGN_OR_RETURN(producer_, NewHandle(RD_KAFKA_PRODUCER, options_, ProducerSettings(),
                                          {OnDelivery, nullptr, nullptr}));
  }
  std::vector<rd_kafka_resp_err_t> outcomes(events.size(), kPending);
  for (size_t i = 0; i < events.size(); ++i) {
    const rd_kafka_resp_err_t error = Produce(producer_.get(), topic_, events[i], &outcomes[i]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      outcomes[i] = error;
      break;  // nothing may pass an entry that was not sent
    }
  }
  rd_kafka_flush(producer_.get(), Milliseconds(deadline - absl::Now()));

  size_t acknowledged = 0;
  while (acknowledged < events.size() && outcomes[acknowledged] == RD_KAFKA_RESP_ERR_NO_ERROR)
    ++acknowledged;
  if (acknowledged == events.size()) return acknowledged;
  const rd_kafka_resp_err_t cause = outcomes[acknowledged];
  // What it still holds must never be sent: the caller sends it again, and later ones after it.
  // `outcomes` outlives the handle.
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                      RD_KAFKA_PURGE_F_NON_BLOCKING);
  producer_.reset();
  if (acknowledged > 0) return acknowledged;
  if (cause == kPending) return absl::UnavailableError("Kafka: not acknowledged in time");
  return ToStatus(cause, "publishing");
}

}  // namespace stadtmesh::events::kafka
