// SPDX-License-Identifier: MIT
// The shared memory library in Windows programs, and `shmbridge --both` between them and native ones.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/pitshm/bridged.hpp"
#include "common/pitshm/sequence_lock.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/e2e/pitshm_process.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDll = "pe64";
constexpr const char* kStatic = "pe64-static";
constexpr const char* kDll32 = "pe32";

class Pitshm : public WineRun {
 protected:
  PitshmProcess start(const std::string& variant) const { return PitshmProcess(variant, environment()); }
  /// As Windows programs name a native file.
  static std::string windows_path(std::string path) {
    std::replace(path.begin(), path.end(), '/', '\\');
    return "Z:" + path;
  }
  std::string make_file(const std::string& name, std::uint64_t size_bytes) const {
    const std::string path = shm_path(name);
    std::ofstream(path).close();
    fs::resize_file(path, size_bytes);
    return path;
  }
  bool runs_32_bit() const {
    if (!fs::exists(built("tests/pitshm/pe32/pitshm_program.exe"))) return false;
    Process probe({.arguments = {"wine", "C:\\windows\\syswow64\\cmd.exe", "/c", "exit 7"},
                   .environment = environment()});
    return probe.wait() == 7;
  }

  void survives_a_cut(PitshmProcess& program);
  void share(PitshmProcess& one, PitshmProcess& other);
};

void Pitshm::survives_a_cut(PitshmProcess& program) {
  const std::string path = make_file("cut", 16 * 4096);
  ASSERT_EQ(program.ask("file Local\\cut " + windows_path(path)), "ok made 65536");
  ASSERT_EQ(program.ask("map Local\\cut 0 0 rw"), "ok 65536");
  fs::resize_file(path, 4096);
  EXPECT_EQ(program.ask("guard Local\\cut"), "ok");
  fs::resize_file(path, 16 * 4096);
  EXPECT_EQ(program.ask("fill Local\\cut 7"), "ok") << "the pages are there again";
  EXPECT_EQ(program.ask("check Local\\cut 7"), "ok");
  program.ask("close Local\\cut");
}

/// All that two programs of one session do with one another.
void Pitshm::share(PitshmProcess& one, PitshmProcess& other) {
  for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{4097}, std::uint64_t{256} << 20U}) {
    const std::string text = std::to_string(size);
    const std::string pages = std::to_string((size + 4095) / 4096 * 4096);
    ASSERT_EQ(one.ask("create Local\\sized " + text), "ok made " + pages);
    ASSERT_EQ(other.ask("open sized ro"), "ok there " + pages) << "Local\\ is where a plain name leads";
    EXPECT_EQ(one.ask("map Local\\sized 0 " + text + " rw"), "ok " + text);
    EXPECT_EQ(other.ask("map sized 0 " + text + " ro"), "ok " + text);
    EXPECT_EQ(one.ask("fill Local\\sized 3"), "ok");
    EXPECT_EQ(other.ask("check sized 3"), "ok");
    EXPECT_PRED2(starts_with, other.ask("fill sized 4"), "failed 2 the view is read-only");
    one.ask("close Local\\sized");
    other.ask("close sized");
  }
  EXPECT_PRED2(starts_with, other.ask("open sized ro"), "failed 5");
  ASSERT_EQ(one.ask("create Global\\sized 10"), "ok made 4096");
  EXPECT_PRED2(starts_with, other.ask("open sized ro"), "failed 5") << "Global\\ is another one";
  EXPECT_PRED2(starts_with, other.ask("create Global\\sized 4097"),
               "failed 4 Global\\sized: another program made");
  EXPECT_EQ(other.ask("create Global\\sized 11"), "ok there 4096");

  // One writes without a pause; no copy of the other mixes two updates.
  ASSERT_EQ(one.ask("create storm 8192"), "ok made 8192");
  ASSERT_EQ(other.ask("open storm ro"), "ok there 8192");
  ASSERT_EQ(one.ask("map storm 0 0 rw"), "ok 8192");
  ASSERT_EQ(other.ask("map storm 0 0 ro"), "ok 8192");
  const int watching = other.tell("watch storm 100000");
  EXPECT_EQ(one.ask("storm storm 100000"), "ok");
  EXPECT_PRED2(starts_with, other.answer(watching), "ok");

  ASSERT_EQ(one.ask("event news one"), "ok");
  ASSERT_EQ(other.ask("event news one"), "ok");
  EXPECT_PRED2(starts_with, other.ask("wait news 1"), "failed 6");
  const int waiting = other.tell("wait news 60000");
  EXPECT_EQ(one.ask("set news"), "ok");
  EXPECT_EQ(other.answer(waiting), "ok");
  EXPECT_PRED2(starts_with, other.ask("wait news 1"), "failed 6") << "waking has reset it";

  ASSERT_EQ(one.ask("mutex guard"), "ok");
  ASSERT_EQ(other.ask("mutex guard"), "ok");
  EXPECT_EQ(other.ask("acquire guard 0"), "ok held");
  EXPECT_PRED2(starts_with, one.ask("acquire guard 1"), "failed 6");
  EXPECT_PRED2(starts_with, one.ask("release guard"), "failed 2 guard: this thread does not hold");
  other.kill();
  EXPECT_EQ(one.ask("acquire guard 60000"), "ok abandoned");
  EXPECT_EQ(one.ask("release guard"), "ok");
  EXPECT_EQ(one.ask("acquire guard 0"), "ok held");
}

