# The object store of `scripts/run --s3`: a Ceph RGW on 127.0.0.1 that has the sample media and ends with the service.
# For development only: its keys are public. Sourced after lib.sh, never run.
# shellcheck shell=bash

SAMPLE_BUCKET=videos
SAMPLE_PREFIX=media/
SAMPLE_REGION=us-east-1
# A user that test/integration/support/ceph_rgw.sh creates.
SAMPLE_ACCESS=s3owner
SAMPLE_SECRET=s3ownersecret
store_script="$ROOT/test/integration/support/ceph_rgw.sh"
store_folder='' # the data and the log of the running store
store_pid=''
store_host=''

install_store() {
    command -v radosgw >/dev/null || step "A local Ceph RGW needs packages of 265 MB"
    install_packages "${STORE_PACKAGES[@]}" curl
}

# ten_free_ports NUMBER: prints the first of ten ports in a row on which nothing listens. NUMBER says where the search
# begins, so that two scripts that start at the same time do not find the same ones.
ten_free_ports() {
    local first port taken try
    for ((try = 0; try < 192; try++)); do
        first=$((18080 + ($1 + try) % 192 * 10))
        taken=''
        for ((port = first; port < first + 10; port++)); do taken+=$(listener_of "$port"); done
        if [ -z "$taken" ]; then
            echo "$first"
            return
        fi
    done
    fail "the store needs ten free ports in a row, and there are none between 18080 and 20000"
}

# start_store FOLDER NUMBER: starts the store and waits until it answers. It ends with this script, however this script
# ends. In a session of its own, because Ctrl-C must end the service first.
start_store() {
    local port
    port=$(ten_free_ports "$2")
    store_folder=$1
    store_host="127.0.0.1:$port"
    step "Starting a Ceph RGW on $store_host"
    mkdir -p "$store_folder"
    "$store_script" "$store_folder" stop # of a script that was killed
    : >"$store_folder/out"
    setpriv --pdeathsig TERM setsid "$store_script" "$store_folder" "$port" \
        >"$store_folder/out" 2>&1 </dev/null &
    store_pid=$!
    until grep -q ^READY "$store_folder/out"; do
        kill -0 "$store_pid" 2>/dev/null || {
            cat "$store_folder/out" >&2
            fail "the Ceph RGW did not start; its logs are in $store_folder/log"
        }
        sleep 0.1
    done
}

# stop_store: ends the store and waits for it. Does nothing without one.
stop_store() {
    [ -n "$store_pid" ] || return 0
    step "Stopping the Ceph RGW"
    "$store_script" "$store_folder" stop
    kill -TERM "$store_pid" 2>/dev/null || true # it has no list of processes yet in its first moments
    wait "$store_pid" || true
    store_pid=''
}

# url_path TEXT: prints TEXT for the path of a URL: all but A-Z a-z 0-9 - . _ ~ / percent-encoded.
url_path() {
    local LC_ALL=C i byte
    for ((i = 0; i < ${#1}; i++)); do
        byte=${1:i:1}
        case $byte in
        [A-Za-z0-9._~/-]) printf '%s' "$byte" ;;
        *) printf '%%%02X' "'$byte" ;;
        esac
    done
}

# ask_store PATH [ARGUMENT...]: sends a signed request with curl. curl 7.88 does not sign the content of a request to S3
# unless that field says so.
ask_store() {
    local path=$1
    shift
    curl -fsS --noproxy '*' --aws-sigv4 "aws:amz:$SAMPLE_REGION:s3" --user "$SAMPLE_ACCESS:$SAMPLE_SECRET" \
        -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -o /dev/null "$@" "http://$store_host/$path"
}

# upload_media FOLDER: makes the bucket and puts every file of FOLDER into it.
upload_media() {
    local file
    step "Uploading the sample media to the bucket $SAMPLE_BUCKET, below $SAMPLE_PREFIX"
    ask_store "$SAMPLE_BUCKET" -X PUT
    while IFS= read -r -d '' file; do
        ask_store "$SAMPLE_BUCKET/$(url_path "$SAMPLE_PREFIX$file")" -T "$1/$file"
    done < <(cd "$1" && find . -type f -printf '%P\0')
}

# write_store_config FOLDER: writes FOLDER/credentials.json and FOLDER/sluice.json, which names the bucket.
write_store_config() {
    rm -f "$1/credentials.json"
    (umask 077 && printf '{"access_key_id": "%s", "secret_access_key": "%s"}\n' \
        "$SAMPLE_ACCESS" "$SAMPLE_SECRET" >"$1/credentials.json")
    cat >"$1/sluice.json" <<END
{
    "media": {
        "origins": [{
            "name": "sample",
            "s3": {
                "endpoint": "http://$store_host",
                "region": "$SAMPLE_REGION",
                "bucket": "$SAMPLE_BUCKET",
                "prefix": "$SAMPLE_PREFIX",
                "credentials_file": "$1/credentials.json"
            }
        }]
    }
}
END
}

# open_store MEDIA FOLDER PORT: for the service on PORT, a store with the files of MEDIA. Its data are in FOLDER/ceph, and
# the configuration of the service is FOLDER/sluice.json.
open_store() {
    trap stop_store EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    mkdir -p "$2"
    start_store "$2/ceph" "$3"
    upload_media "$1"
    write_store_config "$2"
}

# run_before_store COMMAND...: runs the service; its status is that of this function. In a session of its own: Ctrl-C
# reaches this script alone, which sends one signal, because a second one ends the service at once.
run_before_store() {
    local service status=0
    setpriv --pdeathsig TERM setsid "$@" &
    service=$!
    trap 'kill -TERM "$service" 2>/dev/null' INT TERM HUP
    while kill -0 "$service" 2>/dev/null; do wait "$service" || true; done
    wait "$service" || status=$?
    return "$status"
}
