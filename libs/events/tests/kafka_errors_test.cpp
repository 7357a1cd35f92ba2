// Errors of the broker, injected with librdkafka's mock cluster (which is good for nothing else: it
// drops acknowledged data).
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "events/kafka_bus.h"
#include "events/tests/samples.h"
#include "events/watermark_filter.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

constexpr int16_t kProduce = 0;  // of Kafka's protocol
const SystemClock kClock;

absl::Time In(absl::Duration duration) { return absl::Now() + duration; }

class KafkaErrors : public ::testing::Test {
 protected:
  void SetUp() override {
    char error[256];
    owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, error, sizeof(error));
    cluster_ = rd_kafka_mock_cluster_new(owner_, 1);
    rd_kafka_mock_topic_create(cluster_, "sample", 4, 1);
    KafkaOptions options;
    options.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    options.create_topics = false;  // the mock cannot
    bus_ = *KafkaBus::Create(options, &kClock);
  }
  void TearDown() override {
    bus_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  std::vector<Event> Events(int first, int count) {
    std::vector<Event> events;
    for (int n = first; n < first + count; ++n) events.push_back(SampleEvent("a", n));
    return events;
  }

  rd_kafka_t* owner_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  std::unique_ptr<KafkaBus> bus_;
};

TEST_F(KafkaErrors, APermanentErrorDiscardsTheProducerAndTheCallerResumes) {
  ASSERT_EQ(*bus_->Publish("sample", Events(1, 3), In(absl::Seconds(10))), 3u);
  rd_kafka_mock_push_request_errors(cluster_, kProduce, 1,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const auto refused = bus_->Publish("sample", Events(4, 3), In(absl::Seconds(10)));
  EXPECT_TRUE(absl::IsPermissionDenied(refused.status())) << refused.status();
  const auto resumed = bus_->Publish("sample", Events(4, 3), In(absl::Seconds(10)));
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(*resumed, 3u);
}

TEST_F(KafkaErrors, TransientErrorsAreRetriedWithinTheDeadline) {
  rd_kafka_mock_push_request_errors(cluster_, kProduce, 2, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  const auto published = bus_->Publish("sample", Events(1, 3), In(absl::Seconds(10)));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(*published, 3u);
}

TEST_F(KafkaErrors, AtTheDeadlineWhatIsNotAcknowledgedIsForgotten) {
  ASSERT_EQ(*bus_->Publish("sample", Events(1, 1), In(absl::Seconds(10))), 1u);
  rd_kafka_mock_broker_set_down(cluster_, 1);
  const absl::Time begin = absl::Now();
  EXPECT_FALSE(bus_->Publish("sample", Events(2, 3), In(absl::Milliseconds(500))).ok());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  rd_kafka_mock_broker_set_up(cluster_, 1);
  ASSERT_EQ(*bus_->Publish("sample", Events(2, 3), In(absl::Seconds(10))), 3u);
}

TEST(KafkaAway, TheErrorNamesTheSettingAndTheBrokers) {
  const auto bus = KafkaBus::Create({.brokers = "127.0.0.1:1"}, &kClock);
  ASSERT_TRUE(bus.ok()) << bus.status();
  const absl::Status away = (*bus)->End("sample", In(absl::Milliseconds(100))).status();
  EXPECT_TRUE(absl::IsUnavailable(away)) << away;
  EXPECT_NE(away.message().find("creating topic sample (kafka.brokers is \"127.0.0.1:1\")"),
            std::string::npos)
      << away;
}

}  // namespace
}  // namespace stadtmesh::events