TEST_F(Pitshm, WindowsProgramsShareNamedMappings) {
  PitshmProcess one = start(kDll);
  PitshmProcess other = start(kStatic);
  EXPECT_EQ(one.ask("handles"), "ok");
  EXPECT_EQ(other.ask("handles"), "ok");
  ASSERT_NO_FATAL_FAILURE(survives_a_cut(one));
  ASSERT_NO_FATAL_FAILURE(survives_a_cut(other));

  // What cannot have a name, and what has it already.
  EXPECT_PRED2(starts_with, one.ask("create a\\x01b 10"),
               "failed 2 the name \"a?b\" holds a control character");
  EXPECT_PRED2(starts_with, one.ask("create a\\xffb 10"), "failed 2");
  EXPECT_PRED2(starts_with, one.ask("create Local\\a\\b 10"), "failed 2");
  EXPECT_PRED2(starts_with, one.ask("create " + std::string(300, 'n') + " 10"), "failed 2");
  EXPECT_EQ(one.ask("create " + std::string(259, 'n') + " 10"), "ok made 4096");
  ASSERT_EQ(other.ask("event planted all"), "ok");
  EXPECT_PRED2(starts_with, one.ask("create planted 10"), "failed 4 planted: cannot make");
  EXPECT_PRED2(starts_with, one.ask("open planted ro"), "failed 4 planted: cannot open");
  ASSERT_EQ(other.ask("mutex planted2"), "ok");
  EXPECT_PRED2(starts_with, one.ask("create planted2 10"), "failed 4");
  // More than any file may have; a Wine that makes sections of memfd gives all below that.
  EXPECT_PRED2(starts_with, one.ask("create huge 18446744073709547520"), "failed 1 huge: cannot make");

  // Above 4 GiB, without as much memory.
  const std::string path = make_file("sparse", (std::uint64_t{5} << 30U) + 10);
  ASSERT_EQ(one.ask("file sparse " + windows_path(path)), "ok made 5368709130");
  ASSERT_EQ(one.ask("map sparse 4831838211 1000 rw"), "ok 1000");
  EXPECT_EQ(one.ask("fill sparse 9"), "ok");
  const UniqueFd native(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  unsigned char first = 0;
  EXPECT_EQ(::pread(native.get(), &first, 1, 4831838211), 1);
  EXPECT_EQ(first, 9) << "at that very place of the file";
  ASSERT_EQ(other.ask("open sparse rw"), "ok there 5368709130");
  ASSERT_EQ(other.ask("map sparse 4831838211 1000 ro"), "ok 1000");
  EXPECT_EQ(other.ask("check sparse 9"), "ok");
  EXPECT_EQ(other.ask("map sparse 5368709120 0 ro"), "ok 10") << "up to the very end";
  EXPECT_PRED2(starts_with, other.ask("map sparse 5368709120 11 ro"), "failed 2");
  EXPECT_PRED2(starts_with, other.ask("map sparse 5368709130 0 ro"), "failed 2");

  share(one, other);
}

TEST_F(Pitshm, ProgramsOf32BitsShareThemWith64) {
  if (!runs_32_bit()) GTEST_SKIP() << "no 32-bit program runs here; install i686-w64-mingw32-g++ and wine32";
  PitshmProcess one = start(kDll32);
  PitshmProcess other = start(kDll);
  EXPECT_EQ(one.ask("handles"), "ok");
  ASSERT_NO_FATAL_FAILURE(survives_a_cut(one));
  const std::string path = make_file("sparse", std::uint64_t{5} << 30U);
  ASSERT_EQ(one.ask("file sparse " + windows_path(path)), "ok made 5368709120");
  EXPECT_PRED2(starts_with, one.ask("map sparse 0 0 ro"), "failed 1 sparse: 0 bytes from 0");
  EXPECT_EQ(one.ask("map sparse 4831838211 1000 ro"), "ok 1000");
  share(one, other);
}

/// The boxes of the examples.
using Text = std::array<char, 56>;
using Boxes = std::array<pitshm::Locked<Text>, 2>;

class Both : public Pitshm {
 protected:
  Process start_both(const std::vector<std::string>& maps) {
    std::vector<std::string> arguments = {"--both"};
    arguments.insert(arguments.end(), maps.begin(), maps.end());
    return start_bridge({.sim = "shm", .arguments = arguments});
  }
  /// The native side speaks first, as the example does in its language; the Windows side answers.
  void exchange(PitshmProcess& program, const std::string& name, const std::vector<std::string>& example) {
    std::vector<std::string> command = example;
    command.insert(command.end(), {name, "hello-from-" + fs::path(example.back()).filename().string()});
    const int replying = program.tell("reply " + name);
    Process native({.arguments = command, .environment = environment()});
    EXPECT_EQ(native.wait(), 0) << name << ": " << native.output();
    std::string capitals = command.back();
    for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_NE(native.output().find(capitals), std::string::npos) << name << ": " << native.output();
    EXPECT_EQ(program.answer(replying), "ok " + command.back());
  }
  pitshm::Result<pitshm::Bridged> open(const std::string& name) const {
    return pitshm::Bridged::open(name, "shm", shm_path());
  }
  /// Whether what the Windows side sends now is seen by a native program that asks the bridge now.
  bool reaches(PitshmProcess& program, const std::string& name, const std::string& text) const {
    if (program.ask("send " + name + " 64 " + text) != "ok") return false;
    const auto mapping = open(name);
    if (!mapping) return false;
    const auto got = (*mapping->as<Boxes>())[1].read();
    return got && got->data() == text;
  }
};

TEST_F(Both, WhoeverCameFirst) {
  const std::vector<std::string> python = {
      "python3", environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/common/pitshm/examples/exchange.py"};
  const std::vector<std::string> c = {built("examples/exchange_c")};
  const std::vector<std::string> cpp = {built("examples/exchange_cpp")};
  PitshmProcess program = start(kDll);
  // The Windows side was first.
  ASSERT_EQ(program.ask("create windows 4096"), "ok made 4096");
  ASSERT_EQ(program.ask("map windows 0 0 rw"), "ok 4096");
  // The native side was first, with a longer file, which holds a message already.
  make_file("native", 3 * 4096);
  {
    Boxes boxes = {};
    boxes[1].write({"from before"});
    std::fstream file(shm_path("native"), std::ios::in | std::ios::out | std::ios::binary);
    file.write(reinterpret_cast<const char*>(&boxes), sizeof boxes);
  }
  EXPECT_EQ(open("windows").error().result, PITSHM_NOT_THERE) << "there is no bridge yet";
  Process bridge = start_both({"bridge:4096", "windows:4096", "native:4096"});
  ASSERT_TRUE(bridge.says("windows: a Windows program has made it")) << bridge.output();
  ASSERT_TRUE(bridge.says("native is now the mapping native")) << bridge.output();
  for (const std::string name : {"bridge", "native"}) {
    ASSERT_EQ(program.ask("create " + name + " 4096"), name == "native" ? "ok there 12288" : "ok there 4096");
    ASSERT_EQ(program.ask("map " + name + " 0 0 rw"), name == "native" ? "ok 12288" : "ok 4096");
  }
  EXPECT_EQ(program.ask("receive native 64"), "ok from before");
  for (const std::string name : {"bridge", "windows", "native"})
    for (const auto& example : {python, c, cpp}) exchange(program, name, example);

  // The bridge's own file at the path is those pages.
  const auto mapping = open("bridge");
  ASSERT_TRUE(mapping) << mapping.error().text;
  struct stat file = {};
  ASSERT_EQ(::stat(shm_path("bridge").c_str(), &file), 0);
  ASSERT_EQ(program.ask("send bridge 64 in-the-file"), "ok");
  {
    std::ifstream stream(shm_path("bridge"), std::ios::binary);
    Boxes boxes = {};
    stream.read(reinterpret_cast<char*>(&boxes), sizeof boxes);
    EXPECT_STREQ(boxes[1].value.data(), "in-the-file");
  }
  EXPECT_TRUE(mapping->check());

  // The Windows program's own mapping goes, and comes again.
  const auto old = open("windows");
  ASSERT_TRUE(old) << old.error().text;
  ASSERT_EQ(program.ask("close windows"), "ok");
  ASSERT_TRUE(bridge.says("windows is now the mapping windows")) << bridge.output();
  EXPECT_EQ(old->check().error().result, PITSHM_LEFT);
  ASSERT_EQ(program.ask("create windows 4096"), "ok there 4096") << "this time the bridge was first";
  ASSERT_EQ(program.ask("map windows 0 0 rw"), "ok 4096");
  EXPECT_TRUE(reaches(program, "windows", "again"));
  EXPECT_EQ(open("nothing").error().result, PITSHM_NOT_THERE);

  // Somebody cuts the file: the Windows side gets its pages back.
  fs::resize_file(shm_path("bridge"), 0);
  ASSERT_TRUE(bridge.says("somebody cut this file")) << bridge.output();
  EXPECT_TRUE(eventually([&] { return reaches(program, "bridge", "after-the-cut"); }));

  Process second = start_both({"bridge:4096"});
  EXPECT_EQ(second.wait(), 3) << second.output();
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_EQ(program.ask("send bridge 64 without-the-bridge"), "ok");
  EXPECT_STREQ((*mapping->as<Boxes>())[1].value.data(), "without-the-bridge");
  EXPECT_NE(::access(shm_path("pitbridge.shm.sock").c_str(), F_OK), 0);
}

TEST_F(Both, WhatIsInTheWayIsSaid) {
  PitshmProcess program = start(kDll);
  ASSERT_EQ(program.ask("event planted all"), "ok");
  Process planted = start_both({"planted:4096"});
  EXPECT_EQ(planted.wait(), 1) << planted.output();
  EXPECT_TRUE(planted.says("something of another kind has this name")) << planted.output();

  ASSERT_EQ(program.ask("create small 4096"), "ok made 4096");
  make_file("small", 8192);
  fs::create_symlink("/etc/passwd", shm_path("link"));
  Process bridge = start_both({"small:8192"});
  EXPECT_TRUE(bridge.says("is smaller than the 8192 bytes")) << bridge.output();
  EXPECT_TRUE(bridge.says("this file is not the Windows program's mapping")) << bridge.output();
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0);
  Process link = start_both({"link:8192"});
  EXPECT_EQ(link.wait(), 4) << link.output();

  // Who only mirrors gives nobody a page to write.
  ASSERT_EQ(program.ask("map small 0 0 rw"), "ok 4096");
  Process mirror = start_bridge({.sim = "shm", .arguments = {"small:4096"}});
  EXPECT_TRUE(eventually([&] {
    const auto mapping = open("small");
    return !mapping && mapping.error().result == PITSHM_REFUSED;
  })) << mirror.output();
}

}  // namespace
}  // namespace pitbridge::e2e
