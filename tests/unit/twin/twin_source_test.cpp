// SPDX-License-Identifier: MIT
// The native half against a Windows half that is a thread of this process: it has sections and pipes as one
// under Wine has them.
#include "common/posix/twin/twin_source.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "common/posix/region/file_memory.hpp"
#include "common/posix/system/fault_guard.hpp"

namespace pitbridge {
namespace {

using twin::Message;

/// A section as Wine makes it, and what a Windows program has of it.
struct FakeSection {
  explicit FakeSection(const char* text, std::size_t size = 8192)
      : handle(::memfd_create("section", MFD_CLOEXEC)) {
    EXPECT_EQ(::ftruncate(handle.get(), static_cast<off_t>(size)), 0);
    view = map_shared(handle.get(), size);
    std::strcpy(reinterpret_cast<char*>(view.data()), text);
  }
  Message held() const {
    return {std::string(twin::kView), std::to_string(reinterpret_cast<std::uintptr_t>(view.data())),
            std::to_string(view.size_bytes())};
  }
  UniqueFd handle;
  MappedMemory view;
};

/// Writes its first page as the Windows half does, and gives it to this process as standard input.
class Meeting {
 public:
  explicit Meeting(std::string_view mark = twin::kMeetingMark)
      : file_(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
    EXPECT_EQ(::ftruncate(file_.get(), static_cast<off_t>(twin::kMeetingBytes)), 0);
    page_ = map_shared(file_.get(), twin::kMeetingBytes);
    std::memcpy(page_.data(), mark.data(), mark.size());
    EXPECT_EQ(::dup2(file_.get(), STDIN_FILENO), STDIN_FILENO);
  }
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;
  ~Meeting() { (void)::dup2(before_.get(), STDIN_FILENO); }

  std::string wait_for_path() const {
    const auto* page = reinterpret_cast<const volatile char*>(page_.data());
    while (page[twin::kMeetingReadyAt] == 0) std::this_thread::yield();
    return {reinterpret_cast<const char*>(page_.data()) + twin::kMeetingPathAt};
  }

 private:
  UniqueFd before_{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
  UniqueFd file_;
  MappedMemory page_;
};

class TwinSourceTest : public testing::Test {
 protected:
  using Answer = std::function<std::optional<Message>(const Message&)>;

  void SetUp() override { install_fault_guard(); }
  void TearDown() override {
    link_.reset();
    if (windows_.joinable()) windows_.join();
  }

  /// Both halves, of which the other one answers so; nothing: it hangs up.
  TwinSource& meet(const Answer& answer) {
    const Meeting meeting;
    windows_ = std::thread([this, &meeting, answer] { live(meeting, answer); });
    auto link = TwinLink::meet();
    EXPECT_TRUE(link) << link.error().message;
    link_.emplace(std::move(*link));
    while (!has_met_) std::this_thread::yield();
    source_.emplace(*link_);
    return *source_;
  }

  std::optional<TwinLink> link_;
  std::optional<TwinSource> source_;
  std::string place_;

