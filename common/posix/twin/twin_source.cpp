// SPDX-License-Identifier: MIT
#include "common/posix/twin/twin_source.hpp"

#include <limits>

#include "common/posix/twin/section_view.hpp"

namespace pitbridge {
namespace {

std::string word(std::string_view text) {
  return std::string(text);
}

Error no_windows_half() {
  return {ExitCode::kFailure, "the Windows half of the bridge has ended; start the bridge again"};
}

Error refusal_in(const twin::Message& answer) {
  const auto code = twin::number_in(answer, 1);
  const bool is_known = code && *code > 0 && *code <= static_cast<int>(ExitCode::kOutputRefused);
  return {is_known ? static_cast<ExitCode>(*code) : ExitCode::kFailure,
          answer.size() > 2 ? answer[2] : "the Windows half of the bridge does not say why it cannot"};
}

Expected<void> done(const std::optional<twin::Message>& answer) {
  if (!answer) return tl::unexpected<Error>(no_windows_half());
  if (answer->front() == twin::kDone) return {};
  return tl::unexpected<Error>(refusal_in(*answer));
}

}  // namespace

Expected<std::optional<TwinSource::Held>> TwinSource::hold(std::string_view mapping_name) {
  const auto answer = link_.ask({word(twin::kOpen), word(mapping_name)});
  // Its session has gone with it, and the name with that.
  if (!answer || answer->front() == twin::kNone) return std::optional<Held>();
  const auto address = twin::number_in(*answer, 1);
  const auto size = twin::number_in(*answer, 2);
  if (answer->front() != twin::kView || !address || !size || *size > std::numeric_limits<std::size_t>::max())
    return tl::unexpected<Error>(refusal_in(*answer));
  return Held{*address, static_cast<std::size_t>(*size)};
}

void TwinSource::release() {
  link_.tell({word(twin::kRelease)});
}

std::optional<ProcessSections::Section> TwinSource::section_of(std::string_view mapping_name,
                                                               const Held& held) {
  // It has no other handle of that section, so where it has the same as before it is what the name leads to.
  const auto known = known_.find(mapping_name);
  if (known != known_.end() && sections_.has(known->second)) return known->second;
  const auto section = sections_.at(held.address);
  if (section) known_.insert_or_assign(word(mapping_name), *section);
  return section;
}

Expected<std::unique_ptr<View>> TwinSource::open(std::string_view mapping_name) {
  const auto held = hold(mapping_name);
  if (!held) return tl::unexpected<Error>(held.error());
  if (!*held) return std::unique_ptr<View>();
  std::unique_ptr<View> view;
  if (const auto section = section_of(mapping_name, **held))
    view = view_section(sections_.open(*section), section->id, (*held)->size_bytes);
  release();
  if (view) return view;
  return fail(ExitCode::kFailure,
              word(mapping_name) + ": its pages cannot be reached by /proc/" + std::to_string(link_.pid()) +
                  "/fd, as a sandbox may forbid; use the bridge of Winelib, <sim>bridge.exe.so");
}

std::optional<SectionId> TwinSource::identify(std::string_view mapping_name) {
  const auto held = hold(mapping_name);
  if (!held || !*held) return std::nullopt;
  const auto section = section_of(mapping_name, **held);
  release();
  if (!section) return std::nullopt;
  return section->id;
}

Expected<void> TwinSource::own(std::string_view mapping_name, const std::string& file_path) {
  return done(link_.ask({word(twin::kOwn), word(mapping_name), file_path}));
}

std::optional<Game> TwinSource::find_game(const Sim& /*sim*/) {
  const auto answer = link_.ask({word(twin::kFind)});
  if (!answer || answer->size() != 3 || answer->front() != twin::kGame) return std::nullopt;
  const auto pid = twin::number_in(*answer, 1);
  if (!pid || *pid > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return Game{static_cast<std::uint32_t>(*pid), answer->back()};
}

bool TwinSource::is_yes(std::string_view question) {
  const auto answer = link_.ask({word(question)});
  return answer && answer->front() == twin::kYes;
}

bool TwinSource::game_runs() {
  return is_yes(twin::kRuns);
}

bool TwinSource::others_run() {
  return is_yes(twin::kOthers);
}

Expected<void> TwinSource::stop_holding_session() {
  return done(link_.ask({word(twin::kLeave)}));
}

bool TwinSource::session_ends() {
  const auto answer = link_.ask({word(twin::kEnds)});
  return !answer || answer->front() == twin::kYes;
}

}  // namespace pitbridge
