// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "common/core/mirror/bridge.hpp"
#include "common/posix/shm/frame_stream.hpp"
#include "common/posix/shm/section_server.hpp"

namespace pitbridge {

/// What a bridge does for readers beside its files: the game's own sections, and every frame.
class ReaderService {
 public:
  /// Before the bridge starts. All references must outlive this, and the bridge must not step without it.
  ReaderService(Bridge& bridge, Log& log);
  ReaderService(const ReaderService&) = delete;
  ReaderService& operator=(const ReaderService&) = delete;

  /// From now on readers can ask, with the status page's lock held. Where they cannot, the log says so, and
  /// the bridge does without.
  void open(std::shared_ptr<ShmDirectory> directory, std::string_view sim);
  /// Does what is due. Call at each step of the bridge.
  void serve(std::int64_t now_ns);

 private:
  Bridge& bridge_;
  Log& log_;
  FrameStream frames_;
  std::unique_ptr<SectionServer> sections_;
  std::int64_t next_serve_ns_ = 0;
};

}  // namespace pitbridge
