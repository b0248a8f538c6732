// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/mirror/ports.hpp"
#include "common/posix/region/file_memory.hpp"
#include "common/posix/region/shm_directory.hpp"

namespace pitbridge {

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
  SectionId id() const override { return {inode_.device(), inode_.inode()}; }

  int fd() const { return inode_.fd(); }
  std::span<std::byte> memory() const { return inode_.bytes(); }

 private:
  ShmFile(std::shared_ptr<ShmDirectory> directory, std::string_view name, mode_t mode, Others others);

  /// Opens what is at the path, and checks it; `may_make`: a file that is not there is made.
  Expected<UniqueFd> open_checked(bool may_make);
  /// Back to the path what a bridge has put aside and then was killed.
  void bring_back() const;
  Error refusal(const std::string& why) const;

  std::shared_ptr<ShmDirectory> directory_;
  std::string name_, path_;
  mode_t mode_;
  Others others_;
  bool was_made_ = false;
  bool is_aside_ = false;
  std::size_t size_bytes_ = 0;
  FileMemory inode_;
  /// Inodes that lost the path to somebody else's doing: readers who map them go on being fed.
  std::vector<FileMemory> displaced_;
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
