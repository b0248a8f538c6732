// SPDX-License-Identifier: MIT
#include "common/posix/shm/reader_service.hpp"

#include <utility>

namespace pitbridge {
namespace {

/// Readers ask once; they can wait a moment for it.
constexpr std::int64_t kServeEveryNs = 100'000'000;

}  // namespace

ReaderService::ReaderService(Bridge& bridge, Log& log) : bridge_(bridge), log_(log) {
  bridge_.stream_to(frames_);
}

void ReaderService::open(std::shared_ptr<ShmDirectory> directory, std::string_view sim) {
  auto sections = SectionServer::open(std::move(directory), sim);
  if (!sections) return log_.write(LogLevel::kWarning, sections.error().message);
  sections_ = std::move(*sections);
}

void ReaderService::serve(std::int64_t now_ns) {
  if (!sections_ || now_ns < next_serve_ns_) return;
  next_serve_ns_ = now_ns + kServeEveryNs;
  sections_->serve([this](std::string_view file_name) { return bridge_.find_section(file_name); },
                   [this](UniqueFd connection, const StreamRequest& request) {
                     const auto admitted =
                         frames_.admit(std::move(connection), request, bridge_.section_bytes());
                     if (!admitted) log_.write(LogLevel::kWarning, admitted.error().message);
                   });
  frames_.tend();
  if (frames_.takes_newcomers()) bridge_.repeat_frames();
}

}  // namespace pitbridge
