#pragma once
// A directory that is removed at the end of a test. Paths passed to it are relative to it.

#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::test {

class temp_dir {
  public:
    /// Readable by all users, so that a test can still access it after dropping its privileges.
    temp_dir() {
        std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr || ::chmod(name.c_str(), 0755) != 0) {
            throw std::system_error(errno, std::generic_category(), name);
        }
        path_ = name;
    }
    ~temp_dir() {
        std::error_code ignored; // a test that fails must not end in a throwing destructor
        std::filesystem::remove_all(path_, ignored);
    }
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;

    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::string path(std::string_view relative) const {
        return (path_ / relative).string();
    }

    /// Creates the directory and its parents.
    void make_dir(std::string_view relative) const {
        std::filesystem::create_directories(path_ / relative);
    }

    /// Creates or overwrites the file, and creates its parents.
    void write_file(std::string_view relative, std::string_view content) const {
        const auto file = path_ / relative;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream out(file, std::ios::binary | std::ios::trunc);
        out << content;
        if (!out.flush()) {
            throw std::runtime_error("cannot write " + file.string());
        }
    }

    /// write_file() for a secret: readable and writable by its owner alone, as the service demands.
    void write_secret(std::string_view relative, std::string_view content) const {
        write_file(relative, content);
        std::filesystem::permissions(path_ / relative, std::filesystem::perms::owner_read |
                                                           std::filesystem::perms::owner_write);
    }

    void remove(std::string_view relative) const { std::filesystem::remove_all(path_ / relative); }

    void rename(std::string_view from, std::string_view to) const {
        std::filesystem::rename(path_ / from, path_ / to);
    }

    /// `target` is used unchanged: relative to the link, or absolute.
    void make_symlink(std::string_view target, std::string_view relative) const {
        std::filesystem::create_symlink(target, path_ / relative);
    }

  private:
    std::filesystem::path path_;
};

} // namespace sluice::test
