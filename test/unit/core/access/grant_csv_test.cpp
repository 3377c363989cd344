#include "core/access/grant_csv.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

namespace {

std::string outcome_of(std::string_view csv) {
    const auto parsed = core::parse_grants(csv);
    if (const auto* const fault = std::get_if<core::csv_fault>(&parsed)) {
        return std::to_string(fault->at.line) + ":" + std::to_string(fault->at.column) + " " +
               fault->what;
    }
    std::string text;
    for (const auto& one : std::get<std::vector<core::grant>>(parsed)) {
        core::append_csv(one, text);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(grant_csv)

BOOST_AUTO_TEST_CASE(good_tables) {
    struct sample {
        std::string_view csv;
        std::string_view grants;
    };
    const sample samples[] = {
        {"user_id,course_id\nanna,c1\n", "anna,,c1,,,,\n"},
        {"course_id,user_id\r\nc1,anna\r\nc2,bert", "anna,,c1,,,,\nbert,,c2,,,,\n"},
        {"\xEF\xBB\xBFuser_id,trainer_id\n\n\nanna,t\n\n", "anna,t,,,,,\n"},
        {"user_id,course_id\n\"a,\"\"b\"\"\",\"é\"\n", "\"a,\"\"b\"\"\",,é,,,,\n"},
        {"user_id,course_id,not_before,not_after\nanna,c1,2026-01-01,1767225601\n",
         "anna,,c1,,,2026-01-01T00:00:00Z,2026-01-01T00:00:01Z\n"},
        {"user_id,course_id\n", ""},
        // As a French spreadsheet writes it: byte order mark, semicolons, CRLF.
        {"\xEF\xBB\xBFuser_id;course_id;not_after\r\nzoé;c,1;2026-01-01\r\n\"a;b\";c2;\r\n",
         "zoé,,\"c,1\",,,,2026-01-01T00:00:00Z\na;b,,c2,,,,\n"},
        {"sep=;\r\n\"user_id\";\"course_id\"\r\nanna;c1\r\n", "anna,,c1,,,,\n"},
        {"user_id\tcourse_id\nanna\tc1,c;d\n", "anna,,\"c1,c;d\",,,,\n"},
        {"user_id,course_id\nan;na,c\n", "an;na,,c,,,,\n"},
    };
    for (const auto& each : samples) {
        BOOST_TEST(outcome_of(each.csv) == each.grants, each.csv);
    }
}

BOOST_AUTO_TEST_CASE(faults_have_a_place) {
    struct sample {
        std::string_view csv;
        std::string_view fault;
    };
    const sample samples[] = {
        {"", "1:1 the file is empty"},
        {"course_id\nc\n", "1:1 the column user_id is needed"},
        {"user_id,user_id\n", "1:9 the column user_id is named twice"},
        {"user_id,corse_id\n", "1:9 no such column"},
        {"user_id,course_id\nanna\n", "2:1 the line has 1 fields, the first line 2"},
        {"user_id,course_id\nanna,c,x\n", "2:8 the line has 3 fields, the first line 2"},
        {"user_id,course_id\n,c\n", "2:1 user_id is needed here"},
        {"user_id,course_id\néé,a/b\n", "2:4 course_id is not a valid identifier"},
        {"user_id,course_id,module_id\nanna,,m\n", "2:6 course_id is needed here"},
        {"user_id,module_id\nanna,m\n", "2:1 course_id is needed here"},
        {"user_id,course_id,not_after\nanna,c,x\n", "2:8 no time"},
        {"user_id,course_id,not_before,not_after\nanna,c,5,5\n", "2:10 not_after must be later"},
        {"user_id\n\"anna\n", "2:1 the closing quote of a field is missing"},
        {"user_id\n\"anna\"x\n", "2:7 text follows the closing quote"},
        {"user_id\nan\"na\n", "2:3 a quote is inside"},
        {"user_id\nan\rna\n", "2:3 a carriage return without"},
        {"user_id,course_id\n\"a\nb\",c\n", "2:1 user_id is not a valid identifier"},
        {"user_id;cours\n", "1:9 no such column \"cours\"; the first line must name some of "
                            "user_id,trainer_id,course_id,module_id,lesson_id,not_before,not_after "
                            "(fields are separated by \";\")"},
        {"user_id;\x1B[2J\n", "1:9 no such column; the first"},
        {"user_id;course_id\r\nanna,c1\r\n",
         "2:1 the line has 1 fields, the first line 2 (fields are separated by \";\")"},
        {"user_id|course_id\n",
         "1:1 no such column \"user_id|course_id\"; the first line must name some of "
         "user_id,trainer_id,course_id,module_id,lesson_id,not_before,not_after (fields are "
         "separated by \",\")"},
        {"user_id\tcourse_id\nanna\ta/b\n",
         "2:6 course_id is not a valid identifier (fields are separated by tabs)"},
        {"user_id;not_after\nanna;31/12/2026\n", "2:6 no time in not_after: write 2026-01-31"},
        {"sep=;\nuser_id;x\n", "2:9 no such column \"x\""},
        {"user_id;course_id\nanna;c1\nzo\xE9;c1\n", "3:1 the line is not UTF-8; save"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.csv) {
            BOOST_TEST(outcome_of(each.csv).starts_with(each.fault), outcome_of(each.csv));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
