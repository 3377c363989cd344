# SLUICE_TOKEN=… ruby download_net_http.rb URL FILE: downloads with Net::HTTP, resumes after every interruption.

require "fileutils"
require "net/http"

URL, PATH = ARGV
TOKEN = ENV.fetch("SLUICE_TOKEN")
PART, TAG = "#{PATH}.part", "#{PATH}.etag"
REPEATABLE = [408, 429, 500, 502, 503, 504].freeze

def size_of(path) = File.exist?(path) ? File.size(path) : 0

# One request. True when the file is complete; the seconds to wait when it has to be repeated.
def attempt(uri)
  have = size_of(TAG).positive? ? size_of(PART) : 0
  request = Net::HTTP::Get.new(uri, "Authorization" => "Bearer #{TOKEN}", "Accept-Encoding" => "identity")
  if have.positive?
    request["Range"] = "bytes=#{have}-"
    request["If-Range"] = File.read(TAG)
  end
  options = { use_ssl: uri.scheme == "https", open_timeout: 10, read_timeout: 30, max_retries: 0 }
  Net::HTTP.start(uri.host, uri.port, nil, **options) do |http|
    http.request(request) do |response|
      code = response.code.to_i
      return true if code == 416 && response["Content-Range"] == "bytes */#{have}"
      return (response["Retry-After"] || 1).to_i if REPEATABLE.include?(code)
      abort "HTTP #{code}: #{response.read_body}" unless [200, 206].include?(code)
      if code == 200
        have = 0
        File.write(PART, "")
        File.write(TAG, response["ETag"].to_s)
      end
      size = have + response["Content-Length"].to_i
      File.open(PART, "ab") { |file| response.read_body { |chunk| file.write(chunk) } }
      return File.size(PART) == size || 1
    end
  end
end

failures = 0
while failures < 8 # in a row, without a byte in between
  before = size_of(PART)
  begin
    result = attempt(URI(URL))
    if result == true
      File.rename(PART, PATH)
      FileUtils.rm_f(TAG)
      exit
    end
    sleep result
  rescue SystemCallError, IOError, Timeout::Error, SocketError, OpenSSL::SSL::SSLError
    sleep [30, 0.5 * 2**failures].min
  end
  failures = size_of(PART) > before ? 0 : failures + 1
end
abort "the network fails again and again"
