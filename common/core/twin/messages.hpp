// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the two halves of a twin say to each other (common/posix/twin/README.md). Both trust each other no
/// further than that a message has the form which is read here.
namespace pitbridge::twin {

/// What is meant, and its arguments.
using Message = std::vector<std::string>;

// The native half asks, and each question but `kRelease` gets one answer.
inline constexpr std::string_view kOpen = "open";        ///< NAME: kView, kNone or kRefused
inline constexpr std::string_view kRelease = "release";  ///< what `kOpen` holds open for us
inline constexpr std::string_view kOwn = "own";          ///< NAME PATH: kDone or kRefused
inline constexpr std::string_view kFind = "find";        ///< the game: kGame or kNone
inline constexpr std::string_view kRuns = "runs";        ///< the game last found: kYes or kNo
inline constexpr std::string_view kOthers = "others";    ///< other programs run: kYes or kNo
inline constexpr std::string_view kLeave = "leave";      ///< stop holding the session: kDone or kRefused
inline constexpr std::string_view kEnds = "ends";        ///< the session: kYes or kNo
inline constexpr std::string_view kExit = "exit";        ///< STATUS: the end of both. No answer

// The Windows half begins, with kHello, and answers.
inline constexpr std::string_view kHello = "hello";  ///< VERSION of Wine
inline constexpr std::string_view kView = "view";    ///< ADDRESS SIZE, both decimal
inline constexpr std::string_view kGame = "game";    ///< PID EXE
inline constexpr std::string_view kNone = "none";
inline constexpr std::string_view kDone = "done";
inline constexpr std::string_view kYes = "yes";
inline constexpr std::string_view kNo = "no";
inline constexpr std::string_view kRefused = "refused";  ///< CODE MESSAGE

/// No message is longer: of names and paths, none is.
inline constexpr std::uint32_t kMostMessageBytes = 64 * 1024;

/// As it goes through a pipe.
std::string packed(const Message& message);

/// Takes what comes out of a pipe, in whatever pieces, and gives back the messages.
class MessageReader {
 public:
  void add(std::string_view bytes) { bytes_.append(bytes); }
  /// The next whole message.
  std::optional<Message> next();
  /// What came is no message, and nothing that follows can be one.
  bool is_broken() const { return is_broken_; }

 private:
  std::string bytes_;
  bool is_broken_ = false;
};

/// A decimal number, and nothing else.
std::optional<std::uint64_t> number_in(const Message& message, std::size_t at);

/// Where the first page of the file through which the halves meet has what (common/posix/twin/README.md).
inline constexpr std::string_view kMeetingMark = "pitbridge twin 1";  ///< at its begin
inline constexpr std::size_t kMeetingReadyAt = 1024;  ///< one byte: not zero when what follows is whole
inline constexpr std::size_t kMeetingPathAt = 1025;   ///< the directory of the pipes, up to a zero
inline constexpr std::size_t kMeetingBytes = 4096;
/// The pipes in that directory.
inline constexpr std::string_view kQuestions = "questions";
inline constexpr std::string_view kAnswers = "answers";

}  // namespace pitbridge::twin
