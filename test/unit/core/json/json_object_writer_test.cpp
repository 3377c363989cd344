#include "core/json/json_object_writer.hpp"

#include <boost/test/unit_test.hpp>

using sluice::core::json_object_writer;

BOOST_AUTO_TEST_SUITE(json_object_writer_suite)

BOOST_AUTO_TEST_CASE(members_stand_in_the_order_they_are_written) {
    std::string out = "> ";
    json_object_writer object(out);
    object.text("a\"b", "c\nd");
    object.number("least", std::numeric_limits<std::int64_t>::min());
    object.text_if_any("none", "");
    object.number_if_any("nor", std::nullopt);
    object.json("list", {"[1", "]"});
    object.end();
    BOOST_TEST(out == "> {\"a\\\"b\":\"c\\u000ad\",\"least\":-9223372036854775808,\"list\":[1]}");
}

BOOST_AUTO_TEST_CASE(members_may_be_longer_than_any_room) {
    const std::string name(1000, 'n');
    const std::string value(5000, '"');
    std::string out;
    json_object_writer object(out);
    std::string wanted;
    for (int i = 0; i < 3; ++i) {
        object.text(name, value);
        wanted += (i == 0 ? "{\"" : ",\"") + name + "\":\"";
        for (const char c : value) {
            wanted.append(1, '\\').append(1, c);
        }
        wanted += '"';
    }
    object.end();
    BOOST_TEST((out == wanted + "}"));
}

BOOST_AUTO_TEST_CASE(an_object_may_be_empty) {
    std::string out;
    json_object_writer(out).end();
    BOOST_TEST(out == "{}");
}

BOOST_AUTO_TEST_SUITE_END()
