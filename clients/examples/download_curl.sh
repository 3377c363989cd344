#!/bin/sh
# SLUICE_TOKEN=… download_curl.sh URL FILE: downloads with curl, resumes after every interruption. curl's own
# --retry begins each attempt where the first one began, so this loops around it. The token goes through
# standard input, because other users can see arguments.
set -u
url=$1 file=$2
part=$file.part tag=$file.etag failures=0

ask() {
    printf 'header = "Authorization: Bearer %s"\n' "$SLUICE_TOKEN" |
        curl --config - --fail --silent --show-error --speed-limit 1 --speed-time 30 "$@" "$url"
}

# One attempt; sets `status` and `code`.
attempt() {
    if [ ! -s "$tag" ] || [ ! -s "$part" ]; then
        rm -f "$part" "$tag"
        head=$(ask --head --write-out '%{http_code}')
        status=$? code=${head##*[!0-9]}
        [ "$status" -eq 0 ] || return
        printf %s "$head" | sed -n 's/^[Ee][Tt][Aa][Gg]: *\("[^"]*"\).*/\1/p' >"$tag"
        condition=If-Match
    else
        condition=If-Range
    fi
    # A file that was replaced a moment ago has no tag yet. Then there is no condition, and no resume.
    if [ -s "$tag" ]; then
        set -- --continue-at - --header "$condition: $(cat "$tag")"
    fi
    code=$(ask "$@" --output "$part" --write-out '%{http_code}')
    status=$?
}

while :; do
    before=$(wc -c 2>/dev/null <"$part")
    attempt
    [ "$status" -ne 0 ] || break
    # 33 and 412: the file was replaced. Begin again.
    if [ "$status" -eq 33 ] || [ "$code" = 412 ]; then rm -f "$part" "$tag"; fi
    case $code in 000 | 200 | 206 | 408 | 412 | 429 | 5??) ;; *) exit "$status" ;; esac
    failures=$((failures + 1))
    [ "$(wc -c 2>/dev/null <"$part")" = "$before" ] || failures=1
    [ "$failures" -lt 8 ] || exit "$status"
    sleep "$failures"
done
mv "$part" "$file"
rm -f "$tag"
