// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace pitbridge {

/// A directory of this test's own, removed with all it holds. Below /dev/shm where there is one: the
/// bridges' files live on tmpfs, and only there do some of their faults occur.
class TempDirectory {
 public:
  TempDirectory() : path_(std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp") {
    path_ += "/pitbridge_unit.XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline void write_file(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

inline struct stat stat_of(const std::string& path) {
  struct stat out = {};
  EXPECT_EQ(::lstat(path.c_str(), &out), 0) << path;
  return out;
}

/// For ASAN_OPTIONS of a program whose memory is measured: else a sanitizer keeps what was freed, and it
/// looks as if it were used.
inline constexpr char kKeepLittle[] = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";

/// An environment variable for the length of a test.
class ScopedEnvironment {
 public:
  ScopedEnvironment(std::string name, const char* value) : name_(std::move(name)) {
    if (const char* old = std::getenv(name_.c_str())) old_ = old, had_ = true;
    if (value != nullptr) {
      ::setenv(name_.c_str(), value, 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;
  ~ScopedEnvironment() {
    if (had_) {
      ::setenv(name_.c_str(), old_.c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }

 private:
  std::string name_, old_;
  bool had_ = false;
};

}  // namespace pitbridge
