-- wrk's side of the benchmark: wrk ... -s wrk.lua URL -- REQUESTS
-- Sends the prepared requests of a file (each ends with an empty line) one after the other, over
-- all connections. No work is done per request but picking the next string, for every server alike.

local requests = {}
local last = 0

function init(args)
    local file = assert(io.open(args[1], "rb"))
    for text in file:read("*a"):gmatch("(.-\r\n\r\n)") do
        requests[#requests + 1] = text
    end
    file:close()
end

function request()
    last = last % #requests + 1
    return requests[last]
end

-- Runs once, at the end; the caller looks for the line that begins with "result:".
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'result:{"requests": %d, "seconds": %.6f, "bytes": %.0f, "p50_us": %d, "p99_us": %d, '
            .. '"errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n',
        summary.requests, summary.duration / 1e6, summary.bytes,
        latency:percentile(50), latency:percentile(99),
        errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
