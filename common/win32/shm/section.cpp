// SPDX-License-Identifier: MIT
#include "common/win32/shm/section.hpp"

#include <limits>
#include <string>

#include "common/win32/shm/ntdll.hpp"
#include "common/win32/shm/object_name.hpp"

namespace pitbridge {
namespace {

/// Not in winternl.h of every Wine; the layout is that of the native API.
struct SectionBasicInformation {
  PVOID base_address;
  ULONG attributes;
  LARGE_INTEGER size;
};
using NtQuerySectionCall = LONG(WINAPI*)(HANDLE, int, void*, SIZE_T, SIZE_T*);

const WCHAR* chars(const std::u16string& text) {
  return reinterpret_cast<const WCHAR*>(text.c_str());
}

DWORD access_bits(SectionAccess access) {
  // SECTION_QUERY, or NtQuerySection refuses to tell the size.
  return SECTION_QUERY | FILE_MAP_READ | (access == SectionAccess::kReadWrite ? FILE_MAP_WRITE : 0U);
}

/// Views begin at multiples of this.
std::uint64_t granularity() {
  SYSTEM_INFO system = {};
  GetSystemInfo(&system);
  return system.dwAllocationGranularity;
}

}  // namespace

Expected<std::optional<Section>> Section::open(std::string_view name, SectionAccess access) {
  const auto text = object_name(name);
  if (!text) return tl::unexpected<Error>(text.error());
  UniqueHandle handle(OpenFileMappingW(access_bits(access), FALSE, chars(*text)));
  if (handle) return Section(name, std::move(handle), true);
  const DWORD error = GetLastError();
  if (error == ERROR_FILE_NOT_FOUND) return std::optional<Section>();
  return refuse_object("open the mapping", name, error);
}

Expected<Section> Section::create(std::string_view name, std::uint64_t size_bytes) {
  if (size_bytes == 0) return fail(ExitCode::kUsage, std::string(name) + ": a mapping has at least 1 byte");
  // NOLINTNEXTLINE(performance-no-int-to-ptr): INVALID_HANDLE_VALUE is Windows' own -1.
  return create_from_file(name, INVALID_HANDLE_VALUE, size_bytes);
}

Expected<Section> Section::create_from_file(std::string_view name, HANDLE file, std::uint64_t size_bytes) {
  const auto text = object_name(name);
  if (!text) return tl::unexpected<Error>(text.error());
  SetLastError(0);
  UniqueHandle handle(CreateFileMappingW(file, nullptr, PAGE_READWRITE, static_cast<DWORD>(size_bytes >> 32U),
                                         static_cast<DWORD>(size_bytes), chars(*text)));
  const DWORD error = GetLastError();
  if (!handle)
    return refuse_object("make a mapping of " + std::to_string(size_bytes) + " bytes", name, error);
  Section section(name, std::move(handle), error == ERROR_ALREADY_EXISTS);
  // Windows gives back what has the name, with success, whatever size was asked for.
  if (const std::uint64_t found = section.size_bytes(); section.was_there_ && found < size_bytes)
    return fail(ExitCode::kOutputRefused, std::string(name) + ": another program made this mapping with " +
                                              std::to_string(found) + " bytes, and " +
                                              std::to_string(size_bytes) +
                                              " are needed; end that program, or open what is there");
  return section;
}

std::uint64_t Section::size_bytes() const {
  static const auto query = ntdll_call<NtQuerySectionCall>("NtQuerySection");
  SectionBasicInformation information = {};
  constexpr int kSectionBasicInformation = 0;
  if (query == nullptr ||
      query(handle_.get(), kSectionBasicInformation, &information, sizeof information, nullptr) < 0)
    return 0;
  return static_cast<std::uint64_t>(information.size.QuadPart);
}

Expected<MappedSection> Section::map(std::uint64_t offset_bytes, std::uint64_t size_bytes,
                                     SectionAccess access) const {
  const std::uint64_t whole = this->size_bytes();
  const auto part = [&] {
    return std::to_string(size_bytes) + " bytes from " + std::to_string(offset_bytes) + " of " +
           std::to_string(whole);
  };
  // A Wine that does not tell the size checks the part itself.
  if (whole != 0 && (offset_bytes >= whole || size_bytes > whole - offset_bytes))
    return fail(ExitCode::kUsage, name_ + ": cannot map " + part() + ": that is beyond the end");
  const std::uint64_t before = offset_bytes % granularity();
  const std::uint64_t begin = offset_bytes - before;
  std::uint64_t mapped = size_bytes == 0 ? 0 : before + size_bytes;
  if (size_bytes == 0 && whole != 0) mapped = whole - begin;
  if (mapped > std::numeric_limits<std::size_t>::max())
    return fail(ExitCode::kFailure,
                name_ + ": " + part() + " do not fit into a program of 32 bits; map a part");
  void* base =
      MapViewOfFile(handle_.get(), access_bits(access) & ~DWORD{SECTION_QUERY},
                    static_cast<DWORD>(begin >> 32U), static_cast<DWORD>(begin), static_cast<SIZE_T>(mapped));
  if (base == nullptr) return refuse_object("map " + part(), name_, GetLastError());
  if (mapped == 0) {
    MEMORY_BASIC_INFORMATION region = {};
    if (VirtualQuery(base, &region, sizeof region) != 0) mapped = region.RegionSize;
  }
  return MappedSection(base, static_cast<std::size_t>(before), static_cast<std::size_t>(mapped - before),
                       access);
}

}  // namespace pitbridge
