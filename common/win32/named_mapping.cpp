// SPDX-License-Identifier: MIT
#include "common/win32/named_mapping.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/posix/system/data_pages.hpp"
#include "common/win32/shm/ntdll.hpp"
#include "common/win32/shm/section.hpp"

namespace pitbridge {
namespace {

using ServerHandleToFdCall = LONG(WINAPI*)(HANDLE, unsigned, int*, unsigned*);

/// Wine's own descriptor of the section's backing file, which may write it.
UniqueFd writable_descriptor(HANDLE section) {
  static const auto to_fd = ntdll_call<ServerHandleToFdCall>("wine_server_handle_to_fd");
  int fd = -1;
  // Access 0: asking for read access is refused for a section (c0000022).
  if (to_fd == nullptr || to_fd(section, 0, &fd, nullptr) < 0 || fd < 0) return {};
  return UniqueFd(fd);
}

/// The same without write access: Wine's own is O_RDWR even for a read-only handle, and whoever opens ours
/// through /proc must not be able to change the game's memory.
UniqueFd section_descriptor(HANDLE section) {
  const UniqueFd writable = writable_descriptor(section);
  if (!writable) return {};
  const std::string path = "/proc/self/fd/" + std::to_string(writable.get());
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

std::optional<SectionId> id_of(const UniqueFd& descriptor) {
  struct stat status = {};
  if (!descriptor || ::fstat(descriptor.get(), &status) != 0) return std::nullopt;
  return SectionId{status.st_dev, status.st_ino};
}

/// Where Wine gives no descriptor only the size tells sections apart.
SectionId id_by_size(std::size_t size_bytes) {
  return {0, size_bytes};
}

/// A view of a section, and the descriptor of its pages.
class SectionView final : public View {
 public:
  SectionView(MappedSection mapped, UniqueFd descriptor)
      : mapped_(std::move(mapped)),
        descriptor_(std::move(descriptor)),
        id_(id_of(descriptor_).value_or(id_by_size(mapped_.size_bytes()))),
        pages_(descriptor_.get(), mapped_.size_bytes()) {}

  SectionId id() const override { return id_; }
  std::size_t size_bytes() const override { return mapped_.size_bytes(); }
  int descriptor() const override { return descriptor_.get(); }
  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    return pages_.read(offset_bytes, out, [&](std::size_t at_bytes, std::span<std::byte> part) {
      return mapped_.read(at_bytes, part) == Accessed::kDone;
    });
  }
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    return pages_.holds(
        offset_bytes, known,
        [&](std::size_t at_bytes, std::span<const std::byte> part) -> std::optional<bool> {
          volatile bool is_equal = true;
          if (!mapped_.guarded([&] { is_equal = equals_relaxed(mapped_.data() + at_bytes, part); }))
            return std::nullopt;
          return is_equal;
        });
  }
  void let_the_game_go_on() const override { ::sched_yield(); }

 private:
  MappedSection mapped_;
  UniqueFd descriptor_;  // kept open also because file systems reuse inode numbers
  SectionId id_;
  mutable DataPages pages_;
};

}  // namespace

Expected<std::unique_ptr<View>> open_named_mapping(std::string_view name) {
  const auto section = Section::open(name, SectionAccess::kReadOnly);
  if (!section) return tl::unexpected<Error>(section.error());
  if (!*section) return std::unique_ptr<View>();
  auto mapped = (*section)->map(0, 0, SectionAccess::kReadOnly);
  if (!mapped) return tl::unexpected<Error>(std::move(mapped.error()));
  return std::make_unique<SectionView>(std::move(*mapped), section_descriptor((*section)->handle()));
}

std::optional<SectionId> identify_named_mapping(std::string_view name) {
  const auto section = Section::open(name, SectionAccess::kReadOnly);
  if (!section || !*section) return std::nullopt;
  // Each call of the wineserver counts, for this is asked some times a second: the size only where it must
  // be.
  if (const auto id = id_of(writable_descriptor((*section)->handle()))) return id;
  return id_by_size((*section)->size_bytes());
}

Expected<std::optional<SharedSection>> open_shared_section(std::string_view name) {
  const auto section = Section::open(name, SectionAccess::kReadWrite);
  if (!section) return tl::unexpected<Error>(section.error());
  if (!*section) return std::optional<SharedSection>();
  SharedSection shared = {writable_descriptor((*section)->handle()), (*section)->size_bytes(), {}};
  const auto id = id_of(shared.descriptor);
  if (!id)
    return fail(ExitCode::kFailure,
                std::string(name) +
                    ": this Wine gives no descriptor of the section, so native programs cannot "
                    "share it; start the bridge before the program that makes the mapping");
  shared.id = *id;
  return shared;
}

}  // namespace pitbridge
