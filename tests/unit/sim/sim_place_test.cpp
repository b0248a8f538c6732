// SPDX-License-Identifier: MIT
#include "common/core/sim/sim_place.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

/// Readers that know nothing of this code ask for these names: they never change.
TEST(SimPlace, TheNamesAreThosePromisedToReaders) {
  EXPECT_EQ(status_file_name("ac"), "pitbridge.ac");
  EXPECT_EQ(values_file_name("ac"), "pitbridge.ac.values");
  EXPECT_EQ(readers_file_name("ac"), "pitbridge.ac.readers");
  EXPECT_EQ(section_socket_name("ac"), "pitbridge.ac.sock");
  EXPECT_EQ(lock_file_name("ac"), "pitbridge.ac.lock");
}

TEST(SimPlace, EachNameBeginsAsNoMirroredFileMay) {
  for (const std::string& name : {status_file_name("shm"), values_file_name("shm"), readers_file_name("shm"),
                                  section_socket_name("shm"), lock_file_name("shm")})
    EXPECT_TRUE(name.starts_with(kOwnFilePrefix)) << name;
}

TEST(SimPlace, AFileLiesInItsDirectoryAlsoWhenItsNameHoldsASlash) {
  const SimPlace place = {"/dev/shm", "scs"};
  EXPECT_EQ(place.path_of(status_file_name(place.sim)), "/dev/shm/pitbridge.scs");
  EXPECT_EQ(place.path_of("SCS/SCSTelemetry"), "/dev/shm/SCS/SCSTelemetry");
}

TEST(SimPlace, OnlyTheUserMayOpenAFileUnlessAWiderModeIsAskedFor) {
  EXPECT_EQ((SimPlace{"/dev/shm", "ac"}.mode), 0600U);
}

}  // namespace
}  // namespace pitbridge
