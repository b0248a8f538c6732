// SPDX-License-Identifier: MIT
// `pitbridge shm watch`: a line for each change of a region. It sleeps until something happens.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/shm_parts.hpp"
#include "common/posix/region/region.hpp"
#include "common/posix/region/region_wait.hpp"
#include "common/posix/system/system_error.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitbridge::shm_command {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// SIGTERM, SIGINT and SIGHUP as something to wait for.
UniqueFd stop_descriptor() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// The news of one region as something to wait for beside other descriptors, which a futex is not: a child
/// sleeps on it.
class NewsSignal {
 public:
  /// Its descriptor is below 0 when it could not be made.
  NewsSignal(RegionReader& region, std::uint32_t seen) {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
    reads_ = UniqueFd(ends[0]);
    const UniqueFd writes(ends[1]);
    child_ = ::fork();
    if (child_ == 0) tell(region, seen, writes.get());
    if (child_ < 0) reads_ = UniqueFd();
  }
  NewsSignal(const NewsSignal&) = delete;
  NewsSignal& operator=(const NewsSignal&) = delete;
  ~NewsSignal() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  int fd() const { return reads_.get(); }
  void take_all() {
    char bytes[64];
    ssize_t size_bytes = 0;
    while ((size_bytes = ::read(reads_.get(), bytes, sizeof bytes)) > 0) continue;
    // The child has ended, as it does where somebody cuts the region; its end would be told for ever.
    if (size_bytes == 0) reads_ = UniqueFd();
  }

 private:
  [[noreturn]] static void tell(RegionReader& region, std::uint32_t seen, int out) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    RegionStamp now;
    while (region.wait_news(seen, kNever, now, false) == RegionAnswer::kDone) {
      seen = now.news;
      // A full pipe says all that there is to say.
      if (::write(out, "n", 1) < 0 && errno != EAGAIN) break;
    }
    ::_exit(0);
  }

  UniqueFd reads_;
  pid_t child_ = -1;
};

class Watch {
 public:
  Watch(std::shared_ptr<ShmDirectory> directory, const PartOptions& options)
      : directory_(std::move(directory)), name_(options.name), json_(options.json) {}

  Expected<void> run();

 private:
  Expected<void> look_for_it();
  void look_at_it();
  void let_go(std::string_view event);
  void put(std::string_view event, const RegionStamp& stamp) const;
  /// False: somebody has removed the name of what we look at.
  bool is_still_there() const;

  std::shared_ptr<ShmDirectory> directory_;
  std::string name_;
  bool json_;
  std::unique_ptr<RegionReader> region_;
  std::unique_ptr<NewsSignal> news_;
  UniqueFd publisher_;  ///< becomes readable when its process ends
  RegionStamp last_;
  bool was_abandoned_ = false;
};

void Watch::put(std::string_view event, const RegionStamp& stamp) const {
  if (json_) {
    put_block(json_text(Json{{"name", name_},
                             {"event", event},
                             {"generation", stamp.generation},
                             {"data_bytes", stamp.data_bytes},
                             {"news", stamp.news}},
                        JsonForm::kOneLine) +
              "\n");
  } else {
    print_line("{}: {}, generation {}, {} bytes, news {}", name_, event, stamp.generation, stamp.data_bytes,
               stamp.news);
  }
}

bool Watch::is_still_there() const {
  struct stat now = {};
  return ::fstat(region_->fd(), &now) == 0 && now.st_nlink > 0;
}

void Watch::let_go(std::string_view event) {
  put(event, last_);
  news_.reset();
  publisher_ = UniqueFd();
  region_.reset();
}

Expected<void> Watch::look_for_it() {
  auto opened = RegionReader::open(directory_, name_, {});
  if (!opened) return tl::unexpected<Error>(std::move(opened.error()));
  region_ = std::move(*opened);
  if (region_ == nullptr) return {};
  last_ = {};
  was_abandoned_ = false;
  RegionStamp now;
  (void)region_->stamp(now);
  news_ = std::make_unique<NewsSignal>(*region_, now.news);
  if (news_->fd() < 0)
    return fail(ExitCode::kFailure, fmt::format("{}: cannot wait for its news: {}; close some descriptors",
                                                region_->path(), system_message(errno)));
  look_at_it();
  return {};
}

void Watch::look_at_it() {
  RegionStamp now;
  const RegionAnswer answer = region_->stamp(now);
  if (answer == RegionAnswer::kCut || answer == RegionAnswer::kDamaged) return let_go("damaged");
  const bool is_new = now.generation != last_.generation;
  const auto holder = holder_of_name(*directory_, name_);
  if (is_new || (was_abandoned_ && holder)) {
    was_abandoned_ = false;
    // The pid is what our own lock file says.
    publisher_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, holder.value_or(0), 0)));
  }
  std::string_view event = "update";
  if (is_new)
    event = last_.generation == 0 ? "there" : "anew";
  else if (now.data_bytes != last_.data_bytes)
    event = "grown";
  if (is_new || now.news != last_.news) put(now.has_left ? "left" : event, now);
  last_ = now;
  if (!is_still_there()) return let_go("removed");
  if (!holder && !now.has_left && !was_abandoned_) {
    was_abandoned_ = true;
    publisher_ = UniqueFd();
    put("abandoned", now);
  }
}

Expected<void> Watch::run() {
  const UniqueFd stop = stop_descriptor();
  auto directory = DirectoryWatch::open(*directory_);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  struct stat output = {};
  const bool is_pipe = ::fstat(STDOUT_FILENO, &output) == 0 && S_ISFIFO(output.st_mode);
  bool was_told_to_wait = false;
  for (;;) {
    if (region_ != nullptr) look_at_it();
    if (region_ == nullptr)
      if (auto looked = look_for_it(); !looked) return looked;
    if (region_ == nullptr && !was_told_to_wait && !json_)
      print_line("{}: waiting for it in {}", name_, directory_->path());
    was_told_to_wait = true;
    if (auto written = flush_output(); !written) return written;
    const int fds[] = {stop.get(), directory->fd(), news_ ? news_->fd() : -1, publisher_.get(),
                       is_pipe ? STDOUT_FILENO : -1};
    const std::uint64_t readable = wait_readable(fds, kNever);
    if ((readable & 1U) != 0) return {};
    // Its children may have its lock still; they are not known.
    if ((readable & 8U) != 0) publisher_ = UniqueFd();
    directory->take_all();
    if (news_) news_->take_all();
  }
}

}  // namespace

Expected<void> watch(const PartOptions& options) {
  auto directory = directory_of_regions();
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  return Watch(std::move(*directory), options).run();
}

}  // namespace pitbridge::shm_command
