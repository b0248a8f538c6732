// SPDX-License-Identifier: MIT
#include "tests/e2e/game/played_recording.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace pitbridge::model {
namespace {

constexpr char kMagic[8] = {'P', 'I', 'T', 'B', 'R', 'A', 'W', '1'};
/// More than any file of a test has in one frame.
constexpr std::uint32_t kMostBytes = std::uint32_t{16} << 20U;

struct FrameHead {
  std::uint64_t time_ns;
  std::uint32_t name_bytes, size_bytes;
};

}  // namespace

PlayedRecording::PlayedRecording(const std::string& path) : file_(path, std::ios::binary) {
  std::array<char, sizeof kMagic> magic = {};
  file_.read(magic.data(), magic.size());
  is_open_ = file_.good() && std::memcmp(magic.data(), kMagic, sizeof kMagic) == 0;
  pop();
}

void PlayedRecording::pop() {
  frame_.reset();
  FrameHead head = {};
  if (!is_open_ || !file_.read(reinterpret_cast<char*>(&head), sizeof head)) return;
  if (head.name_bytes > kMostBytes || head.size_bytes > kMostBytes) return;
  PlayedFrame frame;
  frame.seconds = static_cast<double>(head.time_ns) / 1e9;
  frame.file_name.resize(head.name_bytes);
  frame.bytes.resize(head.size_bytes);
  file_.read(frame.file_name.data(), static_cast<std::streamsize>(frame.file_name.size()));
  file_.read(reinterpret_cast<char*>(frame.bytes.data()), static_cast<std::streamsize>(frame.bytes.size()));
  if (file_) frame_ = std::move(frame);
}

}  // namespace pitbridge::model
