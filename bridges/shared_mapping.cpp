// SPDX-License-Identifier: MIT
#include "bridges/shared_mapping.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/win32/file_mapping.hpp"

namespace pitbridge {

SharedMapping::SharedMapping(const Mapping& mapping, std::shared_ptr<ShmDirectory> directory,
                             std::uint32_t file_mode, Log& log)
    : mapping_(&mapping), directory_(std::move(directory)), file_mode_(file_mode), log_(&log) {}

Expected<void> SharedMapping::look() {
  if (made_) {
    watch_file();
    return {};
  }
  const auto id = identify_named_mapping(mapping_->name);
  if (!id) return make_ours();
  if (theirs_ && theirs_->id == *id) return {};
  return take_theirs();
}

void SharedMapping::look_again() {
  const auto looked = look();
  std::string fault = looked ? std::string() : looked.error().message;
  if (!fault.empty() && fault != last_fault_) log_->write(LogLevel::kWarning, fault);
  last_fault_ = std::move(fault);
}

Expected<void> SharedMapping::take_theirs() {
  theirs_.reset();
  auto found = open_shared_section(mapping_->name);
  if (!found) return tl::unexpected<Error>(std::move(found.error()));
  if (!*found) return {};  // it has gone since; the next look sees that
  theirs_ = std::move(**found);
  const std::string name(mapping_->name);
  log_->write(LogLevel::kInfo, name +
                                   ": a Windows program has made it; native programs of this user get its " +
                                   std::to_string(theirs_->size_bytes) + " bytes by the socket, as " +
                                   std::string(file_name()));
  if (theirs_->size_bytes < mapping_->size_bytes)
    log_->write(LogLevel::kWarning, name + ": the Windows program's mapping is smaller than the " +
                                        std::to_string(mapping_->size_bytes) +
                                        " bytes asked for; start the bridge before it, or ask for less");
  warn_of_other_file();
  return {};
}

/// Two memories of one name: whoever maps the wrong one waits for ever.
void SharedMapping::warn_of_other_file() const {
  const auto file = ShmFile::open_existing(directory_, file_name());
  if (!file || (*file)->id() == theirs_->id) return;
  log_->write(LogLevel::kWarning,
              (*file)->path() +
                  ": this file is not the Windows program's mapping, which was there before the "
                  "bridge; native programs must ask the socket, or start the bridge first");
}

/// What is in a file that is there already counts.
Expected<std::unique_ptr<ShmFile>> SharedMapping::open_file() const {
  auto file = ShmFile::open_existing(directory_, file_name());
  if (!file) return ShmFile::open(directory_, file_name(), mapping_->size_bytes, file_mode_);
  if (auto grown = (*file)->grow(mapping_->size_bytes); !grown)
    return tl::unexpected<Error>(std::move(grown.error()));
  return file;
}

Expected<void> SharedMapping::make_ours() {
  theirs_.reset();
  auto file = open_file();
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  auto made = make_or_find_file_mapping(mapping_->name, (*file)->path());
  if (!made) return tl::unexpected<Error>(std::move(made.error()));
  if (made->was_there()) return {};  // a Windows program was faster; the next look takes its mapping
  file_ = std::move(*file);
  made_ = std::move(*made);
  log_->write(LogLevel::kInfo, file_->path() + " is now the mapping " + std::string(mapping_->name) +
                                   ", for both sides to write");
  return {};
}

/// Windows programs die of a page fault when the file is cut, and native ones that come later do not find a
/// file that was removed. The first is mended, the second cannot be without parting those that are here.
void SharedMapping::watch_file() {
  struct stat own = {};
  if (::fstat(file_->fd(), &own) != 0) return;
  const auto wanted = static_cast<off_t>(file_->memory().size());
  const bool is_cut = own.st_size < wanted;
  if (is_cut) (void)::posix_fallocate(file_->fd(), 0, wanted);
  const bool is_harmed = is_cut || own.st_nlink == 0;
  if (is_harmed && !file_was_harmed_)
    log_->write(
        LogLevel::kWarning,
        file_->path() + (is_cut ? ": somebody cut this file; its end is there again, and empty"
                                : ": somebody removed this file; native programs get it by the socket "
                                  "only, until the bridge and the Windows programs are started anew"));
  file_was_harmed_ = is_harmed;
}

std::optional<OfferedSection> SharedMapping::offered() const {
  if (theirs_) return OfferedSection{theirs_->descriptor.get(), theirs_->size_bytes, theirs_->id};
  if (file_) return OfferedSection{file_->fd(), file_->memory().size(), file_->id()};
  return std::nullopt;
}

}  // namespace pitbridge
