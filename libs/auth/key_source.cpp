#include "auth/key_source.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace stadtmesh::auth {
namespace {

// How often the fetching thread looks at the (injected) clock.
constexpr absl::Duration kLookAgain = absl::Seconds(1);

absl::Status Unknown() { return absl::NotFoundError("unknown key"); }
absl::Status Fetching() { return absl::UnavailableError("keys are being fetched"); }

class Fixed final : public KeySource {
 public:
  explicit Fixed(KeySet keys) : keys_(std::move(keys)) {}
  absl::StatusOr<PublicKey> Find(absl::string_view kid) override {
    const PublicKey* key = keys_.Find(kid);
    if (key == nullptr) return Unknown();
    return *key;
  }
  uint64_t generation() const override { return 0; }

 private:
  const KeySet keys_;
};

class Fetched final : public KeySource {
 public:
  explicit Fetched(JwksOptions options) : options_(std::move(options)) {
    if (options_.clock == nullptr) options_.clock = &system_clock_;
    Fetch();
    thread_ = std::thread([this] { Run(); });
  }

  ~Fetched() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
      wake_.Signal();
    }
    thread_.join();
  }

  absl::StatusOr<PublicKey> Find(absl::string_view kid) override {
    absl::MutexLock lock(&mutex_);
    if (const PublicKey* key = keys_.Find(kid); key != nullptr) return *key;
    if (!wanted_ && options_.clock->Now() - last_attempt_ >= options_.shortest_interval) {
      wanted_ = true;
      wake_.Signal();
    }
    return wanted_ || !ever_fetched_ ? Fetching() : Unknown();
  }

  uint64_t generation() const override { return generation_.load(std::memory_order_acquire); }

 private:
  void Run() {
    while (true) {
      {
        absl::MutexLock lock(&mutex_);
        const absl::Duration interval =
            ever_fetched_ ? options_.refresh : options_.shortest_interval;
        if (!stopping_ && !wanted_ && options_.clock->Now() - last_attempt_ < interval) {
          wake_.WaitWithTimeout(&mutex_, kLookAgain);
        }
        if (stopping_) return;
        if (!wanted_ && options_.clock->Now() - last_attempt_ < interval) continue;
      }
      Fetch();
    }
  }

  void Fetch() {
    const absl::StatusOr<std::string> json = options_.fetch();  // slow, hence without the lock
    absl::StatusOr<KeySet> keys =
        json.ok() ? KeySet::Parse(*json) : absl::StatusOr<KeySet>(json.status());
    absl::MutexLock lock(&mutex_);
    last_attempt_ = options_.clock->Now();
    wanted_ = false;
    if (!keys.ok() || (json_ == *json && ever_fetched_)) return;
    json_ = *json;
    keys_ = *std::move(keys);
    ever_fetched_ = true;
    generation_.fetch_add(1, std::memory_order_release);
  }

  const SystemClock system_clock_;
  JwksOptions options_;
  absl::Mutex mutex_;
  absl::CondVar wake_;
  KeySet keys_ ABSL_GUARDED_BY(mutex_);
  std::string json_ ABSL_GUARDED_BY(mutex_);
  absl::Time last_attempt_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool ever_fetched_ ABSL_GUARDED_BY(mutex_) = false;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<uint64_t> generation_{0};
  std::thread thread_;
};

}  // namespace

std::shared_ptr<KeySource> FixedKeys(KeySet keys) {
  return std::make_shared<Fixed>(std::move(keys));
}
std::shared_ptr<KeySource> FetchedKeys(JwksOptions options) {
  return std::make_shared<Fetched>(std::move(options));
}

}  // namespace stadtmesh::auth
