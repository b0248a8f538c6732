// SPDX-License-Identifier: MIT
// Named mappings of Windows, in Windows programs (also under Wine and Proton). What each call promises:
// mapping.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "mapping.h"
#include "result.hpp"

namespace pitshm {

/// A part of a mapping in this program's memory.
class View {
 public:
  explicit View(pitshm_view* view) : view_(view) {}

  std::size_t size_bytes() const { return pitshm_view_size(view_.get()); }
  std::byte* data() const { return static_cast<std::byte*>(pitshm_view_data(view_.get())); }

  Result<void> read(std::size_t offset_bytes, std::span<std::byte> out) const {
    return Result<void>::of(pitshm_view_read(view_.get(), offset_bytes, out.data(), out.size()));
  }
  Result<void> write(std::size_t offset_bytes, std::span<const std::byte> in) {
    return Result<void>::of(pitshm_view_write(view_.get(), offset_bytes, in.data(), in.size()));
  }
  /// Under the sequence lock that lies at `lock_bytes` of the view.
  Result<void> read_locked(std::size_t lock_bytes, std::size_t offset_bytes, std::span<std::byte> out,
                           int attempts = 1000) const {
    return Result<void>::of(
        pitshm_view_read_locked(view_.get(), lock_bytes, offset_bytes, out.data(), out.size(), attempts));
  }
  Result<void> write_locked(std::size_t lock_bytes, std::size_t offset_bytes, std::span<const std::byte> in) {
    return Result<void>::of(
        pitshm_view_write_locked(view_.get(), lock_bytes, offset_bytes, in.data(), in.size()));
  }
  /// Runs `body`, which touches `data()` itself. After a fault it is left in its middle, without destructors.
  template <typename Body>
  Result<void> guarded(Body body) const {
    struct Call {
      Body& body;
      std::exception_ptr thrown = nullptr;
    } call{body};
    const pitshm_result result = pitshm_guarded_call(
        view_.get(),
        [](void* argument) {
          auto& self = *static_cast<Call*>(argument);
          try {
            self.body();
          } catch (...) {
            self.thrown = std::current_exception();  // none may pass through the guard
          }
        },
        &call);
    if (call.thrown) std::rethrow_exception(call.thrown);
    return Result<void>::of(result);
  }

 private:
  struct Unmap {
    void operator()(pitshm_view* view) const { pitshm_view_unmap(view); }
  };
  std::unique_ptr<pitshm_view, Unmap> view_;
};

class Mapping {
 public:
  static Result<Mapping> create(const std::string& name, std::uint64_t size_bytes) {
    return made([&](pitshm_mapping** out) { return pitshm_mapping_create(name.c_str(), size_bytes, out); });
  }
  static Result<Mapping> create_from_file(const std::string& name, const std::string& path,
                                          std::uint64_t size_bytes = 0) {
    return made([&](pitshm_mapping** out) {
      return pitshm_mapping_create_from_file(name.c_str(), path.c_str(), size_bytes, out);
    });
  }
  static Result<Mapping> open(const std::string& name, pitshm_access access = PITSHM_READ_WRITE) {
    return made([&](pitshm_mapping** out) { return pitshm_mapping_open(name.c_str(), access, out); });
  }

  bool was_there() const { return pitshm_mapping_was_there(mapping_.get()) != 0; }
  std::uint64_t size_bytes() const { return pitshm_mapping_size(mapping_.get()); }
  Result<View> view(std::uint64_t offset_bytes = 0, std::uint64_t size_bytes = 0,
                    pitshm_access access = PITSHM_READ_WRITE) const {
    pitshm_view* view = nullptr;
    const pitshm_result result = pitshm_view_map(mapping_.get(), offset_bytes, size_bytes, access, &view);
    if (result != PITSHM_OK) return Failure::last(result);
    return View(view);
  }

 private:
  struct Close {
    void operator()(pitshm_mapping* mapping) const { pitshm_mapping_close(mapping); }
  };

  explicit Mapping(pitshm_mapping* mapping) : mapping_(mapping) {}
  template <typename Make>
  static Result<Mapping> made(Make make) {
    pitshm_mapping* mapping = nullptr;
    const pitshm_result result = make(&mapping);
    if (result != PITSHM_OK) return Failure::last(result);
    return Mapping(mapping);
  }

  std::unique_ptr<pitshm_mapping, Close> mapping_;
};

}  // namespace pitshm
