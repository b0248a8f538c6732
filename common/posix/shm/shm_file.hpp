// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/mirror/ports.hpp"
#include "common/posix/shm/shm_directory.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Owns a shared mapping of a file.
class MappedMemory {
 public:
  MappedMemory() = default;
  MappedMemory(std::byte* data, std::size_t size_bytes) : data_(data), size_bytes_(size_bytes) {}
  MappedMemory(MappedMemory&& other) noexcept;
  MappedMemory& operator=(MappedMemory&& other) noexcept;
  ~MappedMemory();

  std::byte* data() const { return data_; }
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

/// What group and others may do with a file of ours at most, whatever mode is asked for.
enum class Others : std::uint8_t {
  kNothing,
  kRead,
  kReadAndWrite,  ///< the page in which readers say that they wait
};

/// An output file: a regular file of our own, which we never shrink, replace or unlink, whose space is
/// reserved, and which is made whole again when somebody else harms it (common/reader/README.md says why).
class ShmFile final : public Sink {
 public:
  /// Opens or creates `directory/name`, at least `size_bytes` long; `name` may hold one slash. `mode` is
  /// given to a file that is created; one that is there keeps its own, but for what `others` forbids.
  /// Refuses (kOutputRefused) what is not a plain file of our own.
  static Expected<std::unique_ptr<ShmFile>> open(std::shared_ptr<ShmDirectory> directory,
                                                 std::string_view name, std::size_t size_bytes, mode_t mode,
                                                 Others others = Others::kRead);
  /// As above, for a file that is the only one of its owner.
  static Expected<std::unique_ptr<ShmFile>> open(const std::string& directory, std::string_view name,
                                                 std::size_t size_bytes, mode_t mode,
                                                 Others others = Others::kRead);
  /// Opens a file that is there, with the size that it has. Makes nothing and reserves nothing.
  static Expected<std::unique_ptr<ShmFile>> open_existing(std::shared_ptr<ShmDirectory> directory,
                                                          std::string_view name);

  /// Removes the file if `open` has made it: for a start that fails after all.
  void take_back();

  bool publish(std::span<const Store> stores) override;
  void clear() override;
  Expected<void> grow(std::size_t size_bytes) override;
  Expected<bool> check() override;
  void put_aside() override;
  void put_back() override;
  std::string path() const override { return path_; }
  SectionId id() const override { return inode_.id; }

  int fd() const { return inode_.fd.get(); }
  std::span<std::byte> memory() const { return {inode_.memory.data(), inode_.memory.size_bytes()}; }

 private:
  /// One inode that readers may hold.
  struct Inode {
    UniqueFd fd;
    MappedMemory memory;
    SectionId id;
  };

  ShmFile(std::shared_ptr<ShmDirectory> directory, std::string_view name, mode_t mode, Others others);

  /// Opens what is at the path, and checks it; `may_make`: a file that is not there is made.
  Expected<UniqueFd> open_checked(bool may_make);
  /// Back to the path what a bridge has put aside and then was killed.
  void bring_back() const;
  /// What is at the path now; nothing when there is nothing.
  std::optional<struct stat> look_at_path() const;
  Expected<Inode> adopt(UniqueFd fd, std::size_t size_bytes) const;
  Expected<Inode> map(UniqueFd fd, std::size_t size_bytes) const;
  Expected<void> reserve(int fd, std::size_t size_bytes) const;
  bool lacks_pages(const struct stat& own) const;
  /// Gives the file the permissions that it must have, and takes away those that it may not have.
  void mend_mode(int fd, mode_t found) const;
  Error refusal(const std::string& why) const;

  std::shared_ptr<ShmDirectory> directory_;
  std::string name_, path_;
  mode_t mode_;
  Others others_;
  bool was_made_ = false;
  bool is_aside_ = false;
  std::size_t size_bytes_ = 0;
  Inode inode_;
  /// Inodes that lost the path to somebody else's doing: readers who map them go on being fed.
  std::vector<Inode> displaced_;
};

/// Makes the files of one sim.
class ShmFileFactory final : public SinkFactory {
 public:
  ShmFileFactory(std::shared_ptr<ShmDirectory> directory, mode_t mode)
      : directory_(std::move(directory)), mode_(mode) {}
  Expected<std::unique_ptr<Sink>> open(std::string_view file_name, std::size_t size_bytes) override;
  Expected<std::unique_ptr<LiveSlot>> open_live_slot() override;

 private:
  std::shared_ptr<ShmDirectory> directory_;
  mode_t mode_;
};

}  // namespace pitbridge
