// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge::record {

/// Why a file cannot be written.
tl::unexpected<Error> refuse_output(const std::string& path, const std::string& why);

/// Opens a file that is to be made, empty. One that is there is refused unless it may be written over, and
/// what is no plain file in any case.
Expected<UniqueFd> open_output(const std::string& path, bool overwrite);

/// A file that is written from its begin to its end. It is removed where that does not come about.
class OutputFile {
 public:
  static Expected<OutputFile> create(const std::string& path, bool overwrite);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  const std::string& path() const { return path_; }
  Expected<void> put(std::span<const std::byte> bytes);
  Expected<void> put(std::string_view text) { return put(std::as_bytes(std::span(text))); }
  Expected<void> finish();

 private:
  OutputFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  Expected<void> flush();

  std::string path_;
  UniqueFd fd_;
  std::vector<std::byte> buffer_;
  bool is_done_ = false;
};

}  // namespace pitbridge::record
