// npm run vpn: certificates of the VPN: who may connect, until when.
import { runCommands } from './command-line';
import { initCommand } from './vpn/init';
import { issueCommand, renewCommand } from './vpn/issue';
import { listCommand } from './vpn/list';
import { profileCommand } from './vpn/profile';
import { requestCommand } from './vpn/request';
import { revokeCommand } from './vpn/revoke';

const usage = `npm run vpn -- COMMAND [options]

Personal certificates of the VPN. With kms: the key of the authority never leaves AWS KMS (local: is for trials); a private key never leaves the machine of its person.

  request    on the person's machine: make a private key and a request
  init       once: create the authority's certificate, the registry and the server's certificate
  issue      issue a certificate for a request
  list       list the certificates
  renew      issue a certificate in place of one that is still valid
  revoke     withdraw the certificates of a person, or one, and end their connections
  profile    write the file that a VPN client imports

  --help     print this text, or that of a command: npm run vpn -- issue --help

Exit codes: 0 done, 1 refused or failed, 2 for a mistake in the command line.`;

runCommands(usage, {
  request: requestCommand,
  init: initCommand,
  issue: issueCommand,
  list: listCommand,
  renew: renewCommand,
  revoke: revokeCommand,
  profile: profileCommand,
});
