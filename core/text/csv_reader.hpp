#pragma once
// Reads comma-separated values (RFC 4180), strictly, and reports the line and column of faults.
// Semicolons and tabs are accepted as separators too: spreadsheets write them when the comma is the
// decimal mark. Works on text in memory. Used by core/access/grant_csv.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// Counted from 1; columns in characters of UTF-8.
struct text_position {
    std::size_t line = 1;
    std::size_t column = 1;
};

struct csv_field {
    std::string text;
    text_position at;
};

using csv_record = std::vector<csv_field>;

/// A fault and its position.
struct csv_fault {
    text_position at;
    std::string what;
};

class csv_reader {
  public:
    /// The first of ',', ';' and tab in the first line is the separator, unless a line "sep=;"
    /// before it, as spreadsheets write, names one.
    explicit csv_reader(std::string_view text) noexcept;

    /// The separator of fields: a comma when the first line has none of the three.
    [[nodiscard]] char delimiter() const noexcept { return delimiter_; }

    /// The next record into `out`; false at the end, or at a fault. Empty lines are skipped, and so
    /// is a byte order mark, as spreadsheets write.
    [[nodiscard]] bool next(csv_record& out);
    /// Set when the text is not valid CSV from that position on.
    [[nodiscard]] const std::optional<csv_fault>& fault() const noexcept { return fault_; }

  private:
    [[nodiscard]] bool is_at_end() const noexcept { return offset_ == text_.size(); }
    [[nodiscard]] char peek() const noexcept { return text_[offset_]; }
    /// True when an unquoted field ends here.
    [[nodiscard]] bool is_at_field_end() const noexcept;
    void find_delimiter() noexcept;
    char take() noexcept;
    [[nodiscard]] bool take_line_end() noexcept;
    [[nodiscard]] bool fail(text_position at, std::string what);
    [[nodiscard]] bool read_field(csv_field& out);
    [[nodiscard]] bool read_quoted(csv_field& out);

    std::string_view text_;
    char delimiter_ = ',';
    std::size_t offset_ = 0;
    text_position at_;
    std::optional<csv_fault> fault_;
};

} // namespace sluice::core
