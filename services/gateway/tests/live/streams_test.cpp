// Live streams between a bus and connections that do what a test says.
#include "gateway/live/streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "gateway/tests/descriptor_sets.h"
#include "gateway_test.pb.h"
#include "testing/wait_until.h"

namespace stadtmesh::gateway {
namespace {

using ::stadtmesh::testing::WaitUntil;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kStreamBytes = 64 * 1024;

// One topic with one partition. Thread-safe.
class FakeBus final : public events::Bus {
 public:
  absl::StatusOr<size_t> Publish(absl::string_view, const std::vector<events::Event>&,
                                 absl::Time) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::unique_ptr<events::Subscription>> Subscribe(const events::SubscribeOptions&,
                                                                  events::Handler) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::unique_ptr<events::Subscription>> Tail(
      absl::string_view, const events::TailFrom& from,
      std::function<void(const events::Delivery&)> handler) override {
    struct Nothing final : events::Subscription {
      void Stop() override {}
    };
    from_ = from;
    handler_ = std::move(handler);
    return std::make_unique<Nothing>();
  }
  absl::StatusOr<std::vector<events::Position>> End(absl::string_view, absl::Time) override {
    absl::MutexLock lock(&mutex_);
    ++asked_;
    return std::vector<events::Position>{{0, end_}};
  }

  // The next event of the log, and what the stream makes of it.
  void Deliver(const std::string& ride, size_t padding = 0) {
    gatewaytest::v1::RideBooked payload;
    payload.set_ride_id(ride);
    payload.set_rider(std::string(padding, 'x'));
    handler_({{.id = ride,
               .type = "stadtmesh.gatewaytest.ride.booked.v1",
               .service = "gatewaytest",
               .tenant = "town",
               .aggregate = ride,
               .epoch = 1,
               .n = 1,
               .time = absl::UnixEpoch(),
               .payload = payload.SerializeAsString()},
              {0, ++heard_}});
    absl::MutexLock lock(&mutex_);
    end_ = std::max(end_, heard_);
  }
  // The log is empty now.
  void Lose() {
    heard_ = -1;
    SetEnd(-1);
    ASSERT_TRUE(from_.on_lost);
    from_.on_lost(0);
  }
  void SetEnd(int64_t end) {
    absl::MutexLock lock(&mutex_);
    end_ = end;
  }
  int asked() const {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }

 private:
  events::TailFrom from_;
  std::function<void(const events::Delivery&)> handler_;
  int64_t heard_ = -1;
  mutable absl::Mutex mutex_;
  int64_t end_ ABSL_GUARDED_BY(mutex_) = -1;
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A connection whose client reads when the test says so. Thread-safe.
class FakeExchange final : public Exchange {
 public:
  void Respond(Response) override {}
  void Start(Response, Extent) override {}
  bool Write(std::string piece) override {
    absl::MutexLock lock(&mutex_);
    if (waiting_ + piece.size() > kStreamBytes) return false;
    waiting_ += piece.size();
    text_ += piece;
    return true;
  }
  void Finish(std::string last) override {
    absl::MutexLock lock(&mutex_);
    text_ += last;
  }
  void Abort() override {}
  void WhenWritten(std::function<void()> written) override {
    absl::MutexLock lock(&mutex_);
    written_ = std::move(written);
  }
  void WhenGone(std::function<void()> gone) override { gone_ = std::move(gone); }

  // The client takes what waits; false when nothing was to follow it.
  bool Read() {
    std::function<void()> written;
    {
      absl::MutexLock lock(&mutex_);
      waiting_ = 0;
      written = std::exchange(written_, nullptr);
    }
    if (written) written();
    return written != nullptr;
  }
  void Leave() { gone_(); }
  std::string text() const {
    absl::MutexLock lock(&mutex_);
    return text_;
  }
  bool Has(const std::string& part) const { return text().find(part) != std::string::npos; }

 private:
  mutable absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::function<void()> written_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> gone_;
};

class LiveStreamsTest : public ::testing::Test {
 protected:
  void Start(const StreamsOptions& options) {
    auto streams = Streams::Start(*api_, {"gatewaytest"}, &bus_, options, &clock_, &metrics_);
    ASSERT_TRUE(streams.ok());
    streams_ = *std::move(streams);
  }
  absl::Status TryOpen(const std::shared_ptr<FakeExchange>& exchange, std::string last = "") {
    StreamRequest request;
    request.channels = {"board"};
    request.principals["gatewaytest"] = {
        .tenant = "town", .subject = "boss", .roles = {auth::Role::kDispatcher}};
    request.ends = absl::InfiniteFuture();
    request.last_event_id = std::move(last);
    return streams_->Open(exchange, {}, std::move(request));
  }
  std::shared_ptr<FakeExchange> Open(std::string last = "") {
    auto exchange = std::make_shared<FakeExchange>();
    EXPECT_TRUE(TryOpen(exchange, std::move(last)).ok());
    return exchange;
  }

