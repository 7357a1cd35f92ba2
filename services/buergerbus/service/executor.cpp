#include "buergerbus/service/executor.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "store/errors.h"

namespace stadtmesh::buergerbus {
namespace {

// Repeating the command would be refused again, or at least must be. Bad fields are left out: who
// mends them may keep the key.
std::optional<RecordedError> FinalRefusal(const absl::Status& status) {
  const bool final = absl::IsNotFound(status) || absl::IsAlreadyExists(status) ||
                     absl::IsFailedPrecondition(status) || absl::IsPermissionDenied(status);
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  if (!final || !info || !info->fields.empty()) return std::nullopt;
  return RecordedError{status.code(), info->domain, info->reason, std::string(status.message()),
                       info->metadata};
}

absl::StatusOr<Receipt> Answer(Receipt receipt) {
  if (!receipt.error) return receipt;
  const RecordedError& error = *receipt.error;
  return MakeError(error.code,
                   {.domain = error.domain, .reason = error.reason, .metadata = error.metadata},
                   error.message);
}

// Deadlines are of this clock. By the town's, where that is ahead of it, all have passed.
const Clock& MachineClock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace

Executor::Executor(const Repository* repository, SettingsCache* settings, const Clock* clock,
                   IdSource* ids, BuergerbusMetrics* metrics)
    : repository_(repository),
      settings_(settings),
      clock_(clock),
      ids_(ids),
      metrics_(metrics),
      loop_(MachineClock()) {}

absl::StatusOr<Receipt> Executor::Run(const Command& command, const std::string& queue,
                                      const std::function<absl::Status(UnitOfWork&)>& decide) {
  const std::string turn = absl::StrCat(command.tenant(), "/", queue);
  return loop_.Execute<Receipt>({turn}, command.deadline, [&] { return Attempt(command, decide); });
}

absl::StatusOr<Receipt> Executor::Attempt(const Command& command,
                                          const std::function<absl::Status(UnitOfWork&)>& decide) {
  UnitOfWork unit(*repository_, *settings_, *ids_, command, clock_->Now());
  if (absl::Status decided = decide(unit); !decided.ok()) {
    std::optional<RecordedError> refusal = FinalRefusal(decided);
    if (!refusal || !std::holds_alternative<store::ReplyIdentity>(command.identity)) {
      return RecordedOr(command, std::move(decided));
    }
    unit.Fail(*std::move(refusal));
  }
  const store::Scope scope = Repository::ScopeOf(command.tenant());
  absl::StatusOr<store::Committed> committed =
      repository_->store().Commit(scope, unit.Build(), command.deadline);
  if (store::HasReason(committed.status(), store::kVersionConflict)) {
    metrics_->conflicts.Add();
    settings_->Forget(command.tenant());
  }
  RETURN_IF_ERROR(committed.status());
  const bool replayed = committed->outcome == store::Committed::Outcome::kReplayed;
  if (!replayed) metrics_->Count(unit.facts());
  if (replayed && std::holds_alternative<store::ReplyIdentity>(command.identity)) {
    ASSIGN_OR_RETURN(unit.receipt, Decode<Receipt>(committed->response));
  }
  return Answer(std::move(unit.receipt));
}

absl::StatusOr<Receipt> Executor::RecordedOr(const Command& command, absl::Status error) {
  const auto* identity = std::get_if<store::ReplyIdentity>(&command.identity);
  if (identity == nullptr || absl::IsUnavailable(error) || absl::IsDeadlineExceeded(error))
    return error;
  absl::StatusOr<std::optional<std::string>> recorded = repository_->store().FindReply(
      Repository::ScopeOf(command.tenant()), *identity, command.deadline);
  if (!recorded.ok() && store::HasReason(recorded.status(), store::kIdempotencyKeyReused))
    return recorded.status();
  if (!recorded.ok() || !*recorded) return error;
  ASSIGN_OR_RETURN(Receipt receipt, Decode<Receipt>(**recorded));
  return Answer(std::move(receipt));
}

}  // namespace stadtmesh::buergerbus
