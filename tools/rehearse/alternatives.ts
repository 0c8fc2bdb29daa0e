// For each setting, pairs of valid configurations that differ in it alone.
import { z } from 'zod';
import { crossChecks } from '../../lib/config/checks/cross-checks';
import { showPath } from '../../lib/config/file/problem';
import { allPaths, defaultOf, placeAt, validSettings } from '../../lib/config/file/schema-walk';
import { type Settings, settingsSchema } from '../../lib/config/settings/settings';
import { type Site, siteOf } from '../../lib/config/site';

/** A configuration before and after the change of one setting. */
export interface Alternative {
  /** Path of the setting, as in `data.readers`. */
  readonly setting: string;
  /** The two values, as in `1 to 2`. */
  readonly change: string;
  readonly before: Site;
  readonly after: Site;
}

/** How a setting is changed, where its schema alone does not give another valid value. */
interface Plan {
  readonly environment?: Settings['environment'];
  readonly site?: 'home' | 'recovery';
  /** Other settings that it requires, by path. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Other settings that change with it, by path. */
  readonly along?: Readonly<Record<string, unknown>>;
  /**
   * Values that follow each other; `undefined` is no value. @default - the default, then another value of the schema
   */
  readonly values?: readonly unknown[];
}

const account = '111111111111';
const zone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };
const domain = { 'edge.domain': 'collect.example.com', 'edge.hostedZone': zone };
const issue = { contact: 'certificates@example.com' };
const issued = { ...domain, 'edge.certificate.issue': issue };
const clientCa = 'tools/rehearse/authorities/first.pem';
const behind = { ...domain, 'edge.cloudflare': { clientCa } };
const certificate = (region: string, last: string) =>
  `arn:aws:acm:${region}:${account}:certificate/00000000-0000-0000-0000-00000000000${last}`;
const [vpnServer, anotherServer] = ['11111111-2222-4333-8444-000000000001', '11111111-2222-4333-8444-000000000002'];
const vpn = { 'access.vpnCertificate.home': vpnServer };
const snapshot = (region: string, name: string) => `arn:aws:rds:${region}:${account}:cluster-snapshot:${name}`;
const [home, recovery] = ['eu-west-3', 'eu-central-1'];
const manager = [{ name: 'manager', cidr: '192.168.40.0/24' }];
const networks = [[], manager];
const gateway = { home: '8.8.4.4', recovery: '8.8.4.5' };
const recoveryOff = 'The recovery site is reached by Client VPN alone.';
const auditor = { account: '444455556666', externalId: 'audit-0123456789' };
const deployer = { repository: 'example/rempart', provider: 'managed' };
const optional = (first: unknown, second: unknown) => [undefined, first, second, undefined];

