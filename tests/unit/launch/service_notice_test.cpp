// SPDX-License-Identifier: MIT
#include "common/posix/launch/service_notice.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include "common/posix/system/fd.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

/// The manager's end.
class Manager {
 public:
  explicit Manager(const std::string& name)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address),
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
              0)
        << name << ": " << std::strerror(errno);
  }
  std::string heard() const {
    std::array<char, 512> buffer;
    const ssize_t n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    return n < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(n));
  }

 private:
  UniqueFd fd_;
};

TEST(ServiceNotice, SaysHowItIs) {
  const TempDirectory directory;
  for (const std::string& name : {directory / "notify", "@pitbridge-test-" + std::to_string(::getpid())}) {
    const Manager manager(name);
    const ServiceNotice notice(name, "", "");
    notice.ready("watching\nfor games");
    EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=watching for games") << "no line of a text is a variable";
    notice.status("1 game");
    EXPECT_EQ(manager.heard(), "STATUS=1 game");
    notice.reloading();
    EXPECT_TRUE(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notice.alive();
    EXPECT_EQ(manager.heard(), "nothing") << "no watchdog was asked for";
    notice.stopping();
    EXPECT_TRUE(manager.heard().starts_with("STOPPING=1"));
  }
}

TEST(ServiceNotice, FeedsTheWatchdogTwiceInItsTime) {
  const TempDirectory directory;
  const Manager manager(directory / "notify");
  const ServiceNotice notice(directory / "notify", "30000000", std::to_string(::getpid()));
  EXPECT_EQ(notice.watchdog_every_ns(), 15'000'000'000);
  notice.alive();
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
  EXPECT_FALSE(ServiceNotice("", "30000000", "1").watchdog_every_ns()) << "another process of the unit";
  for (const char* bad : {"", "0", "-1", "x", "30s", "9223372036854775807"})
    EXPECT_FALSE(ServiceNotice("", bad, "").watchdog_every_ns()) << bad;
}

TEST(ServiceNotice, WithoutAManagerItIsSilent) {
  for (const std::string& socket : {std::string(), std::string("relative"), std::string("/"),
                                    std::string("/no/such/socket"), std::string(200, '/')})
    ServiceNotice(socket, "", "").ready("x");
}

TEST(ServiceNotice, ChildrenDoNotInheritIt) {
  const ScopedEnvironment socket("NOTIFY_SOCKET", "/no/such/socket");
  const ScopedEnvironment watchdog("WATCHDOG_USEC", "2000000");
  const ScopedEnvironment pid("WATCHDOG_PID", nullptr);
  EXPECT_EQ(ServiceNotice::from_environment().watchdog_every_ns(), 1'000'000'000);
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
}

}  // namespace
}  // namespace pitbridge
