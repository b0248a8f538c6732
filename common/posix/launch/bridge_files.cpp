// SPDX-License-Identifier: MIT
#include "common/posix/launch/bridge_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/posix/system/fd.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr mode_t kStagedMode = 0755;
/// A bridge has 3 MB with its symbols.
constexpr std::size_t kMaxBridgeBytes = std::size_t{256} << 20U;

/// `instead`: how another directory is chosen; empty: there is no other.
tl::unexpected<Error> cannot(const std::string& what, const std::string& path, int error_number,
                             std::string_view instead) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  std::string remedy = full ? "free space there" : "make it writable";
  if (!instead.empty())
    remedy += fmt::format(", or {} to a directory {}", instead, full ? "with room" : "that is");
  return fail(ExitCode::kOutputRefused,
              fmt::format("cannot {} {}: {}; {}", what, path, system_message(error_number), remedy));
}

/// A new file beside the copy, which goes away unless it takes the copy's place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& copy) : path_(copy + ".XXXXXX") {
    fd_ = UniqueFd(::mkostemp(path_.data(), O_CLOEXEC));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (fd_) ::unlink(path_.c_str());
  }

  bool good() const { return static_cast<bool>(fd_); }

  bool write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return ::fchmod(fd_.get(), kStagedMode) == 0 && ::fsync(fd_.get()) == 0;
  }

  bool become(const std::string& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) return false;
    fd_ = UniqueFd();
    return true;
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

bool is_staged(const std::string& copy, const std::string& bytes) {
  struct stat found = {};
  if (::lstat(copy.c_str(), &found) != 0 || !S_ISREG(found.st_mode) ||
      (found.st_mode & 07777U) != kStagedMode || static_cast<std::size_t>(found.st_size) != bytes.size())
    return false;
  return small_file(copy, kMaxBridgeBytes) == bytes;
}

}  // namespace

Expected<std::string> installed_bridge_beside(std::string_view program, const std::string& program_directory,
                                              BridgeKind kind) {
  const std::string file = bridge_file(program, kind);
  std::vector<std::string> directories = {program_directory, parent_of(program_directory) + "/lib/pitbridge"};
  if (const std::string chosen = environment_or("PITBRIDGE_BRIDGE_DIR", ""); !chosen.empty())
    directories = {chosen};
  for (const std::string& directory : directories) {
    const std::string path = fmt::format("{}/{}", directory, file);
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  return fail(ExitCode::kFailure,
              fmt::format("there is no {} in {}; run make install, or name its directory with "
                          "PITBRIDGE_BRIDGE_DIR",
                          file, fmt::join(directories, " or ")));
}

Expected<std::string> installed_bridge(std::string_view program, BridgeKind kind) {
  const auto self = link_target("/proc/self/exe");
  if (!self)
    return fail(ExitCode::kFailure,
                "cannot read /proc/self/exe; name the directory of the bridges with "
                "PITBRIDGE_BRIDGE_DIR");
  return installed_bridge_beside(program, parent_of(*self), kind);
}

Expected<std::string> installed_tool(std::string_view program) {
  const std::string here = parent_of(link_target("/proc/self/exe").value_or(""));
  for (const std::string& directory : {here, parent_of(here) + "/lib/pitbridge"}) {
    const std::string path = fmt::format("{}/{}", directory, program);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return fail(ExitCode::kFailure,
              fmt::format("{} is not in {} nor in {}/lib/pitbridge; it is a program of its own: install it, "
                          "or build it with make",
                          program, here, parent_of(here)));
}

Expected<std::string> stage_file(const std::string& source, const std::string& directory,
                                 std::string_view instead) {
  const auto bytes = small_file(source, kMaxBridgeBytes);
  if (!bytes)
    return fail(ExitCode::kFailure, fmt::format("cannot read {}: {}", source, system_message(errno)));
  if (!make_directories(directory)) return cannot("make the directory", directory, errno, instead);
  const std::string copy = directory + "/" + file_name_of(source);
  if (is_staged(copy, *bytes)) return copy;
  TemporaryFile file(copy);
  if (!file.good()) return cannot("write into", directory, errno, instead);
  if (!file.write_all(*bytes)) return cannot("write", copy, errno, instead);
  if (!file.become(copy)) return cannot("replace", copy, errno, instead);
  return copy;
}

Expected<std::string> stage_bridge(std::string_view program, std::string_view version, BridgeKind kind) {
  auto source = installed_bridge(program, kind);
  if (!source) return source;
  const std::string data = data_directory();
  if (data.empty())
    return fail(ExitCode::kFailure, "there is no home directory for the bridges; set HOME or XDG_DATA_HOME");
  const std::string directory = fmt::format("{}/{}", data, version);
  if (kind == BridgeKind::kWinelib) return stage_file(*source, directory);
  // It looks for its native half beside itself, and one directory above.
  const bool is_below = kind == BridgeKind::kTwin32;
  const std::string beside = is_below ? parent_of(parent_of(*source)) : parent_of(*source);
  auto native = stage_file(fmt::format("{}/{}", beside, kTwinsNativeHalf), directory);
  if (!native) return native;
  return stage_file(*source, is_below ? directory + "/win32" : directory);
}

}  // namespace pitbridge