const plans: Readonly<Record<string, Plan | readonly Plan[]>> = {
  environment: [{ values: ['staging', 'development'] }, { values: ['staging', 'production', 'staging'] }],
  owner: { values: ['platform', 'another-team'] },
  region: { environment: 'staging', values: [home, 'eu-west-1'] },
  recoveryRegion: [{ values: [recovery, 'eu-west-1'] }, { site: 'recovery', values: [recovery, 'eu-west-1'] }],
  account: { values: [undefined, account, '222222222222', undefined] },
  'network.vpcCidr': { values: ['10.64.0.0/16', '10.70.0.0/16'] },
  'network.sharedNat': { environment: 'staging', values: [false, true, false] },
  'network.firewall': { environment: 'staging', values: [true, false, true] },
  'network.allowedDomains': { values: [[], ['packages.example.org']] },
  'network.blockPublicAccess': { environment: 'staging', values: [true, false, true] },
  'access.accessAnalyzer': { environment: 'staging', values: ['managed', 'existing', 'managed'] },
  'access.vpnClientCidr': { with: vpn, values: ['10.60.0.0/22', '10.61.0.0/22'] },
  'access.vpnCertificate.home': { values: optional(vpnServer, anotherServer) },
  'access.vpnCertificate.recovery': { site: 'recovery', values: optional(vpnServer, anotherServer) },
  'access.timeouts.vpnSessionHours': { with: vpn },
  'access.vpnSamlProvider': { with: vpn, values: optional('people', 'staff') },
  'access.vpnAddresses': { with: vpn, values: [[], ['192.0.2.0/24'], ['192.0.2.0/24', '198.51.100.0/24'], []] },
  'access.managementNetworks': [
    { values: networks },
    {
      with: { 'access.managementGateway': gateway },
      values: [networks[1], [...manager, { name: 'second', cidr: '172.20.8.0/24' }], networks[1]],
    },
  ],
  'access.managementGateway.home': {
    environment: 'staging',
    with: { 'access.managementNetworks': manager, 'access.managementGateway.recoveryOff': recoveryOff },
    values: optional('8.8.4.4', '8.8.4.6'),
  },
  'access.managementGateway.recovery': {
    ...{ site: 'recovery', values: ['8.8.4.4', '8.8.4.6'] },
    with: { 'access.managementNetworks': manager, 'access.managementGateway.home': '8.8.4.4' },
  },
  'access.managementGateway.recoveryOff': {
    ...{ site: 'recovery', environment: 'staging', values: [recoveryOff, 'The recovery site has no administrators yet.'] },
    with: { 'access.managementNetworks': manager, 'access.managementGateway.home': '8.8.4.4' },
  },
  'access.partnerNetworks': { values: networks },
  'access.officeAddresses': { values: [[], ['192.0.2.0/24'], ['192.0.2.0/24', '198.51.100.0/24'], []] },
  'access.instanceConnect': { with: { 'access.officeAddresses': ['192.0.2.0/24'] }, values: [false, true, false] },
  'access.auditor': { values: [undefined, auditor, undefined] },
  'access.auditor.account': { with: { 'access.auditor': auditor }, values: [auditor.account, '777788889999'] },
  'access.auditor.externalId': { with: { 'access.auditor': auditor }, values: [auditor.externalId, 'audit-9876543210'] },
  'access.deployer': { values: [undefined, deployer, undefined] },
  'access.deployer.repository': { with: { 'access.deployer': deployer }, values: [deployer.repository, 'example/hosting'] },
  'access.deployer.provider': { with: { 'access.deployer': deployer }, values: ['managed', 'existing', 'managed'] },
  'access.credentialExemptions': {
    values: [[], [{ user: 'break-glass', reason: 'Signs in when no role can.', until: '2027-06-30' }]],
  },
  'data.backupHour': { values: [1, 7] },
  'data.maintenance.hour': { values: [3, 7] },
  'data.instanceClass': { values: ['db.serverless', 'db.r7g.large', 'db.serverless'] },
  'data.readers': [{ values: [1, 2, 1] }, { environment: 'staging', values: [1, 0, 1] }],
  'data.restoreFrom.home': { values: optional(snapshot(home, 'first'), snapshot(home, 'second')) },
  'data.restoreFrom.recovery': { site: 'recovery', values: optional(snapshot(recovery, 'first'), snapshot(recovery, 'second')) },
  'data.lakeHeld.recovery': { site: 'recovery', values: [false, true, false] },
  'backup.hour': { values: [4, 6] },
  'backup.homeAnswers': { site: 'recovery', values: [false, true, false] },
  'data.generated.sites': { environment: 'staging' },
  'data.generated.hitsPerSite': { environment: 'staging' },
  'data.generated.seed': { environment: 'staging' },
  'edge.domain': { with: { 'edge.hostedZone': zone }, values: ['collect.example.com', 'hits.example.com'] },
  'edge.hostedZone': { with: { 'edge.domain': 'collect.example.com' }, values: [undefined, zone, undefined] },
  'edge.hostedZone.id': { with: domain, values: [zone.id, 'Z9876543210ABCDEFGHIJ'] },
  'edge.hostedZone.name': { with: domain, values: [zone.name, 'collect.example.com'] },
  'edge.certificate.arn.home': { environment: 'staging', values: optional(certificate(home, '1'), certificate(home, '2')) },
  'edge.certificate.arn.recovery': {
    environment: 'staging',
    site: 'recovery',
    values: optional(certificate(recovery, '1'), certificate(recovery, '2')),
  },
  'edge.certificate.issue': { with: domain, values: [undefined, issue, undefined] },
  'edge.certificate.issue.contact': { with: issued, values: [issue.contact, 'security@example.com'] },
  'edge.certificate.issue.directory': { with: issued, values: [undefined, 'https://acme-staging-v02.api.letsencrypt.org/directory'] },
  'edge.certificate.issue.renewDaysBefore': { with: issued },
  'edge.cloudflare': { with: domain, values: [undefined, { clientCa }, undefined] },
  'edge.cloudflare.clientCa': { with: behind, values: [clientCa, 'tools/rehearse/authorities/second.pem'] },
  'edge.cloudflare.origin': { with: behind, values: optional('origin.example.com', 'source.example.com') },
  'edge.cloudflare.hitFirewall': { with: behind, values: ['both', 'cloudflare', 'both'] },
  'collection.stream.mode': [
    { values: ['on-demand', 'provisioned'], along: { 'collection.stream.shards': 2 } },
    { values: ['provisioned', 'on-demand'], with: { 'collection.stream.shards': 2 }, along: { 'collection.stream.shards': undefined } },
  ],
  'collection.stream.shards': { with: { 'collection.stream.mode': 'provisioned' }, values: [2, 4] },
  'collection.instanceTypes': { values: [undefined, ['m8g.xlarge', 'c7g.xlarge']] },
  'collection.scheduled': {
    values: [[], [{ name: 'friday', cron: '30 18 * * 5', minimum: 5 }], [{ name: 'friday', cron: '30 17 * * 5', minimum: 6 }], []],
  },
  'collection.warmPool': { values: [0, 2, 3, 0] },
  'collection.predictive': { values: [false, true, false] },
  'alarms.runbook': { values: optional('https://git.example.com/runbook.md', 'https://docs.example.com/runbook.md') },
};

