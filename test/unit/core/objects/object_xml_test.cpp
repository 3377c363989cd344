#include "core/objects/object_xml.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace sluice::core;
using names = std::vector<std::string>;

std::string list(const std::string& content) {
    return "<?xml version='1.0' encoding='UTF-8'?>\n<ListBucketResult "
           "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>vod</Name>" +
           content + "</ListBucketResult>";
}

std::string prefix(const std::string& name) {
    return "<CommonPrefixes><Prefix>" + name + "</Prefix></CommonPrefixes>";
}

} // namespace

BOOST_AUTO_TEST_SUITE(object_xml_suite)

BOOST_AUTO_TEST_CASE(reads_prefixes_and_decodes_them) {
    const auto page = read_object_page(
        list("<Prefix>media/</Prefix><IsTruncated>false</IsTruncated>" + prefix("media/a%20b/") +
             prefix("media/a+b/") + prefix("media/%2B%C3%A9/") + prefix("media/x&amp;y/")));
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->prefixes ==
                   names({"media/a b/", "media/a b/", "media/+\xC3\xA9/", "media/x&y/"}),
               boost::test_tools::per_element());
    BOOST_TEST(page->next.empty());
}

BOOST_AUTO_TEST_CASE(knows_one_object_of_the_page) {
    const auto page = read_object_page(
        list("<IsTruncated>false</IsTruncated><Contents><Key>media/a%20b</Key><Size>1</Size>"
             "</Contents><Contents><Key>media/c</Key></Contents>"));
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->first_key == "media/a b");
    BOOST_TEST(!read_object_page(list("<Contents><Key>%zz</Key></Contents>")));
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_a_list) {
    const auto page = read_object_page(list("<IsTruncated>false</IsTruncated>"));
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->prefixes.empty());
}

BOOST_AUTO_TEST_CASE(a_truncated_list_needs_its_token) {
    const auto page = read_object_page(
        list("<IsTruncated>true</IsTruncated><NextContinuationToken>a/+=</NextContinuationToken>"));
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->next == "a/+=");
    BOOST_TEST(!read_object_page(list("<IsTruncated>true</IsTruncated>")));
    const auto last = read_object_page(list("<IsTruncated>false</IsTruncated>"
                                            "<NextContinuationToken>x</NextContinuationToken>"));
    BOOST_REQUIRE(last.has_value());
    BOOST_TEST(last->next.empty());
}

BOOST_AUTO_TEST_CASE(rejects_what_is_not_a_list) {
    BOOST_TEST(!read_object_page(""));
    BOOST_TEST(!read_object_page("<html><body>hello</body></html>"));
    BOOST_TEST(!read_object_page("{\"Code\": \"InvalidRequest\"}"));
    BOOST_TEST(!read_object_page(list("") + "<more/>"));
    BOOST_TEST(!read_object_page("<ListBucketResult><Name>x"));
    BOOST_TEST(!read_object_page(list(prefix("%zz/"))));
    std::string deep = "<ListBucketResult>";
    for (int i = 0; i < 100; ++i) {
        deep += "<a>";
    }
    BOOST_TEST(!read_object_page(deep));
}

BOOST_AUTO_TEST_CASE(rejects_entities_and_document_types) {
    BOOST_TEST(!read_object_page("<!DOCTYPE ListBucketResult [<!ENTITY a \"b\">]>"
                                 "<ListBucketResult><Name>&a;</Name></ListBucketResult>"));
    BOOST_TEST(read_object_error("<!DOCTYPE Error SYSTEM \"file:///etc/passwd\">"
                                 "<Error><Code>NoSuchKey</Code></Error>")
                   .empty());
}

BOOST_AUTO_TEST_CASE(reads_the_code_of_an_error_and_no_other_text) {
    BOOST_TEST(read_object_error("<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>NoSuchKey"
                                 "</Code><Message>secret</Message></Error>") == "NoSuchKey");
    BOOST_TEST(read_object_error("<Error><Code>a b</Code></Error>").empty());
    BOOST_TEST(
        read_object_error("<Error><Code>" + std::string(100, 'a') + "</Code></Error>").empty());
    BOOST_TEST(read_object_error("<Other><Code>NoSuchKey</Code></Other>").empty());
    BOOST_TEST(read_object_error("no XML at all").empty());
}

BOOST_AUTO_TEST_SUITE_END()
