// SPDX-License-Identifier: MIT
#include "bridges/relay/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/posix/system/fd.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kMostBytes = 4096;

}  // namespace

Expected<std::string> secret_from(const std::string& path, const char* option) {
  // Never waits for the writer of a FIFO.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd)
    return fail(ExitCode::kUsage,
                fmt::format("{}: cannot open {}: {}; write the secret into it, and chmod 600 it", option,
                            path, system_message(errno)));
  struct stat found = {};
  if (::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode))
    return fail(ExitCode::kUsage, fmt::format("{}: {} is {} and no file; write the secret into a file",
                                              option, path, kind_of(found.st_mode)));
  constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
  if ((found.st_mode & kOthers) != 0)
    return fail(ExitCode::kUsage,
                fmt::format("{}: {} has mode {:o}, with which others may read it; run chmod 600 {}", option,
                            path, found.st_mode & 07777U, path));
  std::array<char, kMostBytes> bytes = {};
  const ssize_t n = ::read(fd.get(), bytes.data(), bytes.size());
  if (n < 0)
    return fail(ExitCode::kUsage, fmt::format("{}: cannot read {}: {}; see its file system", option, path,
                                              system_message(errno)));
  std::string text(bytes.data(), static_cast<std::size_t>(n));
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  if (text.empty() || text.size() == kMostBytes || text.find('\0') != std::string::npos)
    return fail(ExitCode::kUsage,
                fmt::format("{}: the first line of {} is no secret: it is empty, has a zero byte, or is "
                            "longer than {} bytes",
                            option, path, kMostBytes - 1));
  return text;
}

}  // namespace pitbridge