/** Optional groups, which appear and disappear as a whole. */
const groups = ['access.auditor', 'access.deployer', 'edge.hostedZone', 'edge.certificate.issue', 'edge.cloudflare'];

/** Every setting: each value, and each optional group. */
export const everySetting: readonly string[] = allPaths()
  .filter((path) => !(placeAt(path).bare instanceof z.ZodObject) || groups.includes(showPath(path)))
  .map(showPath);

/**
 * Pairs of configurations for one setting; none if it has one valid value alone. @throws Error for a plan that is not
 * valid
 */
export function alternativesOf(setting: string): readonly Alternative[] {
  const planned = plans[setting] ?? {};
  return (Array.isArray(planned) ? planned : [planned]).flatMap((plan: Plan) => {
    const values = plan.values ?? otherValues(setting);
    return values.slice(1).map((value, index) => ({
      setting,
      change: `${shown(values[index])} to ${shown(value)}`,
      before: siteWith(plan, { ...plan.with, [setting]: values[index] }),
      after: siteWith(plan, { ...plan.with, [setting]: value, ...plan.along }),
    }));
  });
}

const shown = (value: unknown): string =>
  value === undefined ? 'none' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** The default, and another value that the schema allows. */
function otherValues(setting: string): readonly unknown[] {
  const { outer, bare } = placeAt(setting.split('.'));
  const given = defaultOf(outer);
  const first = given === 'none' ? undefined : given.value;
  if (bare instanceof z.ZodBoolean) return [first, !first];
  if (bare instanceof z.ZodEnum) return twoOf(first, bare.options);
  if (bare instanceof z.ZodLiteral) return twoOf(first, [...bare.values]);
  if (bare instanceof z.ZodNumber)
    return twoOf(
      first,
      [Number(first) + 1, Number(first) - 1].filter((value) => z.safeParse(bare, value).success),
    );
  throw new Error(
    `${setting}: expected a plan, or a schema with other values, got ${bare.constructor.name}; add a plan to alternatives.ts`,
  );
}

const twoOf = (first: unknown, allowed: readonly unknown[]): readonly unknown[] => [
  first,
  ...allowed.filter((value) => value !== first).slice(0, 1),
];

function siteWith({ environment = 'production', site = 'home' }: Plan, values: Readonly<Record<string, unknown>>): Site {
  const content = { environment, owner: 'platform', account } as Record<string, unknown>;
  for (const [path, value] of Object.entries(values)) put(content, path.split('.'), value);
  const objections = crossChecks.flatMap((check) => check(validSettings(content)));
  if (objections.length > 0)
    throw new Error(`${JSON.stringify(values)}: expected a valid configuration, got ${JSON.stringify(objections)}`);
  return siteOf('example', site, settingsSchema.parse(content), []);
}

function put(content: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    content[first] = value;
    return;
  }
  const group = { ...(content[first] as Record<string, unknown> | undefined) };
  put(group, rest, value);
  content[first] = group;
}
