#pragma once
// Writes a file that holds keys so that no reader ever sees half of it, and no writer undoes what
// another has just written.

#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// The right to replace the file at a path, from before it is read until it has been written. The
/// successor that grows beside it, PATH.new, is what keeps others out.
class file_replacement {
  public:
    /// Takes the right; fault() says whether that went well.
    explicit file_replacement(std::string path);
    /// Gives it back.
    ~file_replacement();
    file_replacement(const file_replacement&) = delete;
    file_replacement& operator=(const file_replacement&) = delete;

    /// Empty, or a clause that says why there is no right: others have it, or the place is not
    /// writable.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

    /// Puts `text` in the file's place, with mode 0600 and the owner of the one before. Only when
    /// there is no fault, and once. Empty when all is well; else a clause, and the old file is as
    /// it was.
    [[nodiscard]] std::string commit(std::string_view text);

  private:
    std::string path_;
    std::string next_;
    unique_fd file_;
    std::string fault_;
};

} // namespace sluice::core
