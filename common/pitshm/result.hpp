// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "result.h"

namespace pitshm {

/// How long to wait; 0: not at all.
using Timeout = std::chrono::milliseconds;
inline constexpr Timeout kForever{PITSHM_FOREVER};

/// Why a call failed. `text` is for people, and may be empty for what is no fault: PITSHM_NOT_THERE,
/// PITSHM_TIMED_OUT, PITSHM_STOPPED, PITSHM_LEFT.
struct Failure {
  pitshm_result result = PITSHM_FAILED;
  std::string text;

  /// Of the call that this thread has just made.
  static Failure last(pitshm_result result) { return {result, pitshm_error_text()}; }
};

/// A value, or why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}              // NOLINT(google-explicit-constructor)
  Result(Failure failure) : failure_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  /// Only where there is no value.
  const Failure& error() const { return failure_; }

 private:
  std::optional<T> value_;
  Failure failure_;
};

/// Done, or why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() : failure_{PITSHM_OK, {}} {}
  Result(Failure failure) : failure_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  /// What a call of the C interface has answered.
  static Result of(pitshm_result result) {
    return result == PITSHM_OK ? Result() : Result(Failure::last(result));
  }

  explicit operator bool() const { return failure_.result == PITSHM_OK; }
  const Failure& error() const { return failure_; }

 private:
  Failure failure_;
};

}  // namespace pitshm
