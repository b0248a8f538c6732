// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "region.h"
#include "result.hpp"

/// The C interface with owners and types; region.h has the promises.
namespace pitshm {

struct RegionOptions {
  std::string directory = {};  ///< empty: PITSHM_DIR, else /dev/shm
  std::uint32_t mode = 0600;
  bool bare = false;
  bool any_owner = false;
  bool seal_writing = false;
};

namespace detail {

inline pitshm_region_options c_options(const RegionOptions& options) {
  pitshm_region_options out = {};
  if (options.bare) out.flags |= PITSHM_BARE;
  if (options.any_owner) out.flags |= PITSHM_ANY_OWNER;
  if (options.seal_writing) out.flags |= PITSHM_SEAL_WRITING;
  out.mode = options.mode;
  if (!options.directory.empty()) out.directory = options.directory.c_str();
  return out;
}

/// What publishers and readers have in common.
class RegionHandle {
 public:
  RegionHandle(RegionHandle&& other) noexcept : region_(std::exchange(other.region_, nullptr)) {}
  RegionHandle& operator=(RegionHandle&& other) noexcept {
    std::swap(region_, other.region_);
    return *this;
  }
  ~RegionHandle() { pitshm_region_close(region_); }

  Result<pitshm_region_info> info() const {
    pitshm_region_info out = {};
    const pitshm_result result = pitshm_region_get_info(region_, &out);
    if (result != PITSHM_OK) return Failure::last(result);
    return out;
  }
  int fd() const { return pitshm_region_fd(region_); }

 protected:
  explicit RegionHandle(pitshm_region* region) : region_(region) {}

  template <typename Byte>
  Result<std::span<Byte>> data_of() const {
    void* data = nullptr;
    std::uint64_t size_bytes = 0;
    const pitshm_result result = pitshm_region_data(region_, &data, &size_bytes);
    if (result != PITSHM_OK) return Failure::last(result);
    return std::span<Byte>(static_cast<Byte*>(data), static_cast<std::size_t>(size_bytes));
  }

  pitshm_region* region_;
};

}  // namespace detail

/// The only publisher of a region, as long as it lives.
class RegionPublisher : public detail::RegionHandle {
 public:
  static Result<RegionPublisher> create(const std::string& name, std::uint64_t data_bytes,
                                        const RegionOptions& options = {}) {
    const pitshm_region_options c = detail::c_options(options);
    pitshm_region* region = nullptr;
    const pitshm_result result = pitshm_region_create(name.c_str(), data_bytes, &c, &region);
    if (result != PITSHM_OK) return Failure::last(result);
    return RegionPublisher(region);
  }
  static Result<RegionPublisher> create_anonymous(const std::string& label, std::uint64_t data_bytes,
                                                  const RegionOptions& options = {}) {
    const pitshm_region_options c = detail::c_options(options);
    pitshm_region* region = nullptr;
    const pitshm_result result = pitshm_region_create_anonymous(label.c_str(), data_bytes, &c, &region);
    if (result != PITSHM_OK) return Failure::last(result);
    return RegionPublisher(region);
  }

  Result<void> publish(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    return Result<void>::of(pitshm_region_publish(region_, offset_bytes, bytes.data(), bytes.size()));
  }
  Result<void> begin() { return Result<void>::of(pitshm_region_begin(region_)); }
  Result<void> end() { return Result<void>::of(pitshm_region_end(region_)); }
  Result<void> grow(std::uint64_t data_bytes) {
    return Result<void>::of(pitshm_region_grow(region_, data_bytes));
  }
  Result<void> unlink() { return Result<void>::of(pitshm_region_unlink(region_)); }
  Result<std::span<std::byte>> data() { return data_of<std::byte>(); }

 private:
  using RegionHandle::RegionHandle;
};

class RegionReader : public detail::RegionHandle {
 public:
  static Result<RegionReader> open(const std::string& name, const RegionOptions& options = {}) {
    const pitshm_region_options c = detail::c_options(options);
    pitshm_region* region = nullptr;
    const pitshm_result result = pitshm_region_open(name.c_str(), &c, &region);
    if (result != PITSHM_OK) return Failure::last(result);
    return RegionReader(region);
  }
  static Result<RegionReader> open_fd(int fd, const RegionOptions& options = {}) {
    const pitshm_region_options c = detail::c_options(options);
    pitshm_region* region = nullptr;
    const pitshm_result result = pitshm_region_open_fd(fd, &c, &region);
    if (result != PITSHM_OK) return Failure::last(result);
    return RegionReader(region);
  }
  /// Sleeps until the region exists.
  static Result<void> wait(const std::string& name, Timeout timeout, int stop_fd = -1,
                           const RegionOptions& options = {}) {
    const pitshm_region_options c = detail::c_options(options);
    return Result<void>::of(pitshm_region_wait(name.c_str(), &c, timeout.count(), stop_fd));
  }

  Result<pitshm_region_info> read(std::uint64_t offset_bytes, std::span<std::byte> out) {
    pitshm_region_info told = {};
    const pitshm_result result = pitshm_region_read(region_, offset_bytes, out.data(), out.size(), &told);
    if (result != PITSHM_OK) return Failure::last(result);
    return told;
  }
  Result<pitshm_region_info> wait_news(std::uint32_t seen, Timeout timeout) {
    pitshm_region_info told = {};
    const pitshm_result result = pitshm_region_wait_news(region_, seen, timeout.count(), &told);
    if (result != PITSHM_OK) return Failure::last(result);
    return told;
  }
  Result<std::span<const std::byte>> data() { return data_of<const std::byte>(); }

 private:
  using RegionHandle::RegionHandle;
};

/// Whether there is a region of this name. The error says why one that has the name cannot be opened.
inline Result<bool> region_exists(const std::string& name, const RegionOptions& options = {}) {
  const pitshm_region_options c = detail::c_options(options);
  const pitshm_result result = pitshm_region_exists(name.c_str(), &c);
  if (result != PITSHM_OK && result != PITSHM_NOT_THERE) return Failure::last(result);
  return result == PITSHM_OK;
}

/// Removes a region that nobody publishes any more.
inline Result<void> clean_region(const std::string& name, const RegionOptions& options = {}) {
  const pitshm_region_options c = detail::c_options(options);
  return Result<void>::of(pitshm_region_clean(name.c_str(), &c));
}

}  // namespace pitshm
