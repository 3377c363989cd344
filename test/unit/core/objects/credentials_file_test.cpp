#include "core/objects/credentials_file.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <fstream>

namespace {

using namespace sluice::core;

} // namespace

BOOST_AUTO_TEST_SUITE(credentials_file_suite)

BOOST_AUTO_TEST_CASE(reads_json) {
    object_credentials got;
    BOOST_TEST(parse_credentials(R"({"access_key_id": "AK", "secret_access_key": "s/+=\u0041",
                                     "session_token": "t==", "comment": 1})",
                                 got) == "");
    BOOST_TEST(got.access_key_id == "AK");
    BOOST_TEST(got.secret_access_key.reveal() == "s/+=A");
    BOOST_TEST(got.session_token == "t==");
    BOOST_TEST(
        parse_credentials(R"({"access_key_id":"AK","secret_access_key":"s","session_token":null})",
                          got) == "");
    BOOST_TEST(got.session_token.empty());
}

BOOST_AUTO_TEST_CASE(reads_the_default_section_of_a_shared_file) {
    object_credentials got;
    BOOST_TEST(parse_credentials("# comment\n[other]\naws_access_key_id = NO\n\n[default]\r\n"
                                 "aws_access_key_id = AK\r\naws_secret_access_key=se=cret\r\n"
                                 ";aws_session_token = NO\nregion = x\n[third]\n"
                                 "aws_session_token = NO\n",
                                 got) == "");
    BOOST_TEST(got.access_key_id == "AK");
    BOOST_TEST(got.secret_access_key.reveal() == "se=cret");
    BOOST_TEST(got.session_token.empty());
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_and_repeats_no_secret) {
    object_credentials got;
    const auto fault_of = [&](std::string_view text) { return parse_credentials(text, got); };
    BOOST_TEST(fault_of("").starts_with("must be JSON"));
    BOOST_TEST(fault_of("[other]\naws_access_key_id=a\n").starts_with("must be JSON"));
    BOOST_TEST(fault_of("{\"access_key_id\": ") == "is not a JSON object");
    BOOST_TEST(fault_of(R"({"access_key_id": 7, "secret_access_key": "hush"})")
                   .starts_with("has a member \"access_key_id\""));
    BOOST_TEST(fault_of(R"({"access_key_id": "AK"})") == "has no usable secret access key");
    BOOST_TEST(fault_of(R"({"secret_access_key": "hush"})") == "has no usable access key id");
    BOOST_TEST(fault_of("[default]\naws_access_key_id = A K\naws_secret_access_key = hush\n") ==
               "has no usable access key id");
    BOOST_TEST(fault_of(R"({"access_key_id":"AK","secret_access_key":"hush\r\nX: y"})") ==
               "has no usable secret access key");
}

BOOST_AUTO_TEST_CASE(the_file_is_guarded_like_every_secret) {
    const sluice::test::temp_dir folder;
    const auto path = folder.path("s3.json");
    std::ofstream(path) << R"({"access_key_id": "AK", "secret_access_key": "s"})";
    object_credentials got;
    BOOST_TEST(::chmod(path.c_str(), 0644) == 0);
    BOOST_TEST(read_credentials_file(path, got).find("chmod 600") != std::string::npos);
    BOOST_TEST(::chmod(path.c_str(), 0600) == 0);
    BOOST_TEST(read_credentials_file(path, got) == "");
    BOOST_TEST(read_credentials_file(path + ".none", got).starts_with("cannot be opened"));
}

BOOST_AUTO_TEST_SUITE_END()
