// SPDX-License-Identifier: MIT
#include "bridges/serve/access.hpp"

#include <gtest/gtest.h>

#include "bridges/serve/own_address.hpp"
#include "bridges/serve/qr_code.hpp"

namespace pitbridge::serve {
namespace {

TEST(ServeAccess, ThisMachineIsKnownByItsOwnNamesAlone) {
  const AccessRules rules = {.port = 8787};
  for (const char* own :
       {"127.0.0.1", "127.0.0.1:8787", "localhost:8787", "LocalHost", "[::1]:8787", "[::1]", "127.0.0.1:9"})
    EXPECT_EQ(access_of(rules, {.host = own}), Access::kGranted) << own;
  for (const char* foreign : {"", "evil.example", "evil.example:8787", "127.0.0.1.evil.example",
                              "localhost.evil", "192.168.0.2:8787", "127.0.0.1:8787.evil", "[::2]", "::1"})
    EXPECT_EQ(access_of(rules, {.host = foreign}), Access::kForeignHost) << foreign;
}

TEST(ServeAccess, ATokenIsTakenFromThreePlacesAndMustBeRight) {
  const AccessRules rules = {.token = "0123456789abcdef", .port = 99};
  EXPECT_EQ(access_of(rules, {.query_token = "0123456789abcdef"}), Access::kGranted);
  EXPECT_EQ(access_of(rules, {.authorization = "Bearer 0123456789abcdef"}), Access::kGranted);
  EXPECT_EQ(access_of(rules, {.authorization = "bearer 0123456789abcdef"}), Access::kGranted);
  EXPECT_EQ(access_of(rules, {.cookie = "a=b; pitbridge_99=0123456789abcdef"}), Access::kGranted);
  const Claims wrong[] = {{},
                          {.host = "127.0.0.1"},
                          {.query_token = "0123456789abcdeF"},
                          {.query_token = "0123456789abcde"},
                          {.query_token = "0123456789abcdef0"},
                          {.authorization = "Basic 0123456789abcdef"},
                          {.authorization = "0123456789abcdef"},
                          {.cookie = "pitbridge_98=0123456789abcdef"},
                          {.cookie = "xpitbridge_99=0123456789abcdef"},
                          {.cookie = "pitbridge_99"}};
  for (const Claims& claims : wrong)
    EXPECT_EQ(access_of(rules, claims), Access::kNoToken)
        << claims.query_token << claims.authorization << claims.cookie;
}

TEST(ServeAccess, SecretsAreComparedWhole) {
  EXPECT_TRUE(is_same_secret("abc", "abc"));
  EXPECT_FALSE(is_same_secret("abc", "abd"));
  EXPECT_FALSE(is_same_secret("abcabc", "abc")) << "the shorter one goes round";
  EXPECT_FALSE(is_same_secret("ab", "abc"));
  EXPECT_FALSE(is_same_secret("abc", ""));
  const std::string token = random_token();
  EXPECT_EQ(token.size(), 32U);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(token, random_token());
}

TEST(ServeAccess, OriginsAreWhatBrowsersSend) {
  for (const char* good : {"http://tablet.lan", "https://a.example:8443", "http://[::1]:3000"})
    EXPECT_TRUE(is_origin(good)) << good;
  for (const char* wrong :
       {"", "*", "null", "tablet.lan", "http://", "http://a/", "http://a b", "ftp://a", "http://a\r\nX: y"})
    EXPECT_FALSE(is_origin(wrong)) << wrong;
}

TEST(ServeAddress, AHostIsAnAddressWithoutItsPort) {
  EXPECT_EQ(host_text(*resolve("127.0.0.1", 80)), "127.0.0.1");
  EXPECT_EQ(host_text(*resolve("::1", 80)), "[0:0:0:0:0:0:0:1]");
}

TEST(ServeQrCode, HasItsThreeCornersAndABorder) {
  const auto code = qr_code_of("http://192.168.0.2:8787/?token=0123456789abcdef0123456789abcdef");
  ASSERT_TRUE(code) << "libqrencode4 is among the packages of make deps";
  const std::size_t size = code->size();
  for (const auto& [row, column] : {std::pair<std::size_t, std::size_t>{0, 0}, {0, size - 7}, {size - 7, 0}})
    for (std::size_t i = 0; i < 7; ++i) {
      EXPECT_TRUE((*code)[row][column + i]);
      EXPECT_TRUE((*code)[row + 6][column + i]);
    }
  const std::string text = qr_text({{true, false}, {false, true}});
  EXPECT_EQ(text,
            "\u2588\u2588\u2588\u2588\u2588\u2588\n\u2588\u2588\u2584\u2580\u2588\u2588\n"
            "\u2588\u2588\u2588\u2588\u2588\u2588\n");
}

}  // namespace
}  // namespace pitbridge::serve
