# Requests to the instance metadata service, version 2, which requires a token.

metadata_address=http://169.254.169.254/latest

# metadata <path>: prints the value; fails if there is none. Retries if the service does not respond or throttles.
metadata() {
  local token
  token=$(curl --silent --fail --max-time 2 --retry 2 --retry-connrefused --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata_address/api/token") || return 1
  curl --silent --fail --max-time 2 --retry 2 --retry-connrefused --header "X-aws-ec2-metadata-token: $token" "$metadata_address/meta-data/$1"
}
