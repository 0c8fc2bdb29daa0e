// The parts of an off-boarding, from its options: clients of AWS, the parts of the VPN, the key of the records.
import { IAMClient } from '@aws-sdk/client-iam';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { KMSClient } from '@aws-sdk/client-kms';
import { SSMClient } from '@aws-sdk/client-ssm';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Site } from '../../lib/config/site';
import { messageOf } from '../../runtime/vpn/refusal';
import { StaffFunctions } from '../access/function-client';
import { ToolError, UsageError } from '../command-line';
import { endpointOf, keyOf, storeOf } from '../vpn/parts';
import type { Values } from './options';
import { KmsRecordKey, LocalRecordKey, type RecordKey } from './record-key';
import type { Places } from './steps';

/** IAM throttles an account as a whole; the SDK waits longer before each further attempt. */
const attempts = 8;

/** Regions of the deployment: shells run in the home region, and after a recovery in the other one. */
export const regionsOf = ({ settings }: Site): readonly string[] => [settings.region, settings.recoveryRegion];

export function placesOf(values: Values, site: Site): Places {
  const client = { region: site.region, maxAttempts: attempts };
  return {
    iam: new IAMClient(client),
    shells: regionsOf(site).map((region) => ({ region, client: new SSMClient({ ...client, region }) })),
    ...(values['without-vpn'] ? {} : { vpn: vpnOf(values, site) }),
    database: new StaffFunctions(site, () => new Date()),
    ...(site.settings.access.signIn === 'identity-center' ? { directory: directoryOf(values, site) } : {}),
  };
}

function vpnOf(values: Values, site: Site): NonNullable<Places['vpn']> {
  const places = { ...values, region: values.region ?? site.region };
  return { store: storeOf(places), key: keyOf(places), endpoint: endpointOf(places) };
}

function directoryOf(values: Values, site: Site): NonNullable<Places['directory']> {
  const profile = values['directory-profile'];
  const client = {
    region: values['directory-region'] ?? site.region,
    maxAttempts: attempts,
    ...(profile === undefined ? {} : { profile }),
  };
  return { store: new IdentitystoreClient(client), admin: new SSOAdminClient(client) };
}

/** The key that signs records: by default the alias of the deployment. */
export function recordKeyOf(values: Values, { deployment, region }: Site): RecordKey {
  const { 'record-key': place = `kms:alias/${deployment}-records` } = values;
  const [, kind, name = ''] = /^(kms|local):(.+)$/s.exec(place) ?? [];
  if (kind === 'kms') return new KmsRecordKey(new KMSClient({ region, maxAttempts: attempts }), name);
  if (kind === 'local') return new LocalRecordKey(name);
  throw new UsageError(`--record-key: expected kms:KEY or local:FILE, got ${JSON.stringify(place)}; correct it`);
}

export interface Operator {
  readonly arn: string;
  readonly account: string;
}

/** The caller. @throws ToolError without credentials, or with those of another account than the configuration names */
export async function operatorOf({ region, settings }: Site): Promise<Operator> {
  const { Arn: arn = '', Account: account = '' } = await identity(region);
  const expected = settings.account;
  if (expected === undefined || account === expected) return { arn, account };
  throw new ToolError(`account: expected ${expected} as configured, got ${account}; choose the credentials of that account`);
}

async function identity(region: string) {
  try {
    return await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  } catch (error) {
    const got = `${error instanceof Error ? error.name : 'Error'}: ${messageOf(error)}`;
    throw new ToolError(`credentials: expected credentials of an account, got ${got}; sign in with aws sso login, or set AWS_PROFILE`);
  }
}
