// SPDX-License-Identifier: MIT
#include "common/win32/shm/mapped_section.hpp"

#include "common/core/shm/relaxed_copy.hpp"
#include "common/core/shm/sequence_lock.hpp"
#include "common/win32/shm/windows_api.hpp"

namespace pitbridge {

MappedSection::~MappedSection() {
  if (base_ != nullptr) UnmapViewOfFile(base_);
}

bool MappedSection::holds(std::size_t offset_bytes, std::size_t size) const {
  return offset_bytes <= size_bytes_ && size <= size_bytes_ - offset_bytes;
}

bool MappedSection::holds_lock(std::size_t lock_bytes) const {
  return holds(lock_bytes, sizeof(SequenceLock)) &&
         reinterpret_cast<std::uintptr_t>(data() + lock_bytes) % alignof(SequenceLock) == 0;
}

Accessed MappedSection::read(std::size_t offset_bytes, std::span<std::byte> out) const {
  if (!holds(offset_bytes, out.size())) return Accessed::kBeyondEnd;
  const std::byte* from = data() + offset_bytes;
  return guarded([=] { load_relaxed(out, from); }) ? Accessed::kDone : Accessed::kPagesGone;
}

Accessed MappedSection::write(std::size_t offset_bytes, std::span<const std::byte> in) const {
  if (access_ == SectionAccess::kReadOnly) return Accessed::kReadOnly;
  if (!holds(offset_bytes, in.size())) return Accessed::kBeyondEnd;
  std::byte* to = data() + offset_bytes;
  return guarded([=] { store_relaxed(to, in); }) ? Accessed::kDone : Accessed::kPagesGone;
}

Accessed MappedSection::read_locked(std::size_t lock_bytes, std::size_t offset_bytes,
                                    std::span<std::byte> out, int attempts) const {
  if (!holds_lock(lock_bytes) || !holds(offset_bytes, out.size())) return Accessed::kBeyondEnd;
  const auto* lock = reinterpret_cast<const SequenceLock*>(data() + lock_bytes);
  const std::byte* from = data() + offset_bytes;
  volatile bool is_whole = false;
  if (!guarded([&, lock, from] { is_whole = pitbridge::read_locked(*lock, out, from, attempts); }))
    return Accessed::kPagesGone;
  return is_whole ? Accessed::kDone : Accessed::kBusy;
}

Accessed MappedSection::write_locked(std::size_t lock_bytes, std::size_t offset_bytes,
                                     std::span<const std::byte> in) const {
  if (access_ == SectionAccess::kReadOnly) return Accessed::kReadOnly;
  if (!holds_lock(lock_bytes) || !holds(offset_bytes, in.size())) return Accessed::kBeyondEnd;
  auto* lock = reinterpret_cast<SequenceLock*>(data() + lock_bytes);
  std::byte* to = data() + offset_bytes;
  return guarded([=] { pitbridge::write_locked(*lock, to, in); }) ? Accessed::kDone : Accessed::kPagesGone;
}

}  // namespace pitbridge
