// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace pitbridge::record {

/// Packs a chunk as it grows, by zstd: to pack a second of a large sim at once would take so long that the
/// next frame is lost.
class Packer {
 public:
  Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  ~Packer();

  void add(std::span<const std::byte> raw);
  /// What was added since the last call, packed; the packer begins anew. Empty when memory has run out.
  std::vector<std::byte> finish();

 private:
  bool run(std::span<const std::byte> raw, bool is_end);

  ZSTD_CCtx_s* context_;
  std::vector<std::byte> out_;
  bool failed_ = false;
};

class Unpacker {
 public:
  Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  ~Unpacker();

  /// False when it is not exactly `raw.size()` bytes that are packed there.
  bool unpack(std::span<const std::byte> packed, std::span<std::byte> raw);

 private:
  ZSTD_DCtx_s* context_;
};

}  // namespace pitbridge::record
