#include "http/exchange/request_note.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using field = core::access_field;

namespace {

const auto everything = core::access_fields_of({"default", "trainer_id"});

std::string agent_of(std::string_view sent) {
    request_note note;
    note.restart(everything);
    note.keep_user_agent(sent);
    return std::string(note.user_agent());
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_notes)

BOOST_AUTO_TEST_CASE(a_lesson_has_every_name) {
    request_note note;
    note.restart(everything);
    BOOST_TEST(note.type() == "");
    BOOST_TEST(note.name(field::filename) == "");
    const auto media = core::media_id::lesson("t", "cc", "mmm", "l", "a b.mp4").value();
    note.keep_media(media, media.trainer_id());
    BOOST_TEST(note.type() == "lesson");
    BOOST_TEST(note.name(field::trainer_id) == "t");
    BOOST_TEST(note.name(field::course_id) == "cc");
    BOOST_TEST(note.name(field::module_id) == "mmm");
    BOOST_TEST(note.name(field::lesson_id) == "l");
    BOOST_TEST(note.name(field::filename) == "a b.mp4");
}

BOOST_AUTO_TEST_CASE(presentations_have_what_their_path_has) {
    request_note note;
    note.restart(everything);
    note.keep_media(core::media_id::module("c", "m", "f.mp4").value(), {});
    BOOST_TEST(note.type() == "module");
    BOOST_TEST(note.name(field::trainer_id) == "");
    BOOST_TEST(note.name(field::module_id) == "m");
    BOOST_TEST(note.name(field::lesson_id) == "");
    note.keep_media(core::media_id::course("c", "f.mp4").value(), "owner");
    BOOST_TEST(note.type() == "course");
    BOOST_TEST(note.name(field::trainer_id) == "owner");
    BOOST_TEST(note.name(field::course_id) == "c");
    BOOST_TEST(note.name(field::module_id) == "");
    BOOST_TEST(note.name(field::filename) == "f.mp4");
}

BOOST_AUTO_TEST_CASE(only_what_is_wanted_is_kept_and_a_restart_forgets) {
    request_note note;
    note.restart(core::access_fields_of({"filename"}));
    note.keep_media(core::media_id::course("c", "f.mp4").value(), "owner");
    BOOST_TEST(note.name(field::trainer_id) == "");
    BOOST_TEST(note.name(field::course_id) == "");
    BOOST_TEST(note.name(field::filename) == "f.mp4");
    BOOST_TEST(!note.wants(field::user_agent));
    note.keep_user_agent("x");
    note.restart(everything);
    BOOST_TEST(note.type() == "");
    BOOST_TEST(note.name(field::filename) == "");
    BOOST_TEST(note.user_agent() == "");
}

BOOST_AUTO_TEST_CASE(the_longest_names_fit) {
    request_note note;
    note.restart(everything);
    const std::string id(128, 'i');
    const std::string file(255, 'f');
    const auto media = core::media_id::lesson(id, id, id, id, file).value();
    note.keep_media(media, media.trainer_id());
    BOOST_TEST(note.name(field::lesson_id) == id);
    BOOST_TEST(note.name(field::filename) == file);
}

BOOST_AUTO_TEST_CASE(a_user_agent_is_text_and_bounded) {
    BOOST_TEST(agent_of("curl/7.88.1 (x \"y\\\")") == "curl/7.88.1 (x \"y\\\")");
    BOOST_TEST(agent_of("Acad\xC3\xA9mie/1") == "Acad\xC3\xA9mie/1");
    BOOST_TEST(agent_of("Acad\xE9mie/1") == "Acad?mie/1");   // ISO 8859-1
    BOOST_TEST(agent_of("a\tb\x1B[2Jc\x7F") == "a?b?[2Jc?"); // controls
    BOOST_TEST(agent_of("a\xC2\x9B"
                        "2J") == "a??2J");                 // CSI of C1
    BOOST_TEST(agent_of("a\xE2\x80\xAEgpj") == "a???gpj"); // right-to-left override
    BOOST_TEST(agent_of(std::string(16000, 'a')) == std::string(256, 'a'));
    BOOST_TEST(agent_of(std::string(16000, '\x80')) == std::string(253, '?'));
    BOOST_TEST(agent_of(std::string(255, 'a') + "\xC3\xA9") == std::string(255, 'a'));
}

BOOST_AUTO_TEST_SUITE_END()
