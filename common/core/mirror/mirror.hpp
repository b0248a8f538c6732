// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/core/mirror/consistency.hpp"
#include "common/core/mirror/pacer.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/mirror/voice.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// One mapping and its files: attaches to a section, looks for updates at the right moments, publishes them.
/// While detached the files are all zeros.
class Mirror {
 public:
  /// `status` and `mapping` must outlive the mirror; `index` is the mapping's place in the status page.
  Mirror(const Mapping& mapping, std::size_t index, StatusWriter& status, PacerProfile profile);

  /// Every frame goes there too, from now on. `frames` must outlive the mirror.
  void stream_to(FrameSink& frames) { frames_ = &frames; }
  /// What is published now, once more, for who has just come; nothing while detached.
  void repeat_frame();

  const Mapping& mapping() const { return mapping_; }
  bool attached() const { return view_ != nullptr; }
  bool has_files() const { return !sinks_.empty(); }
  SectionId section() const { return view_ ? view_->id() : SectionId{}; }
  std::int64_t next_look_ns() const;
  /// Whether it may be looked at together with others that are due now: a wake-up costs more than a look.
  bool is_nearly_due(std::int64_t now_ns) const { return next_look_ns() - now_ns <= may_be_early_ns_; }
  std::int64_t last_change_ns() const { return last_change_ns_; }
  std::uint64_t updates() const { return updates_; }
  /// Whether the section was written since it was attached; what it held then does not count.
  bool was_written() const { return attached() && was_written_; }
  /// What the files hold now; empty while detached.
  std::span<const std::byte> published() const {
    return attached() ? copy_.accepted() : std::span<const std::byte>();
  }
  /// Whether that is one state and no mixture.
  bool is_whole() const { return torn_in_a_row_ == 0; }
  /// The section's own descriptor, for zero copy; -1 while detached or where Wine gives none.
  int section_descriptor() const { return attached() ? view_->descriptor() : -1; }

  /// Opens or creates the files, cleared, with room for `size_bytes` and for what known readers need.
  /// `living` is the section that has the name now: a file that is its memory (--own) is not cleared.
  Expected<void> open_files(SinkFactory& factory, std::size_t size_bytes,
                            std::optional<SectionId> living = std::nullopt);
  /// Where the bytes go. The files must be open.
  std::string file_path() const { return sinks_.front()->path(); }

  /// Takes the view, and publishes it at the next look. The files must be open. On an error (no room) the
  /// view is dropped and nothing is attached.
  Expected<void> attach(std::unique_ptr<View> view, std::int64_t now_ns);
  /// Shows `bytes`, of which `changed` differs from what was shown before, in the place of a section that
  /// nobody has made. The files must be open. Lasts until `attach` or `detach`, and so long `bytes` must stay
  /// in place.
  void show_derived(std::span<const std::byte> bytes, std::span<const Run> changed, std::int64_t now_ns);
  bool is_derived() const { return !derived_.empty(); }

  /// Clears the files and gives the view back; null when there was none.
  std::unique_ptr<View> detach();
  /// The file is the section's own memory (--own), so nothing is copied.
  bool is_in_place() const { return attached() && is_in_place(*sinks_.front()); }
  /// Forgets a section that is in place, without clearing the file: it is the memory of a game that still
  /// runs.
  void leave_to_the_game();

  /// Makes the next look due at once, and a whole one.
  void look_soon() { next_look_ns_ = next_full_look_ns_ = 0; }

  /// The files have no place at their paths, until `put_back` or `attach`: see TitleFiles.
  void put_aside();
  void put_back();

  enum class Look { kUnchanged, kChanged, kFault };
  /// Looks once. After kFault the owner detaches.
  Look look(std::int64_t now_ns);

  /// Checks the files and repairs them. The message of a repair or of a failure, if there was one.
  struct FileNews {
    LogLevel level;
    std::string message;
  };
  std::vector<FileNews> check_files();
  /// A publication met a damaged file: check now.
  bool files_hurt() const { return files_hurt_; }
  /// What was last found wrong with this mapping or its files.
  Complaint& complaint() { return complaint_; }

 private:
  void publish(std::span<const Store> stores, std::int64_t now_ns);
  void stream(std::span<const std::byte> bytes, std::int64_t time_ns, bool is_repeated);
  void plan_next_look(std::int64_t now_ns, bool changed);
  bool is_in_place(const Sink& sink) const { return view_ != nullptr && sink.id() == view_->id(); }

  const Mapping& mapping_;
  std::size_t index_;
  StatusWriter& status_;
  FrameSink* frames_ = nullptr;
  PacerProfile profile_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::unique_ptr<View> view_;
  Pacer pacer_;
  PublishPlan plan_;
  SectionCopy copy_;
  std::optional<Mark> mark_;
  std::optional<std::uint64_t> seen_update_;  ///< of a view that tells of its updates
  std::int64_t next_look_ns_ = 0, next_full_look_ns_ = 0, last_change_ns_ = 0;
  std::int64_t may_be_early_ns_ = 0;  ///< the next look
  std::uint64_t updates_ = 0;
  std::uint32_t torn_in_a_row_ = 0;
  bool was_looked_at_ = false, was_written_ = false;
  std::span<const std::byte> derived_;  ///< what `show_derived` shows
  bool is_aside_ = false;
  bool files_hurt_ = false;
  Complaint complaint_;
};

}  // namespace pitbridge
