# shellcheck shell=bash
# What both hooks need: the inputs as the program reads them, and the program.

# Buildkite hands a plugin's settings over as BUILDKITE_PLUGIN_COMPASS_EVENT_SITE, and a list as …_0, …_1.
prefix=BUILDKITE_PLUGIN_COMPASS_EVENT_
settings=
while IFS= read -r name; do
    settings+="$name=${!name}"$'\n'
    input=${name#"$prefix"}
    if [[ $input =~ ^(.+)_([0-9]+)$ ]]; then
        input=COMPASS_${BASH_REMATCH[1]}
        ((BASH_REMATCH[2] > 0)) || printf -v "$input" '' # in place of what the agent has of its own
        printf -v "$input" '%s%s' "${!input:+${!input}$'\n'}" "${!name}"
        export "${input?}"
    elif [ "$input" != IMAGE ]; then
        export "COMPASS_$input=${!name}"
    fi
done < <(compgen -e "$prefix" | sort -V)

# One record for each job of the build, and for each entry of the plugin in it.
read -r entry _ < <(cksum <<<"$settings")
# shellcheck disable=SC2034 # the hooks use it
record_key=compass-event-${BUILDKITE_JOB_ID:-job}-$entry
COMPASS_RECORD=$(mktemp)
export COMPASS_RECORD
trap 'rm -f "$COMPASS_RECORD"' EXIT

report() {
    if command -v compass-event >/dev/null 2>&1; then
        compass-event
        return
    fi
    # Docker gets names only, and takes the values from here: none is in a log. The agent's own token
    # is not among them.
    local name variables=()
    while IFS= read -r name; do
        case $name in
            COMPASS_API_TOKEN) ;;
            *TOKEN* | *SECRET* | "$prefix"*) continue ;;
        esac
        variables+=(-e "$name")
    done < <(compgen -e | grep -E '^(COMPASS_|BUILDKITE|CI$|(HTTPS?|NO)_PROXY$)')
    docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:$PWD" -w "$PWD" \
        -v "$COMPASS_RECORD:$COMPASS_RECORD" "${variables[@]}" \
        "${BUILDKITE_PLUGIN_COMPASS_EVENT_IMAGE:-compassevent/compass-event:0.2.0}"
}
