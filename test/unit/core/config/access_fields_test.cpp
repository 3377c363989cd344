#include "core/config/access_fields.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace sluice::core;

BOOST_AUTO_TEST_SUITE(access_field_names_and_sets)

BOOST_AUTO_TEST_CASE(every_field_has_a_name_of_its_own) {
    std::set<std::string_view> names{standard_access_fields};
    for (const auto name : access_field_names) {
        BOOST_TEST(!name.empty());
        BOOST_TEST(names.insert(name).second, name);
    }
    BOOST_TEST(name_of(access_field::time) == "time");
    BOOST_TEST(name_of(access_field::filename) == "filename");
    BOOST_TEST(name_of(access_field::first_byte_us) == "first_byte_us");
    BOOST_TEST(name_of(access_field::user_agent) == "user_agent");
}

BOOST_AUTO_TEST_CASE(the_default_is_everything_but_the_trainer) {
    const auto chosen = access_fields_of({"default"});
    for (std::size_t i = 0; i < access_field_names.size(); ++i) {
        const auto which = static_cast<access_field>(i);
        BOOST_TEST(chosen.has(which) == (which != access_field::trainer_id), name_of(which));
    }
}

BOOST_AUTO_TEST_CASE(names_choose) {
    const auto two = access_fields_of({"user_agent", "time"});
    BOOST_TEST(two.has(access_field::time));
    BOOST_TEST(two.has(access_field::user_agent));
    BOOST_TEST(!two.has(access_field::peer));
    BOOST_TEST(access_fields_of({"default", "trainer_id"}).has(access_field::trainer_id));
    BOOST_TEST(!access_fields().has(access_field::time));
}

BOOST_AUTO_TEST_CASE(an_objection_names_the_entry_and_what_exists) {
    BOOST_TEST(objection_to_access_fields({"default", "trainer_id"}) == "");
    BOOST_TEST(objection_to_access_fields({"time"}) == "");
    const auto wrong = objection_to_access_fields({"time", "file_name"});
    BOOST_TEST(wrong.starts_with("entry 2 is no field of the access log (known: default, time, "));
    BOOST_TEST(wrong.ends_with(", parent_span_id, trace_flags), did you mean filename?"));
    for (const auto name : access_field_names) {
        BOOST_TEST(wrong.find(" " + std::string(name)) != std::string::npos, name);
    }
    BOOST_TEST(objection_to_access_fields({"Time"}) != "");
    BOOST_TEST(objection_to_access_fields({"time", "peer", "time"}) == "has \"time\" twice");
    BOOST_TEST(objection_to_access_fields({}).starts_with("must have at least one field"));
}

BOOST_AUTO_TEST_SUITE_END()
