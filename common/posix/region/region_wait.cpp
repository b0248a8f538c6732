// SPDX-License-Identifier: MIT
#include "common/posix/region/region_wait.hpp"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/posix/system/system_error.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitbridge {
namespace {

/// A region gets its name when it is whole; a bare one of somebody else may get its size and its permissions
/// later.
constexpr std::uint32_t kEvents =
    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_MODIFY | IN_ONLYDIR;

bool was_removed(const ShmDirectory& directory) {
  struct stat now = {};
  return ::fstat(directory.fd(), &now) == 0 && now.st_nlink == 0;
}

}  // namespace

Expected<DirectoryWatch> DirectoryWatch::open(const ShmDirectory& directory) {
  const auto refused = [&](int error, std::string_view remedy) {
    return fail(ExitCode::kFailure, fmt::format("{}: cannot watch the directory (inotify): {}; {}",
                                                directory.path(), system_message(error), remedy));
  };
  DirectoryWatch watch(UniqueFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)));
  if (!watch.fd_)
    return refused(errno,
                   "close some descriptors, or raise the limit (ulimit -n, or "
                   "sysctl fs.inotify.max_user_instances)");
  // By the descriptor: the path may lead elsewhere by now.
  const std::string held = fmt::format("/proc/self/fd/{}", directory.fd());
  if (::inotify_add_watch(watch.fd_.get(), held.c_str(), kEvents) < 0)
    return refused(errno, "raise the limit (sysctl fs.inotify.max_user_watches)");
  // Its own end is told above it only, since we hold it open.
  (void)::inotify_add_watch(watch.fd_.get(), (held + "/..").c_str(), IN_DELETE | IN_ONLYDIR);
  return watch;
}

void DirectoryWatch::take_all() {
  char events[4096];
  while (::read(fd_.get(), events, sizeof events) > 0) continue;
}

Expected<WaitEnd> wait_in_directory(const ShmDirectory& directory, std::int64_t deadline_ns, int stop_fd,
                                    const std::function<Expected<bool>()>& is_there) {
  // Before the first look, so that nothing is missed in between.
  auto watch = DirectoryWatch::open(directory);
  if (!watch) return tl::unexpected<Error>(std::move(watch.error()));
  for (;;) {
    const auto there = is_there();
    if (!there) return tl::unexpected<Error>(there.error());
    if (*there) return WaitEnd::kThere;
    if (was_removed(directory))
      return fail(ExitCode::kOutputRefused,
                  directory.path() + ": somebody has removed the directory; make it anew, and wait again");
    const int fds[] = {watch->fd(), stop_fd};
    errno = 0;
    const std::uint64_t readable = wait_readable(fds, deadline_ns);
    if ((readable & 2U) != 0 || (readable == 0 && errno == EINTR)) return WaitEnd::kStopped;
    if (readable == 0) return WaitEnd::kTimedOut;
    watch->take_all();
  }
}

Expected<WaitEnd> wait_for_region(const std::shared_ptr<ShmDirectory>& directory, std::string_view name,
                                  const RegionTrust& trust, std::int64_t deadline_ns, int stop_fd) {
  return wait_in_directory(*directory, deadline_ns, stop_fd, [&]() -> Expected<bool> {
    const auto region = RegionReader::open(directory, name, trust);
    if (!region) return tl::unexpected<Error>(region.error());
    return *region != nullptr;
  });
}

}  // namespace pitbridge
