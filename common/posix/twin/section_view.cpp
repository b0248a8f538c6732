// SPDX-License-Identifier: MIT
#include "common/posix/twin/section_view.hpp"

#include <sched.h>
#include <sys/stat.h>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/posix/region/file_memory.hpp"
#include "common/posix/system/data_pages.hpp"
#include "common/posix/system/fault_guard.hpp"

namespace pitbridge {
namespace {

class SectionView final : public View {
 public:
  SectionView(UniqueFd descriptor, const SectionId& id, MappedMemory memory)
      : descriptor_(std::move(descriptor)),
        id_(id),
        memory_(std::move(memory)),
        pages_(descriptor_.get(), memory_.size_bytes()) {}

  SectionId id() const override { return id_; }
  std::size_t size_bytes() const override { return memory_.size_bytes(); }
  int descriptor() const override { return descriptor_.get(); }

  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    return pages_.read(offset_bytes, out, [&](std::size_t at_bytes, std::span<std::byte> part) {
      return survives_sigbus([&] { load_relaxed(part, memory_.data() + at_bytes); });
    });
  }

  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    return pages_.holds(
        offset_bytes, known,
        [&](std::size_t at_bytes, std::span<const std::byte> part) -> std::optional<bool> {
          volatile bool is_equal = true;
          if (!survives_sigbus([&] { is_equal = equals_relaxed(memory_.data() + at_bytes, part); }))
            return std::nullopt;
          return is_equal;
        });
  }

  void let_the_game_go_on() const override { ::sched_yield(); }

 private:
  UniqueFd descriptor_;  // kept open also because file systems reuse inode numbers
  SectionId id_;
  MappedMemory memory_;
  mutable DataPages pages_;
};

}  // namespace

std::unique_ptr<View> view_section(UniqueFd descriptor, const SectionId& id, std::size_t size_bytes) {
  struct stat status = {};
  if (!descriptor || ::fstat(descriptor.get(), &status) != 0) return nullptr;
  if (SectionId{status.st_dev, status.st_ino} != id || size_bytes == 0) return nullptr;
  MappedMemory memory = map_shared(descriptor.get(), size_bytes, PROT_READ);
  if (memory.data() == nullptr) return nullptr;
  return std::make_unique<SectionView>(std::move(descriptor), id, std::move(memory));
}

}  // namespace pitbridge
