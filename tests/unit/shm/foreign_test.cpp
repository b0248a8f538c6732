// SPDX-License-Identifier: MIT
// What another user of the host can do to a bridge's files and to those who look at them: nothing.
#include <fcntl.h>

#include "common/posix/shm/status_file.hpp"
#include "tests/unit/support/other_user.hpp"

namespace pitbridge {
namespace {

class ForeignUser : public SharedDirectoryTest {
 protected:
  bool other_may_open(const std::string& path, int flags) const {
    const int status = as_other_user([&] { return ::open(path.c_str(), flags | O_CLOEXEC) >= 0 ? 0 : 1; });
    EXPECT_NE(status, -1);
    return status == 0;
  }
};

TEST_F(ForeignUser, WithMode666OthersWriteTheReadersPageAndNothingElse) {
  const SimPlace place = {directory_.path(), "toy", 0666};
  const auto status = StatusFile::open(place);
  ASSERT_TRUE(status) << status.error().message;
  ShmFileFactory factory(*ShmDirectory::open(place.directory), place.mode);
  for (const std::string& name : {std::string("toy_car"), std::string("SCS/toy"), values_file_name("toy")}) {
    ASSERT_TRUE(factory.open(name, 100)) << name;
    EXPECT_TRUE(other_may_open(directory_ / name, O_RDONLY)) << name;
    EXPECT_FALSE(other_may_open(directory_ / name, O_RDWR)) << name;
  }
  EXPECT_TRUE(other_may_open(directory_ / "pitbridge.toy", O_RDONLY));
  EXPECT_FALSE(other_may_open(directory_ / "pitbridge.toy", O_RDWR));
  EXPECT_TRUE(other_may_open(directory_ / "pitbridge.toy.readers", O_RDWR));
}

}  // namespace
}  // namespace pitbridge