  const std::unique_ptr<Api> api_ = *Api::Load(TestDescriptorSet());
  const SystemClock clock_{};
  obs::Metrics registry_;
  GatewayMetrics metrics_{registry_, *api_};
  FakeBus bus_;
  std::unique_ptr<Streams> streams_;
};

TEST_F(LiveStreamsTest, ALostLogResetsAll) {
  Start({});
  const auto before = Open();
  bus_.Deliver("r0");
  bus_.Deliver("r1");
  EXPECT_THAT(before->text(), HasSubstr("id: gatewaytest:0=1\n"));
  bus_.Lose();
  EXPECT_THAT(before->text(), HasSubstr("event: reset\ndata: {\"reason\":\"events were lost\"}"));
  const auto with_old_id = Open("gatewaytest:0=1");
  EXPECT_TRUE(WaitUntil([&] { return with_old_id->Has("event: reset"); }));
  const auto anew = Open();
  bus_.Deliver("r2");
  EXPECT_THAT(anew->text(), AllOf(HasSubstr("id: gatewaytest:0=0\n"), HasSubstr("r2")));
}

TEST_F(LiveStreamsTest, AnIdBeyondTheLogIsReset) {
  Start({});
  bus_.Deliver("r0");
  for (const char* id : {"gatewaytest:0=1", "gatewaytest:0=999999"}) {
    const auto future = Open(id);
    EXPECT_TRUE(WaitUntil([&] { return future->Has("event: reset"); })) << id;
  }
}

TEST_F(LiveStreamsTest, AnIdOfAReplicaThatIsAheadIsGood) {
  Start({});
  bus_.Deliver("r0");
  bus_.SetEnd(2);
  const int asked = bus_.asked();
  const auto stream = Open("gatewaytest:0=2");
  stream->Read();
  ASSERT_TRUE(WaitUntil([&] { return bus_.asked() > asked; }));
  for (const char* ride : {"r1", "r2", "r3"}) bus_.Deliver(ride);
  EXPECT_THAT(stream->text(),
              AllOf(HasSubstr("r3"), Not(HasSubstr("\"r2\"")), Not(HasSubstr("event: reset"))));
}

TEST_F(LiveStreamsTest, WhatWasMissedComesAtTheClientsPace) {
  Start({});
  constexpr int kMissed = 500;
  bus_.Deliver("first");
  for (int i = 0; i < kMissed; ++i) bus_.Deliver(absl::StrCat("r", i), 1000);
  const auto stream = Open("gatewaytest:0=0");
  int newer = kMissed;
  for (int i = 0; stream->Read(); ++i) {
    if (i < 5) bus_.Deliver(absl::StrCat("r", newer++), 1000);  // behind what is still to come
    ASSERT_LT(i, 10 * kMissed);
  }
  bus_.Deliver(absl::StrCat("r", newer++), 1000);
  const std::string text = stream->text();
  size_t at = 0;
  for (int i = 0; i < newer; ++i) {
    const std::string subject = absl::StrCat("\"subject\":\"r", i, "\"");
    at = text.find(subject, at);
    ASSERT_NE(at, std::string::npos) << subject << " in its order";
    ASSERT_EQ(text.find(subject, at + 1), std::string::npos) << subject << " once";
  }
  EXPECT_THAT(text, Not(HasSubstr("event: reset")));
}

TEST_F(LiveStreamsTest, WhoTakesLongerThanTheRingLastsIsReset) {
  Start({.ring = 4});
  bus_.Deliver("first");
  const auto stream = Open("gatewaytest:0=0");
  for (int i = 0; i < 5; ++i) bus_.Deliver(absl::StrCat("r", i));
  EXPECT_FALSE(stream->Has("event: reset"));
  stream->Read();
  EXPECT_THAT(stream->text(), HasSubstr("event: reset\ndata: {\"reason\":\"too slow\"}"));
}

TEST_F(LiveStreamsTest, AnEndedStreamsPlaceIsFreeAtOnce) {
  Start({.streams = 1, .streams_per_user = 1});
  bus_.Deliver("r0");
  const auto reset = Open("gatewaytest:0=-7");
  EXPECT_THAT(reset->text(), HasSubstr("event: reset"));
  const auto next = Open();
  EXPECT_THAT(next->text(), HasSubstr("event: open"));
  reset->Leave();  // its client has seen the end: nothing is free by that
  EXPECT_FALSE(TryOpen(std::make_shared<FakeExchange>()).ok());
  next->Leave();
  Open();
}

}  // namespace
}  // namespace stadtmesh::gateway
