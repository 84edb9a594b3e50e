// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/answer_head.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace latent::models {
namespace {

AnswerHead head_of(std::initializer_list<std::string_view> lines) {
  AnswerHead head;
  for (const auto line : lines) take_head_line(head, line);
  return head;
}

TEST(AnswerHead, SaysWhatTheServerSaid) {
  const auto head = head_of({"HTTP/1.1 206 Partial Content\r\n", "Content-Length: 90\r\n",
                             "content-RANGE: bytes 10-99/100\r\n", "ETag: \"a1\"\r\n",
                             "last-modified:  Tue, 15 Nov 1994 12:45:26 GMT \r\n", "\r\n"});
  EXPECT_EQ(head.status, 206);
  EXPECT_EQ(head.length, 90U);
  EXPECT_EQ(head.range_start, 10U);
  EXPECT_EQ(head.etag, "\"a1\"");
  EXPECT_EQ(head.modified, "Tue, 15 Nov 1994 12:45:26 GMT");
}

TEST(AnswerHead, BeginsAnewWithEveryRedirect) {
  const auto head =
      head_of({"HTTP/2 302\r\n", "content-length: 5\r\n", "etag: \"old\"\r\n", "HTTP/2 200\r\n"});
  EXPECT_EQ(head.status, 200);
  EXPECT_FALSE(head.length);
  EXPECT_TRUE(head.etag.empty());
}

TEST(AnswerHead, TakesNothingOutOfLinesThatSayNothing) {
  const auto head =
      head_of({"HTTP/1.1 99999999999999999999 no\r\n", "content-length: -1\r\n", "etag", ":",
               "content-range: bytes */100\r\n", "content-lengthy: 7\r\n", ""});
  EXPECT_EQ(head.status, 0);
  EXPECT_FALSE(head.length);
  EXPECT_FALSE(head.range_start);
  EXPECT_TRUE(head.etag.empty());
}

}  // namespace
}  // namespace latent::models
