// SPDX-License-Identifier: MIT
#include "common/win32/twin/session_answers.hpp"

#include <algorithm>
#include <cstdint>

namespace pitbridge {
namespace {

using twin::Message;

/// Enough for Wine to fetch the descriptor; a large section would not fit into a program of 32 bits.
constexpr std::uint64_t kViewBytes = 4096;

Message word(std::string_view text) {
  return {std::string(text)};
}

Message yes_or_no(bool yes) {
  return word(yes ? twin::kYes : twin::kNo);
}

Message refused(const Error& error) {
  return {std::string(twin::kRefused), std::to_string(static_cast<int>(error.code)), error.message};
}

Message done(const Expected<void>& result) {
  return result ? word(twin::kDone) : refused(result.error());
}

}  // namespace

std::optional<Message> SessionAnswers::to(const Message& question) {
  const std::string& what = question.front();
  const auto argument = [&](std::size_t at) { return at < question.size() ? question[at] : std::string(); };
  if (what == twin::kRelease) {
    view_.reset();
    held_.reset();
    return std::nullopt;
  }
  if (what == twin::kOpen) return open(argument(1));
  if (what == twin::kOwn) return done(owned_.make(argument(1), argument(2)));
  if (what == twin::kRuns) return yes_or_no(game_.runs());
  if (what == twin::kOthers) return yes_or_no(ProcessWatch::others_run());
  if (what == twin::kLeave) return done(system_process_.become());
  if (what == twin::kEnds) return yes_or_no(system_process_.session_ends());
  if (what == twin::kFind) {
    const auto game = game_.find(sim_);
    if (!game) return word(twin::kNone);
    return Message{std::string(twin::kGame), std::to_string(game->pid), game->exe_name};
  }
  return refused({ExitCode::kFailure, "the Windows half of the bridge is of another version; install both"});
}

Message SessionAnswers::open(const std::string& mapping_name) {
  view_.reset();
  held_.reset();
  if (owned_.is_ours_alone(mapping_name)) return word(twin::kNone);
  auto section = Section::open(mapping_name, SectionAccess::kReadOnly);
  if (!section) return refused(section.error());
  if (!*section) return word(twin::kNone);
  const std::uint64_t size = (*section)->size_bytes();
  // Of a file that is shorter the section is as short; 0: this Wine does not tell.
  const std::uint64_t view_bytes = size == 0 ? kViewBytes : std::min(size, kViewBytes);
  auto view = (*section)->map(0, view_bytes, SectionAccess::kReadOnly);
  if (!view) return refused(view.error());
  held_ = std::move(**section);
  view_.emplace(std::move(*view));
  return {std::string(twin::kView), std::to_string(reinterpret_cast<std::uintptr_t>(view_->data())),
          std::to_string(size)};
}

}  // namespace pitbridge
