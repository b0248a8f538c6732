// SPDX-License-Identifier: MIT
#include "bridges/record/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::record {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;

}  // namespace

tl::unexpected<Error> refuse_output(const std::string& path, const std::string& why) {
  return fail(ExitCode::kOutputRefused, fmt::format("cannot write {}: {}", path, why));
}

Expected<UniqueFd> open_output(const std::string& path, bool overwrite) {
  // A file that grows beyond the limit of the shell is an error like a full disk, and not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  const int flags =
      O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (overwrite ? 0 : O_EXCL);
  UniqueFd fd(::open(path.c_str(), flags, 0644));
  if (!fd && errno == EEXIST)
    return refuse_output(path, "the file exists; name another, or write over it with --force");
  if (!fd && errno == ELOOP) return refuse_output(path, "it is a symbolic link; name the file itself");
  if (!fd)
    return refuse_output(path, system_message(errno) + "; name a file in a directory that you may write");
  struct stat found = {};
  if (::fstat(fd.get(), &found) != 0) return refuse_output(path, system_message(errno));
  if (!S_ISREG(found.st_mode)) return refuse_output(path, fmt::format("it is {}", kind_of(found.st_mode)));
  if (::ftruncate(fd.get(), 0) != 0) return refuse_output(path, system_message(errno));
  return fd;
}

Expected<OutputFile> OutputFile::create(const std::string& path, bool overwrite) {
  auto fd = open_output(path, overwrite);
  if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
  return OutputFile(path, std::move(*fd));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::move(other.fd_)),
      buffer_(std::move(other.buffer_)),
      is_done_(std::exchange(other.is_done_, true)) {}

OutputFile::~OutputFile() {
  if (!is_done_) (void)::unlink(path_.c_str());
}

Expected<void> OutputFile::put(std::span<const std::byte> bytes) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return buffer_.size() < kBufferBytes ? Expected<void>() : flush();
}

Expected<void> OutputFile::flush() {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t n = ::write(fd_.get(), buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      return refuse_output(path_,
                           system_message(n < 0 ? errno : ENOSPC) + "; make room, or name a file elsewhere");
    done += static_cast<std::size_t>(n);
  }
  buffer_.clear();
  return {};
}

Expected<void> OutputFile::finish() {
  auto done = flush();
  is_done_ = done.has_value();
  return done;
}

}  // namespace pitbridge::record
