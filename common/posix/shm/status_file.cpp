// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include "common/posix/region/futex.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/shm/status_list.hpp"

namespace pitbridge {
namespace {

/// For readers alone: whoever may read the page may have such a lock too, and it hinders nobody.
void show_life(int page) {
  struct flock lock = {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  (void)::fcntl(page, F_OFD_SETLK, &lock);
}

bool shows_life(int page) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(page, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// Who holds the lock, for people. The page is the holder's only if it says so.
std::string describe_holder(const ShmDirectory& directory, std::string_view sim,
                            const std::optional<NamedBridge>& holder) {
  if (!holder) return "pid not known yet";
  if (!holder->prefix.empty()) return fmt::format("pid {}, prefix {}", holder->pid, holder->prefix);
  const auto page = read_status_of(directory.path(), sim);
  const bool is_its_page = page && page->header.bridge_pid == holder->pid;
  return fmt::format("pid {}, prefix {}", holder->pid,
                     is_its_page ? fixed_text(page->header.prefix) : "not known yet");
}

}  // namespace

Error another_runs(const ShmDirectory& directory, std::string_view sim,
                   const std::optional<NamedBridge>& holder) {
  return {ExitCode::kAlreadyRunning,
          fmt::format("another {}bridge runs already ({}); end it with kill, or give this one a directory "
                      "of its own with --shm-dir",
                      sim, describe_holder(directory, sim, holder))};
}

Expected<std::unique_ptr<StatusFile>> StatusFile::open(const SimPlace& place) {
  auto directory = open_bridge_directory(place.directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  auto lock = LockFile::open(*directory, place.sim);
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));
  if (!(*lock)->take_patiently())
    return tl::unexpected<Error>(another_runs(**directory, place.sim, (*lock)->holder()));
  return open(place, std::move(*directory), std::move(*lock));
}

Expected<std::unique_ptr<StatusFile>> StatusFile::open(const SimPlace& place,
                                                       std::shared_ptr<ShmDirectory> directory,
                                                       std::shared_ptr<LockFile> lock) {
  auto status = std::make_unique<StatusFile>();
  status->lock_ = std::move(lock);
  auto file = ShmFile::open(directory, status_file_name(place.sim), kStatusPageBytes, place.mode);
  if (!file) {
    status->lock_->take_back();
    return tl::unexpected<Error>(std::move(file.error()));
  }
  status->file_ = std::move(*file);
  auto readers = ReadersFile::open(std::move(directory), place.sim, place.mode);
  if (!readers) {
    status->file_->take_back();
    status->lock_->take_back();
    return tl::unexpected<Error>(std::move(readers.error()));
  }
  status->readers_ = std::move(*readers);
  show_life(status->file_->fd());
  return status;
}

std::unique_ptr<StatusFile> StatusFile::of_killed_bridge(const std::shared_ptr<ShmDirectory>& directory,
                                                         std::string_view sim) {
  auto status = std::make_unique<StatusFile>();
  auto file = ShmFile::open_existing(directory, status_file_name(sim));
  if (!file || (*file)->memory().size() < kStatusPageBytes) return nullptr;
  status->file_ = std::move(*file);
  status->lock_ = LockFile::take_existing(directory, sim);
  // Somebody may have removed the lock, and a bridge puts it back within a second; until then its page tells.
  if (!status->lock_ && (directory->has(lock_file_name(sim)) || shows_life(status->file_->fd())))
    return nullptr;
  const auto page = read_status(status->content());
  if (!page || has_ended(static_cast<BridgeState>(page->header.state))) return nullptr;
  status->killed_bridge_ = page->header.bridge_pid;
  return status;
}

std::vector<std::byte> StatusFile::content() const {
  std::vector<std::byte> bytes(kStatusPageBytes);
  (void)::pread(file_->fd(), bytes.data(), bytes.size(), 0);
  return bytes;
}

std::optional<std::string> StatusFile::challenger() const {
  const auto asking = lock_->challenger();
  if (!asking) return std::nullopt;
  return fmt::format("pid {}, prefix {}", asking->pid, asking->prefix);
}

void StatusFile::wake_readers() {
  if (readers_ && !readers_->anybody_waits()) return;
  // A page that somebody cut is no fault here: the kernel only looks for the word.
  wake_all(*reinterpret_cast<std::uint32_t*>(file_->memory().data() + offsetof(StatusHeader, futex_word)));
}

Expected<bool> StatusFile::check() {
  if (auto lock = lock_->check(); !lock) return lock;
  if (auto readers = readers_->check(); !readers) return readers;
  auto repaired = file_->check();
  if (repaired && *repaired) show_life(file_->fd());
  return repaired;
}

}  // namespace pitbridge
