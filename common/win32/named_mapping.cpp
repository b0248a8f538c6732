// SPDX-License-Identifier: MIT
#include "common/win32/named_mapping.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/core/mirror/copy.hpp"
#include "common/posix/system/data_pages.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "common/posix/system/fd.hpp"
#include "common/win32/handle.hpp"
#include "common/win32/ntdll.hpp"
#include "common/win32/wide_text.hpp"

namespace pitbridge {
namespace {

/// Not in winternl.h of every Wine; the layout is that of the native API.
struct SectionBasicInformation {
  PVOID base_address;
  ULONG attributes;
  LARGE_INTEGER size;
};

struct ObjectBasicInformation {
  ULONG attributes;
  ACCESS_MASK access;
  ULONG handle_count;
  ULONG pointer_count;
  ULONG reserved[10];
};

using NtQueryObjectCall = LONG(WINAPI*)(HANDLE, int, void*, ULONG, ULONG*);
using NtQuerySectionCall = LONG(WINAPI*)(HANDLE, int, void*, SIZE_T, SIZE_T*);
using ServerHandleToFdCall = LONG(WINAPI*)(HANDLE, unsigned, int*, unsigned*);

UniqueHandle open_section(std::string_view name) {
  const std::u16string text = wide(name);
  // SECTION_QUERY, or NtQuerySection refuses to tell the size.
  return UniqueHandle(
      OpenFileMappingW(FILE_MAP_READ | SECTION_QUERY, FALSE, reinterpret_cast<const WCHAR*>(text.c_str())));
}

/// The real size: page-rounded for an anonymous section, exact for a file-backed one. 0 when not told.
std::size_t section_size_bytes(HANDLE section) {
  static const auto query = ntdll_call<NtQuerySectionCall>("NtQuerySection");
  SectionBasicInformation information = {};
  constexpr int kSectionBasicInformation = 0;
  if (query == nullptr ||
      query(section, kSectionBasicInformation, &information, sizeof information, nullptr) < 0)
    return 0;
  return static_cast<std::size_t>(information.size.QuadPart);
}

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

/// Owns a view of a section.
class SectionView final : public View {
 public:
  SectionView(const void* base, std::size_t size_bytes, UniqueFd descriptor)
      : base_(static_cast<const std::byte*>(base)),
        size_bytes_(size_bytes),
        descriptor_(std::move(descriptor)),
        id_(id_of(descriptor_).value_or(id_by_size(size_bytes))),
        pages_(descriptor_.get(), size_bytes) {}
  SectionView(const SectionView&) = delete;
  SectionView& operator=(const SectionView&) = delete;
  ~SectionView() override { UnmapViewOfFile(base_); }

  SectionId id() const override { return id_; }
  std::size_t size_bytes() const override { return size_bytes_; }
  int descriptor() const override { return descriptor_.get(); }
  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    for (std::size_t done = 0; done < out.size();) {
      const auto run = pages_.run_at(offset_bytes + done, out.size() - done);
      const auto part = out.subspan(done, run.size_bytes);
      if (!run.has_data) {
        std::fill(part.begin(), part.end(), std::byte{0});
      } else if (!survives_sigbus([&] { load_relaxed(part, base_ + offset_bytes + done); })) {
        return false;
      }
      done += run.size_bytes;
    }
    return true;
  }
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    for (std::size_t done = 0; done < known.size();) {
      const auto run = pages_.run_at(offset_bytes + done, known.size() - done);
      const auto part = known.subspan(done, run.size_bytes);
      volatile bool is_equal = true;
      if (!run.has_data) {
        is_equal = std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; });
      } else if (!survives_sigbus([&] { is_equal = equals_relaxed(base_ + offset_bytes + done, part); })) {
        return std::nullopt;
      }
      if (!is_equal) return false;
      done += run.size_bytes;
    }
    return true;
  }
  void let_the_game_go_on() const override { ::sched_yield(); }

 private:
  const std::byte* base_;
  std::size_t size_bytes_;
  UniqueFd descriptor_;  // kept open also because file systems reuse inode numbers
  SectionId id_;
  mutable DataPages pages_;
};

std::string windows_error() {
  const DWORD error = GetLastError();
  std::string text = "Windows error " + std::to_string(error);
  if (error == ERROR_ACCESS_DENIED)
    text += " (access denied: whoever made it lets nobody read it, or only a program with more rights)";
  return text;
}

}  // namespace

Expected<std::unique_ptr<View>> open_named_mapping(std::string_view name) {
  const UniqueHandle section = open_section(name);
  if (!section) {
    if (GetLastError() == ERROR_FILE_NOT_FOUND) return std::unique_ptr<View>();
    return fail(ExitCode::kFailure, std::string(name) + ": cannot open the mapping: " + windows_error() +
                                        "; does something other than a mapping have this name?");
  }
  const void* base = MapViewOfFile(section.get(), FILE_MAP_READ, 0, 0, 0);
  if (base == nullptr)
    return fail(ExitCode::kFailure, std::string(name) + ": cannot map the section: " + windows_error());
  MEMORY_BASIC_INFORMATION region = {};
  std::size_t size_bytes = section_size_bytes(section.get());
  if (size_bytes == 0 && VirtualQuery(base, &region, sizeof region) != 0) size_bytes = region.RegionSize;
  return std::make_unique<SectionView>(base, size_bytes, section_descriptor(section.get()));
}

std::optional<SectionId> identify_named_mapping(std::string_view name) {
  const UniqueHandle section = open_section(name);
  if (!section) return std::nullopt;
  // Each call of the wineserver counts, for this is asked some times a second: the size only where it must
  // be.
  if (const auto id = id_of(writable_descriptor(section.get()))) return id;
  return id_by_size(section_size_bytes(section.get()));
}

std::uint32_t handle_count(void* object) {
  static const auto query = ntdll_call<NtQueryObjectCall>("NtQueryObject");
  ObjectBasicInformation information = {};
  constexpr int kObjectBasicInformation = 0;
  if (query == nullptr ||
      query(object, kObjectBasicInformation, &information, sizeof information, nullptr) < 0)
    return 0;
  return information.handle_count;
}

}  // namespace pitbridge