 private:
  void live(const Meeting& meeting, const Answer& answer) {
    place_ = meeting.wait_for_path();
    const UniqueFd questions(::open((place_ + "/questions").c_str(), O_RDONLY | O_CLOEXEC));
    const UniqueFd answers(::open((place_ + "/answers").c_str(), O_WRONLY | O_CLOEXEC));
    const auto say = [&](const Message& message) {
      const std::string bytes = twin::packed(message);
      EXPECT_EQ(::write(answers.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    };
    say({"hello", "8.0"});
    has_met_ = true;
    twin::MessageReader reader;
    char buffer[256];
    for (ssize_t n = 0; (n = ::read(questions.get(), buffer, sizeof buffer)) > 0;) {
      reader.add({buffer, static_cast<std::size_t>(n)});
      while (const auto question = reader.next()) {
        if (question->front() == twin::kRelease) continue;
        const auto said = answer(*question);
        if (!said) return;
        say(*said);
      }
    }
  }

  std::thread windows_;
  std::atomic<bool> has_met_ = false;
};

std::string text_of(const View& view) {
  char text[16] = {};
  EXPECT_TRUE(view.read(0, std::as_writable_bytes(std::span(text))));
  return text;
}

TEST_F(TwinSourceTest, ReadsTheVeryPagesOfASection) {
  FakeSection section("first");
  TwinSource& source = meet([&](const Message& question) {
    EXPECT_EQ(question, (Message{"open", "Local\\x"}));
    return section.held();
  });
  EXPECT_EQ(link_->wine_version(), "8.0");
  EXPECT_EQ(link_->pid(), ::getpid());
  const auto view = source.open("Local\\x");
  ASSERT_TRUE(view && *view);
  EXPECT_EQ((*view)->size_bytes(), 8192U);
  EXPECT_EQ(text_of(**view), "first");
  std::strcpy(reinterpret_cast<char*>(section.view.data()), "second");
  EXPECT_EQ(text_of(**view), "second");
  EXPECT_EQ(source.identify("Local\\x"), (*view)->id());
  // What readers get may not be written.
  EXPECT_EQ(::fcntl((*view)->descriptor(), F_GETFL) & O_ACCMODE, O_RDONLY);
  EXPECT_FALSE(std::filesystem::exists(place_)) << "the pipes have no name any more";
}

TEST_F(TwinSourceTest, TellsARestartedGamesSectionFromTheOldOne) {
  std::optional<FakeSection> section(std::in_place, "old");
  TwinSource& source = meet([&](const Message&) { return section->held(); });
  const auto view = source.open("x");
  ASSERT_TRUE(view && *view);
  section.emplace("new");
  EXPECT_NE(source.identify("x"), (*view)->id());
  EXPECT_EQ(text_of(**view), "old");
  const auto again = source.open("x");
  ASSERT_TRUE(again && *again);
  EXPECT_EQ(text_of(**again), "new");
}

TEST_F(TwinSourceTest, SurvivesPagesThatGoAway) {
  FakeSection section("text");
  TwinSource& source = meet([&](const Message&) { return section.held(); });
  const auto view = source.open("x");
  ASSERT_TRUE(view && *view);
  EXPECT_EQ(text_of(**view), "text");
  ASSERT_EQ(::ftruncate(section.handle.get(), 0), 0);
  char text[16] = {};
  EXPECT_FALSE((*view)->read(0, std::as_writable_bytes(std::span(text))));
  EXPECT_EQ((*view)->holds(0, std::as_bytes(std::span(text))), std::nullopt);
}

TEST_F(TwinSourceTest, SaysWhyPagesAreOutOfReach) {
  FakeSection section("text");
  const Message held = section.held();
  section.handle = UniqueFd();
  TwinSource& source = meet([&](const Message&) { return held; });
  const auto view = source.open("x");
  ASSERT_FALSE(view);
  EXPECT_NE(view.error().message.find("cannot be reached by /proc/"), std::string::npos);
}

TEST_F(TwinSourceTest, PassesOnWhatTheWindowsHalfSays) {
  TwinSource& source = meet([](const Message& question) -> std::optional<Message> {
    if (question.front() == "open") return Message{"none"};
    if (question.front() == "find") return Message{"game", "32", "acs.exe"};
    if (question.front() == "own")
      return Message{"refused", "4", question[1] + " is taken by " + question[2]};
    if (question.front() == "leave") return Message{"done"};
    return Message{question.front() == "runs" ? "yes" : "no"};
  });
  const auto view = source.open("x");
  ASSERT_TRUE(view);
  EXPECT_EQ(*view, nullptr);
  EXPECT_EQ(source.identify("x"), std::nullopt);
  const auto game = source.find_game(*find_sim("ac"));
  ASSERT_TRUE(game);
  EXPECT_EQ(game->pid, 32U);
  EXPECT_EQ(game->exe_name, "acs.exe");
  const auto owned = source.own("x", "/y");
  ASSERT_FALSE(owned);
  EXPECT_EQ(owned.error().code, ExitCode::kOutputRefused);
  EXPECT_EQ(owned.error().message, "x is taken by /y");
  EXPECT_TRUE(source.stop_holding_session());
  EXPECT_TRUE(source.game_runs());
  EXPECT_FALSE(source.others_run());
  EXPECT_FALSE(source.session_ends());
}

TEST_F(TwinSourceTest, TheSessionEndsWithTheWindowsHalf) {
  TwinSource& source = meet([](const Message&) { return std::nullopt; });
  EXPECT_TRUE(source.session_ends());
  EXPECT_EQ(source.identify("x"), std::nullopt);
  EXPECT_FALSE(source.game_runs());
  EXPECT_FALSE(source.stop_holding_session());
}

TEST(TwinLink, IsMetByNobodyButAWindowsHalf) {
  const Meeting meeting("something else");
  const auto link = TwinLink::meet();
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, ExitCode::kUsage);
}

}  // namespace
}  // namespace pitbridge
