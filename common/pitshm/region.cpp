// SPDX-License-Identifier: MIT
#include "common/pitshm/region.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "common/pitshm/answer.hpp"
#include "common/pitshm/deadline.hpp"
#include "common/pitshm/library_directory.hpp"
#include "common/posix/region/region.hpp"
#include "common/posix/region/region_list.hpp"
#include "common/posix/region/region_wait.hpp"

struct pitshm_region {
  std::unique_ptr<pitbridge::RegionPublisher> publisher;
  std::unique_ptr<pitbridge::RegionReader> reader;

  const std::string& path() const { return publisher ? publisher->path() : reader->path(); }
};

namespace pitshm {
namespace {

using detail::answer;
using detail::answered;
using pitbridge::Expected;
using pitbridge::RegionAnswer;
using pitbridge::RegionStamp;
using pitbridge::ShmDirectory;

/// As the caller has it: a shorter struct is of an older version of this library.
pitshm_region_options whole_options(const pitshm_region_options* options) {
  return options != nullptr ? *options : pitshm_region_options{};
}

bool has(const pitshm_region_options& options, std::uint32_t flag) {
  return (options.flags & flag) != 0;
}

Expected<std::shared_ptr<ShmDirectory>> open_directory(const pitshm_region_options& options) {
  if (auto good = detail::check_reserved(options.reserved); !good)
    return tl::unexpected<pitbridge::Error>(std::move(good.error()));
  constexpr std::uint32_t kFlags = PITSHM_BARE | PITSHM_ANY_OWNER | PITSHM_SEAL_WRITING;
  if ((options.flags & ~kFlags) != 0)
    return pitbridge::fail(
        pitbridge::ExitCode::kUsage,
        fmt::format("options: there are no flags {:#x}; use a newer version of the library, "
                    "or those of region.h",
                    options.flags & ~kFlags));
  return detail::open_library_directory(options.directory);
}

pitbridge::RegionRequest request_of(std::uint64_t data_bytes, const pitshm_region_options& options) {
  return {.data_bytes = data_bytes,
          .mode = options.mode != 0 ? options.mode : 0600U,
          .is_bare = has(options, PITSHM_BARE)};
}

pitbridge::RegionTrust trust_of(const pitshm_region_options& options) {
  return {.is_bare = has(options, PITSHM_BARE), .any_owner = has(options, PITSHM_ANY_OWNER)};
}

/// The usual ones have a text too: a caller may print it without thinking.
pitshm_result answer_of(RegionAnswer end, const std::string& path) {
  const auto say = [&](pitshm_result result, const char* text) {
    return answer(result, fmt::format("{}: {}", path, text));
  };
  switch (end) {
    case RegionAnswer::kDone:
      return PITSHM_OK;
    case RegionAnswer::kBusy:
      return say(PITSHM_BUSY, "its publisher is in the middle of an update; ask again");
    case RegionAnswer::kCut:
      return say(PITSHM_FAULT, "somebody has cut or removed its file; open or create it anew");
    case RegionAnswer::kLeft:
      return say(PITSHM_LEFT, "its publisher has left; open it anew when there is another one");
    case RegionAnswer::kDamaged:
      return say(PITSHM_DAMAGED, "its header says what cannot be; remove it, and create it anew");
    case RegionAnswer::kOutside:
      return say(PITSHM_BAD_ARGUMENT, "does not have these bytes; ask for its size first");
    case RegionAnswer::kTimedOut:
      return answer(PITSHM_TIMED_OUT, {});
    case RegionAnswer::kInterrupted:
      return answer(PITSHM_STOPPED, {});
  }
  return PITSHM_FAILED;
}

pitshm_region_info info_of(const RegionStamp& stamp, std::optional<bool> lives) {
  pitshm_life life = PITSHM_LIFE_UNKNOWN;
  if (lives) life = *lives ? PITSHM_LIVES : PITSHM_GONE;
  if (stamp.has_left) life = PITSHM_GONE;
  return {stamp.data_bytes, stamp.generation, stamp.published_since_ns, stamp.news, life, stamp.publisher};
}

template <typename Owner>
pitshm_result hand_out(Expected<std::unique_ptr<Owner>> made, std::unique_ptr<Owner> pitshm_region::*member,
                       pitshm_region** out) {
  if (!made) return answer(made.error());
  if (*made == nullptr) return answer(PITSHM_NOT_THERE, {});
  auto region = std::make_unique<pitshm_region>();
  (*region).*member = std::move(*made);
  *out = region.release();
  return PITSHM_OK;
}

}  // namespace
}  // namespace pitshm

using pitshm::answer_of;
using pitshm::has;
using pitshm::info_of;
using pitshm::open_directory;
using pitshm::whole_options;
using pitshm::detail::answer;
using pitshm::detail::answered;
using pitshm::detail::bad_argument;

