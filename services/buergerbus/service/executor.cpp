#include "buergerbus/service/executor.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "store/errors.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<Receipt> Executor::Run(const Command& command, const std::string& queue,
                                      const std::function<absl::Status(UnitOfWork&)>& decide) {
  const std::string turn = absl::StrCat(command.tenant(), "/", queue);
  return loop_.Execute<Receipt>({turn}, command.deadline, [&] { return Attempt(command, decide); });
}

absl::StatusOr<Receipt> Executor::Attempt(const Command& command, const std::function<absl::Status(UnitOfWork&)>& decide) {
  UnitOfWork unit(*repository_, *settings_, *ids_, command, clock_->Now());
  if (absl::Status decided = decide(unit); !decided.ok()) return RecordedOr(command, std::move(decided));
  const store::Scope scope = Repository::ScopeOf(command.tenant());
  absl::StatusOr<store::Committed> committed = repository_->store().Commit(scope, unit.Build(), command.deadline);
  if (store::HasReason(committed.status(), store::kVersionConflict)) {
    metrics_->conflicts.Add();
    settings_->Forget(command.tenant());
  }
  RETURN_IF_ERROR(committed.status());
  const bool replayed = committed->outcome == store::Committed::Outcome::kReplayed;
  if (replayed && std::holds_alternative<store::ReplyIdentity>(command.identity)) return Decode<Receipt>(committed->response);
  return unit.receipt;
}

absl::StatusOr<Receipt> Executor::RecordedOr(const Command& command, absl::Status error) {
  const auto* identity = std::get_if<store::ReplyIdentity>(&command.identity);
  if (identity == nullptr || absl::IsUnavailable(error) || absl::IsDeadlineExceeded(error)) return error;
  absl::StatusOr<std::optional<std::string>> recorded =
      repository_->store().FindReply(Repository::ScopeOf(command.tenant()), *identity, command.deadline);
  if (!recorded.ok() && store::HasReason(recorded.status(), store::kIdempotencyKeyReused)) return recorded.status();
  if (!recorded.ok() || !*recorded) return error;
  return Decode<Receipt>(**recorded);
}

}  // namespace stadtmesh::buergerbus
