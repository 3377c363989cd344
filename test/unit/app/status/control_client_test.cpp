#include "app/status/control_client.hpp"

#include <boost/test/unit_test.hpp>

namespace app = sluice::app;

BOOST_AUTO_TEST_SUITE(control_client)

BOOST_AUTO_TEST_CASE(a_whole_answer) {
    const auto got =
        app::read_control_answer("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 3\r\n\r\n{}\n");
    BOOST_TEST(got.fault == "");
    BOOST_TEST(got.body == "{}\n");
}

BOOST_AUTO_TEST_CASE(everything_else_is_a_fault) {
    const auto fault_of = [](const char* text) { return app::read_control_answer(text).fault; };
    BOOST_TEST(fault_of("").find("something else listens") != std::string::npos);
    BOOST_TEST(fault_of("SSH-2.0\r\n\r\n").find("something else listens") != std::string::npos);
    BOOST_TEST(fault_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}").find("ended early") !=
               std::string::npos);
    BOOST_TEST(fault_of("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}").find("ended early") !=
               std::string::npos);
    BOOST_TEST(fault_of("HTTP/1.1 200 OK\r\n\r\n{}").find("ended early") != std::string::npos);
    BOOST_TEST(fault_of("HTTP/1.1 403 Forbidden\r\n\r\n").find("permission denied") !=
               std::string::npos);
    BOOST_TEST(fault_of("HTTP/1.1 503 x\r\n\r\n").find("too many ask") != std::string::npos);
    BOOST_TEST(fault_of("HTTP/1.1 404 x\r\n\r\n").find("404") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_path_that_does_not_fit_is_refused) {
    BOOST_TEST(!app::ask_control("/" + std::string(200, 'x')).fault.empty());
}

BOOST_AUTO_TEST_SUITE_END()