pitshm_result pitshm_region_create(const char* name, std::uint64_t data_bytes,
                                   const pitshm_region_options* options, pitshm_region** out) {
  return answered([&] {
    if (name == nullptr || out == nullptr) return bad_argument("pitshm_region_create", "a pointer is null");
    const pitshm_region_options whole = whole_options(options);
    auto directory = open_directory(whole);
    if (!directory) return answer(directory.error());
    return pitshm::hand_out(pitbridge::RegionPublisher::create(std::move(*directory), name,
                                                               pitshm::request_of(data_bytes, whole)),
                            &pitshm_region::publisher, out);
  });
}

pitshm_result pitshm_region_create_anonymous(const char* label, std::uint64_t data_bytes,
                                             const pitshm_region_options* options, pitshm_region** out) {
  return answered([&] {
    if (label == nullptr || out == nullptr)
      return bad_argument("pitshm_region_create_anonymous", "a pointer is null");
    const pitshm_region_options whole = whole_options(options);
    return pitshm::hand_out(
        pitbridge::RegionPublisher::create_anonymous(label, pitshm::request_of(data_bytes, whole),
                                                     has(whole, PITSHM_SEAL_WRITING)),
        &pitshm_region::publisher, out);
  });
}

pitshm_result pitshm_region_publish(pitshm_region* region, std::uint64_t offset_bytes, const void* bytes,
                                    std::size_t size_bytes) {
  return answered([&] {
    if (region == nullptr || !region->publisher || (bytes == nullptr && size_bytes != 0))
      return bad_argument("pitshm_region_publish", "a pointer is null, or the region is a reader's");
    return answer_of(
        region->publisher->publish(offset_bytes, {static_cast<const std::byte*>(bytes), size_bytes}),
        region->path());
  });
}

pitshm_result pitshm_region_begin(pitshm_region* region) {
  return answered([&] {
    if (region == nullptr || !region->publisher)
      return bad_argument("pitshm_region_begin", "the region is a reader's");
    return answer_of(region->publisher->begin_update(), region->path());
  });
}

pitshm_result pitshm_region_end(pitshm_region* region) {
  return answered([&] {
    if (region == nullptr || !region->publisher)
      return bad_argument("pitshm_region_end", "the region is a reader's");
    return answer_of(region->publisher->end_update(), region->path());
  });
}

pitshm_result pitshm_region_grow(pitshm_region* region, std::uint64_t data_bytes) {
  return answered([&] {
    if (region == nullptr || !region->publisher)
      return bad_argument("pitshm_region_grow", "the region is a reader's");
    const auto grown = region->publisher->grow(data_bytes);
    return grown ? PITSHM_OK : answer(grown.error());
  });
}

pitshm_result pitshm_region_unlink(pitshm_region* region) {
  return answered([&] {
    if (region == nullptr || !region->publisher)
      return bad_argument("pitshm_region_unlink", "the region is a reader's; only its publisher removes it");
    const auto removed = region->publisher->unlink();
    return removed ? PITSHM_OK : answer(removed.error());
  });
}

pitshm_result pitshm_region_open(const char* name, const pitshm_region_options* options,
                                 pitshm_region** out) {
  return answered([&] {
    if (name == nullptr || out == nullptr) return bad_argument("pitshm_region_open", "a pointer is null");
    const pitshm_region_options whole = whole_options(options);
    auto directory = open_directory(whole);
    if (!directory) return answer(directory.error());
    return pitshm::hand_out(
        pitbridge::RegionReader::open(std::move(*directory), name, pitshm::trust_of(whole)),
        &pitshm_region::reader, out);
  });
}

pitshm_result pitshm_region_open_fd(int fd, const pitshm_region_options* options, pitshm_region** out) {
  return answered([&] {
    if (out == nullptr) return bad_argument("pitshm_region_open_fd", "a pointer is null");
    return pitshm::hand_out(
        pitbridge::RegionReader::open_descriptor(fd, has(whole_options(options), PITSHM_BARE)),
        &pitshm_region::reader, out);
  });
}

pitshm_result pitshm_region_exists(const char* name, const pitshm_region_options* options) {
  pitshm_region* region = nullptr;
  const pitshm_result result = pitshm_region_open(name, options, &region);
  pitshm_region_close(region);
  return result;
}

pitshm_result pitshm_region_wait(const char* name, const pitshm_region_options* options,
                                 std::int64_t timeout_ms, int stop_fd) {
  return answered([&] {
    if (name == nullptr) return bad_argument("pitshm_region_wait", "a pointer is null");
    const pitshm_region_options whole = whole_options(options);
    const auto directory = open_directory(whole);
    if (!directory) return answer(directory.error());
    const auto end = pitbridge::wait_for_region(*directory, name, pitshm::trust_of(whole),
                                                pitshm::detail::deadline_ns(timeout_ms), stop_fd);
    if (!end) return answer(end.error());
    if (*end == pitbridge::WaitEnd::kThere) return PITSHM_OK;
    return answer(*end == pitbridge::WaitEnd::kStopped ? PITSHM_STOPPED : PITSHM_TIMED_OUT, {});
  });
}

