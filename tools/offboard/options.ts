// The command line of npm run offboard: the person, the places, and what to do.
import { checkPerson } from '../../runtime/vpn/names';
import { messageOf } from '../../runtime/vpn/refusal';
import { UsageError } from '../command-line';
import { placeOptions, type Places as VpnPlaces } from '../vpn/parts';
import type { Person } from './names';

export const usage = `npm run offboard -- --person NAME [options]

Takes all access from a person who leaves: certificates and connections of the VPN, sessions of roles, roles of the database, shells on
servers, password, access keys, MFA devices, certificates, groups and policies, the entry in IAM Identity Center, and the IAM user itself.
Without --apply it reads and prints what would be removed. With --apply it removes, reads again, and writes a signed record. It can be
repeated: a run after a failure removes what is left.

  --person NAME            the person, as in npm run vpn -- list
  --apply                  remove; without it nothing is changed
  --user NAME              IAM user of the person, if its name is another one; several times for several users
  --directory-user NAME    user name in IAM Identity Center, if it is another one
  --deployment NAME        the deployment, a file in config/ (production)
  --authority PLACE        key of the VPN's authority: kms:KEY, or local:FOLDER
  --registry PLACE         registry of the VPN, s3://BUCKET/KEY; with local:FOLDER it is in the folder
  --endpoint ID            the Client VPN endpoint
  --region REGION          region of the VPN's parts (that of the deployment)
  --without-vpn            instead of these: leave the VPN out; the record states it
  --directory-region NAME  region of IAM Identity Center (that of the deployment)
  --directory-profile NAME profile with credentials of the account that administers IAM Identity Center (the current ones)
  --record-key KEY         key that signs the record: kms:KEY of ECC_NIST_P256, or local:FILE (kms:alias/DEPLOYMENT-records)
  --out FOLDER             folder for the record and its signature (the current one)
  --sign FILE              only sign a record that a run could not sign
  --json                   print the plan or the record as JSON
  --help                   print this text

Exit code: 0 for a plan, and when nothing of the person is left; 1 if something is left or the person does not exist; 2 for a mistake in the
command line.`;

export const options = {
  ...placeOptions,
  person: { type: 'string' },
  apply: { type: 'boolean' },
  user: { type: 'string', multiple: true },
  'directory-user': { type: 'string' },
  deployment: { type: 'string' },
  'without-vpn': { type: 'boolean' },
  'directory-region': { type: 'string' },
  'directory-profile': { type: 'string' },
  'record-key': { type: 'string' },
  out: { type: 'string' },
  sign: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export interface Values extends VpnPlaces {
  readonly person?: string | undefined;
  readonly apply?: boolean | undefined;
  readonly user?: string[] | undefined;
  readonly 'directory-user'?: string | undefined;
  readonly deployment?: string | undefined;
  readonly 'without-vpn'?: boolean | undefined;
  readonly 'directory-region'?: string | undefined;
  readonly 'directory-profile'?: string | undefined;
  readonly 'record-key'?: string | undefined;
  readonly out?: string | undefined;
  readonly sign?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Names of users of IAM ("IAM and AWS STS quotas", names). */
const userName = /^[\w+=,.@-]{1,64}$/;

/**
 * User names of IAM Identity Center (`UserName`, Identity Store API Reference), except those with `*`, `?` or `$`: a
 * denial of sessions compares names by `StringLike`, where these stand for the names of others.
 */
const directoryUserName = /^(?:(?![*?$])[\p{L}\p{M}\p{S}\p{N}\p{P}]){1,128}$/u;

/** The person of the command line. `usesDirectory`: people sign in by IAM Identity Center. */
export function personOf(values: Values, usesDirectory: boolean): Person {
  const name = checkedPerson(values.person);
  const users = values.user ?? [name];
  for (const user of users) {
    if (!userName.test(user)) throw new UsageError(`--user: expected the name of an IAM user, got ${JSON.stringify(user)}; correct it`);
  }
  const directoryUser = values['directory-user'] ?? name;
  if (!directoryUserName.test(directoryUser)) {
    const expected = 'a user name of IAM Identity Center without *, ? and $';
    throw new UsageError(`--directory-user: expected ${expected}, got ${JSON.stringify(directoryUser)}; correct it`);
  }
  return { name, users: [...new Set(users)], ...(usesDirectory ? { directoryUser } : {}) };
}

function checkedPerson(name: string | undefined): string {
  if (name === undefined) throw new UsageError('--person: expected the name of a person, got none; add it');
  try {
    return checkPerson(name);
  } catch (error) {
    throw new UsageError(`--person: ${messageOf(error)}; name another IAM user with --user`);
  }
}

/** Checks that the VPN is named or left out, and not both. */
export function checkVpnOptions(values: Values): void {
  const named = (['authority', 'registry', 'endpoint'] as const).filter((option) => values[option] !== undefined);
  if (values['without-vpn'] && named.length > 0)
    throw new UsageError(`--without-vpn: expected no --${named[0]} beside it, got one; remove one of them`);
  if (!values['without-vpn'] && named.length === 0)
    throw new UsageError(
      '--authority: expected the places of the VPN, got none; add --authority, --registry and --endpoint, or --without-vpn',
    );
}

/** The command line that completes a run. */
export const nextCommand = (args: readonly string[]): string => ['npm run offboard --', ...args.map(quoted)].join(' ');

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
