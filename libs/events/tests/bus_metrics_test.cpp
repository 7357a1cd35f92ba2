#include "events/bus_metrics.h"

#include <gtest/gtest.h>

namespace stadtmesh::events {
namespace {

bool Has(const obs::Metrics& metrics, const std::string& line) {
  return metrics.Text().find(line) != std::string::npos;
}

TEST(BusMetrics, CarriesCountersAndGaugesOver) {
  RelayCounters relay;
  ConsumerCounters consumer;
  obs::Metrics metrics;
  BusMetrics bus_metrics(&metrics);
  bus_metrics.AddRelay("buergerbus", &relay);
  bus_metrics.AddConsumer("chatbot", &consumer);
  relay.published = 5;
  relay.oldest_age_millis = 1500;
  consumer.dead_letters = 2;
  consumer.lag = 7;
  bus_metrics.Update();
  relay.published = 8;
  consumer.lag = 3;
  bus_metrics.Update();
  bus_metrics.Update();
  EXPECT_TRUE(Has(metrics, "stadtmesh_relay_published_total{service=\"buergerbus\"} 8\n"))
      << metrics.Text();
  EXPECT_TRUE(Has(metrics, "stadtmesh_relay_oldest_age_seconds{service=\"buergerbus\"} 1.5\n"));
  EXPECT_TRUE(Has(metrics, "stadtmesh_consumer_dead_letters_total{group=\"chatbot\"} 2\n"));
  EXPECT_TRUE(Has(metrics, "stadtmesh_consumer_lag{group=\"chatbot\"} 3\n"));
}

}  // namespace
}  // namespace stadtmesh::events
