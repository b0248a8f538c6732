// SPDX-License-Identifier: MIT
#include "common/posix/stream/sealed_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "common/posix/system/sealed_memfd.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

tl::unexpected<Error> refusal(const char* name, const char* what, int error) {
  return fail(
      ExitCode::kFailure,
      fmt::format("shared memory \"{}\": cannot {}: {}{}", name, what, system_message(error),
                  error == EMFILE || error == ENFILE ? "; raise the limit of open files (ulimit -n)" : ""));
}

}  // namespace

SealedMemory& SealedMemory::operator=(SealedMemory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

SealedMemory::~SealedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_bytes_);
}

Expected<SealedMemory> SealedMemory::make(const char* name, std::size_t size_bytes, Others others) {
  UniqueFd fd = make_memfd(name);
  if (!fd) return refusal(name, "make it", errno);
  if (::ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0)
    return refusal(name, "give it its size", errno);
  // With all its pages, so that no frame waits for one. Not where somebody else says how many there are.
  void* at = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd.get(), 0);
  if (at == MAP_FAILED) return refusal(name, "map it", errno);
  SealedMemory memory(std::move(fd), static_cast<std::byte*>(at), size_bytes);
  if (others == Others::kWrite) {
    if (::fcntl(memory.fd(), F_ADD_SEALS, kSizeSeals | F_SEAL_SEAL) != 0)
      return refusal(name, "seal it", errno);
    return memory;
  }
  // Our own view was there before, and stays writable. Linux has had this seal since 5.1.
  if (::fcntl(memory.fd(), F_ADD_SEALS, kSizeSeals | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0)
    return refusal(name, "seal it against writing", errno);
  // The seal is what counts; by the mode of the descriptor a reader learns at once what it may do.
  UniqueFd reading(::open(fmt::format("/proc/self/fd/{}", memory.fd()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!reading) return refusal(name, "open it for reading", errno);
  memory.fd_ = std::move(reading);
  return memory;
}

Expected<SealedMemory> SealedMemory::of(UniqueFd fd, Others others) {
  struct stat found = {};
  if (!is_safe_to_touch(fd.get()) || ::fstat(fd.get(), &found) != 0)
    return fail(
        ExitCode::kOutputRefused,
        "the memory that was handed over is not sealed against cutting, so touching it could kill this "
        "program; whoever sent it is no producer of ours");
  const auto size_bytes = static_cast<std::size_t>(found.st_size);
  const int protection = others == Others::kRead ? PROT_READ : PROT_READ | PROT_WRITE;
  void* at = ::mmap(nullptr, size_bytes, protection, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) return refusal("of another process", "map it", errno);
  return SealedMemory(std::move(fd), static_cast<std::byte*>(at), size_bytes);
}

}  // namespace pitbridge
