// SPDX-License-Identifier: MIT
#include "bridges/record/packing.hpp"

#include <zstd.h>

#include <array>
#include <utility>

namespace pitbridge::record {
namespace {

/// Higher ones take several times as long for some percent.
constexpr int kLevel = 3;

}  // namespace

Packer::Packer() : context_(ZSTD_createCCtx()) {
  failed_ = context_ == nullptr;
  if (!failed_) (void)ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kLevel);
}

Packer::~Packer() {
  (void)ZSTD_freeCCtx(context_);
}

bool Packer::run(std::span<const std::byte> raw, bool is_end) {
  ZSTD_inBuffer in = {raw.data(), raw.size(), 0};
  std::array<std::byte, 16384> buffer;
  while (true) {
    ZSTD_outBuffer out = {buffer.data(), buffer.size(), 0};
    const std::size_t left = ZSTD_compressStream2(context_, &out, &in, is_end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) return false;
    out_.insert(out_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(out.pos));
    if (is_end ? left == 0 : in.pos == in.size) return true;
  }
}

void Packer::add(std::span<const std::byte> raw) {
  failed_ = failed_ || !run(raw, false);
}

std::vector<std::byte> Packer::finish() {
  failed_ = failed_ || !run({}, true);
  std::vector<std::byte> packed = std::exchange(out_, {});
  if (failed_) packed.clear();
  if (context_ != nullptr) {
    (void)ZSTD_CCtx_reset(context_, ZSTD_reset_session_only);
    failed_ = false;
  }
  return packed;
}

Unpacker::Unpacker() : context_(ZSTD_createDCtx()) {}

Unpacker::~Unpacker() {
  (void)ZSTD_freeDCtx(context_);
}

bool Unpacker::unpack(std::span<const std::byte> packed, std::span<std::byte> raw) {
  return context_ != nullptr &&
         ZSTD_decompressDCtx(context_, raw.data(), raw.size(), packed.data(), packed.size()) == raw.size();
}

}  // namespace pitbridge::record
