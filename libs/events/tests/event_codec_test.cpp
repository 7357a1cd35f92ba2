#include "events/event_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "events/tests/samples.h"

namespace stadtmesh::events {
namespace {

rc::Gen<std::string> Text() { return rc::gen::nonEmpty<std::string>(); }

TEST(EventCodec, RoundTripsEveryEvent) {
  ASSERT_TRUE(rc::check("decode(encode(event)) == event", [] {
    Event event;
    event.id = *Text();
    event.type = *Text();
    event.service = *Text();
    event.tenant = *Text();
    event.aggregate = *Text();
    event.epoch = *rc::gen::arbitrary<uint64_t>();
    event.n = *rc::gen::arbitrary<uint64_t>();
    event.time =
        absl::FromUnixNanos(*rc::gen::inRange<int64_t>(0, int64_t{4'000'000'000} * 1'000'000'000));
    event.payload = *rc::gen::arbitrary<std::string>();
    event.traceparent = *rc::gen::arbitrary<std::string>();
    event.counters = *rc::gen::arbitrary<std::map<std::string, int64_t>>();

    const auto decoded = DecodeEvent(EncodeHeaders(event), event.payload);
    RC_ASSERT(decoded.ok());
    RC_ASSERT(decoded->id == event.id);
    RC_ASSERT(decoded->type == event.type);
    RC_ASSERT(KeyOf(*decoded) == KeyOf(event));
    RC_ASSERT(decoded->epoch == event.epoch);
    RC_ASSERT(decoded->n == event.n);
    RC_ASSERT(decoded->time == event.time);
    RC_ASSERT(decoded->payload == event.payload);
    RC_ASSERT(decoded->traceparent == event.traceparent);
    RC_ASSERT(decoded->counters == event.counters);
  }));
}

TEST(EventCodec, RefusesMissingRepeatedAndMalformedHeaders) {
  const Headers good = EncodeHeaders(SampleEvent("a", 1));
  for (const std::string name : {"ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject",
                                 "ce_time", "ce_tenant", "ce_epoch", "ce_sequence"}) {
    Headers missing = good, repeated = good, malformed = good;
    std::erase_if(missing, [&](const auto& header) { return header.first == name; });
    repeated.emplace_back(name, "1");
    for (auto& [key, value] : malformed) {
      if (key == name) value = "";
    }
    for (const Headers& bad : {missing, repeated, malformed}) {
      const auto decoded = DecodeEvent(bad, "");
      ASSERT_TRUE(absl::IsInvalidArgument(decoded.status())) << name;
      EXPECT_NE(decoded.status().message().find(name), absl::string_view::npos) << decoded.status();
    }
  }
}

TEST(EventCodec, NeverCrashesOnForeignHeaders) {
  ASSERT_TRUE(rc::check("any headers decode or are refused", [] {
    Headers headers = EncodeHeaders(SampleEvent("a", 1));
    const auto which = *rc::gen::inRange<size_t>(0, headers.size());
    headers[which].second = *rc::gen::arbitrary<std::string>();
    (void)DecodeEvent(headers, *rc::gen::arbitrary<std::string>());
  }));
}

TEST(EventCodec, IgnoresUnknownHeaders) {
  Headers headers = EncodeHeaders(SampleEvent("a", 1));
  headers.emplace_back("x-added-later", "1");
  EXPECT_TRUE(DecodeEvent(headers, "").ok());
}

// Values of org.apache.kafka.common.utils.Utils.murmur2, from Kafka's own UtilsTest.
TEST(Partitioner, AgreesWithKafka) {
  const std::pair<absl::string_view, int32_t> known[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"abc", 479470107},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
  };
  for (const auto& [key, hash] : known) {
    EXPECT_EQ(PartitionOf(key, 0x7fffffff), static_cast<int32_t>((hash & 0x7fffffff) % 0x7fffffff))
        << key;
  }
}

TEST(Partitioner, KeepsTenantsApart) {
  Event event = SampleEvent("ride-1", 1);
  EXPECT_EQ(PartitionKey(event), "musterstadt/ride-1");
}

}  // namespace
}  // namespace stadtmesh::events
