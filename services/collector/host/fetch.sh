# Begins the user data of a server: brings files from the deployment's bucket and believes none whose SHA-256 is another.
set -euo pipefail
umask 022
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10
program_folder=${REMPART_ROOT:-}/opt/rempart
settings_folder=${REMPART_ROOT:-}/etc/rempart
mkdir -p "$program_folder" "$settings_folder"

# fetch <bucket> <key> <sha256> <file>
fetch() {
  local part="$program_folder/.$4.part"
  aws s3api get-object --bucket "$1" --key "$2" "$part" >/dev/null
  if ! printf '%s  %s\n' "$3" "$part" | sha256sum --check --status; then
    echo "fetch: expected $4 with SHA-256 $3, got $(sha256sum "$part" | cut -d' ' -f1); deploy the collection stack again" >&2
    rm -f "$part"
    exit 1
  fi
  mv "$part" "$program_folder/$4"
}

# keep <file>: what it reads from its input becomes a file of settings
keep() {
  cat >"$settings_folder/.$1.part"
  mv "$settings_folder/.$1.part" "$settings_folder/$1"
}
