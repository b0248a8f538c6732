// SPDX-License-Identifier: MIT
#include "common/posix/shm/readers_file.hpp"

#include <atomic>
#include <utility>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/system/fault_guard.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kWaitsOffset = 0;
constexpr std::size_t kValueRequestsOffset = 4;

}  // namespace

ReadersFile::ReadersFile(std::unique_ptr<ShmFile> file)
    : file_(std::move(file)),
      // As if one had been announced just now: somebody may wait since the bridge before us.
      waits_seen_(load(kWaitsOffset) - 1) {}

Expected<std::unique_ptr<ReadersFile>> ReadersFile::open(std::shared_ptr<ShmDirectory> directory,
                                                         std::string_view sim, mode_t mode) {
  const mode_t writable_where_readable = mode | ((mode & 0444U) >> 1U);
  auto file = ShmFile::open(std::move(directory), readers_file_name(sim), kPageBytes, writable_where_readable,
                            Others::kReadAndWrite);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  return std::unique_ptr<ReadersFile>(new ReadersFile(std::move(*file)));
}

bool ReadersFile::anybody_waits() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const std::uint32_t waits = load(kWaitsOffset);
  return std::exchange(waits_seen_, waits) != waits;
}

std::uint32_t ReadersFile::value_requests() const {
  return load(kValueRequestsOffset);
}

std::uint32_t ReadersFile::load(std::size_t offset_bytes) const {
  std::uint32_t value = 0;
  (void)survives_sigbus([&] {
    load_relaxed({reinterpret_cast<std::byte*>(&value), sizeof value}, file_->memory().data() + offset_bytes);
  });
  return value;
}

}  // namespace pitbridge
