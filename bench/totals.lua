-- Prints what a run came to as one line of JSON. Bytes count as they are read, of whole answers or not.
function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status
  print(string.format('totals:{"requests": %d, "bytes": %.0f, "failed": %d}', summary.requests,
    summary.bytes, failed))
end
