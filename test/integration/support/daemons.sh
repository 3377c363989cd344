# The daemons of an object store of the tests, which DIR/pids names: a line "name pid start" for each. Sourced by ceph_rgw.sh and
# swift_s3.sh.

alive() { # pid start: true while that very process lives
  [ "$(awk '{sub(/^.*\) /,""); print $20}' "/proc/$1/stat" 2>/dev/null)" = "$2" ] &&
  [ "$(awk '{sub(/^.*\) /,""); print $1}' "/proc/$1/stat" 2>/dev/null)" != Z ]
}

show_daemons() { # prints name, pid and memory of each
  local name pid start
  while read -r name pid start; do
    alive "$pid" "$start" && echo "$name $pid $(awk '/VmRSS/{print $2}' "/proc/$pid/status") kB rss, $(awk '/^Pss:/{print $2}' "/proc/$pid/smaps_rollup" 2>/dev/null) kB pss" || echo "$name $pid gone"
  done < "$DIR/pids"
}