pitshm_result pitshm_region_read(pitshm_region* region, std::uint64_t offset_bytes, void* out,
                                 std::size_t size_bytes, pitshm_region_info* info) {
  return answered([&] {
    if (region == nullptr || !region->reader || (out == nullptr && size_bytes != 0))
      return bad_argument("pitshm_region_read", "a pointer is null, or the region is a publisher's");
    pitbridge::RegionStamp stamp;
    const auto end = region->reader->read(offset_bytes, {static_cast<std::byte*>(out), size_bytes}, &stamp);
    if (info != nullptr) *info = info_of(stamp, std::nullopt);
    return answer_of(end, region->path());
  });
}

pitshm_result pitshm_region_wait_news(pitshm_region* region, std::uint32_t seen, std::int64_t timeout_ms,
                                      pitshm_region_info* info) {
  return answered([&] {
    if (region == nullptr || !region->reader || region->reader->is_bare())
      return bad_argument("pitshm_region_wait_news",
                          "the region is a publisher's, or is bare and has no news");
    pitbridge::RegionStamp stamp;
    const auto end = region->reader->wait_news(seen, pitshm::detail::deadline_ns(timeout_ms), stamp);
    if (info != nullptr) *info = info_of(stamp, std::nullopt);
    return answer_of(end, region->path());
  });
}

pitshm_result pitshm_region_get_info(pitshm_region* region, pitshm_region_info* info) {
  return answered([&] {
    if (region == nullptr || info == nullptr)
      return bad_argument("pitshm_region_get_info", "a pointer is null");
    if (region->publisher) {
      *info = info_of(region->publisher->stamp(), true);
      return PITSHM_OK;
    }
    pitbridge::RegionStamp stamp;
    const auto end = region->reader->stamp(stamp);
    *info = info_of(stamp, region->reader->publisher_lives());
    // What is asked here is known also in the middle of an update.
    return end == pitbridge::RegionAnswer::kBusy || end == pitbridge::RegionAnswer::kLeft
               ? PITSHM_OK
               : answer_of(end, region->path());
  });
}

pitshm_result pitshm_region_data(pitshm_region* region, void** data, std::uint64_t* data_bytes) {
  return answered([&] {
    if (region == nullptr || data == nullptr || data_bytes == nullptr)
      return bad_argument("pitshm_region_data", "a pointer is null");
    if (region->publisher) {
      const auto all = region->publisher->data();
      *data = all.data();
      *data_bytes = all.size();
      return PITSHM_OK;
    }
    const auto all = region->reader->data();
    if (!all) return answer(all.error());
    *data = const_cast<std::byte*>(all->data());  // one type for both; a store to it is a fault
    *data_bytes = all->size();
    return PITSHM_OK;
  });
}

int pitshm_region_fd(const pitshm_region* region) {
  if (region == nullptr) return -1;
  return region->publisher ? region->publisher->fd() : region->reader->fd();
}

void pitshm_region_close(pitshm_region* region) {
  delete region;  // NOLINT(cppcoreguidelines-owning-memory): what C has held
}

pitshm_result pitshm_region_list(const pitshm_region_options* options,
                                 int (*each)(const pitshm_region_entry*, void*), void* context) {
  return answered([&] {
    if (each == nullptr) return bad_argument("pitshm_region_list", "a pointer is null");
    const auto directory = open_directory(whole_options(options));
    if (!directory) return answer(directory.error());
    for (const pitbridge::RegionEntry& found : pitbridge::regions_in(**directory)) {
      pitshm_region_entry entry = {};
      entry.name = found.name.c_str();
      entry.owner = found.owner;
      entry.is_foreign = found.is_foreign ? 1 : 0;
      entry.is_bare = found.is_bare ? 1 : 0;
      entry.is_abandoned = found.is_abandoned() ? 1 : 0;
      if (!found.is_foreign) {
        entry.info = info_of(found.stamp, found.publisher.has_value());
        entry.info.publisher_pid = found.publisher.value_or(0);
      }
      if (each(&entry, context) != 0) break;
    }
    return PITSHM_OK;
  });
}

pitshm_result pitshm_region_clean(const char* name, const pitshm_region_options* options) {
  return answered([&] {
    if (name == nullptr) return bad_argument("pitshm_region_clean", "a pointer is null");
    const auto directory = open_directory(whole_options(options));
    if (!directory) return answer(directory.error());
    const auto removed = pitbridge::remove_region(*directory, name);
    if (!removed) return answer(removed.error());
    return *removed ? PITSHM_OK : answer(PITSHM_NOT_THERE, {});
  });
}
