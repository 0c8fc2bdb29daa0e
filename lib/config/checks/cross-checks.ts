// Rules between the settings of one deployment, one per function. They receive only values that are valid by
// themselves.
import { type AddressRange, isPrivate, rangeOf, rangesOverlap, withoutHostBits } from '../address-range';
import { type Objection, type Path, show, showPath } from '../file/problem';
import type { ValidParts } from '../file/schema-walk';
import { backupHours } from '../settings/backup-hours';
import { productionRegion, type Settings } from '../settings/settings';
import { accessChecks } from './access-checks';
import { certificateChecks } from './certificate-checks';
import { collectionChecks } from './collection-checks';
import { edgeChecks } from './edge-checks';

type CrossCheck = (settings: ValidParts<Settings>) => readonly Objection[];

/** The document names the place of the home region. `recoveryRegion` sets the place after a recovery. (TOM-2.1) */
const productionInParis: CrossCheck = ({ environment, region }) =>
  environment === 'production' && region !== undefined && region !== productionRegion
    ? [objectionTo(['region'], `${productionRegion} in production`, region, 'remove it; servers that hold data are in Paris (TOM-2.1)')]
    : [];

/** The recovery region must survive the loss of the home region. (TOM-2.1, DSS-5.4.2) */
const recoveryElsewhere: CrossCheck = ({ region, recoveryRegion }) =>
  recoveryRegion === undefined || recoveryRegion !== region
    ? []
    : [objectionTo(['recoveryRegion'], 'a region other than the home region', recoveryRegion, 'choose another region of the EU')];

/** Production has one NAT gateway per zone. (TOM-6.5) */
const ownNatInProduction: CrossCheck = ({ environment, network }) =>
  environment === 'production' && network?.sharedNat === true
    ? [
        objectionTo(
          ['network', 'sharedNat'],
          'false in production',
          true,
          'remove it; production has one NAT gateway in each zone (TOM-6.5)',
        ),
      ]
    : [];

/** Production has a network firewall. (TOM-6.6) */
const firewallInProduction: CrossCheck = ({ environment, network }) =>
  environment === 'production' && network?.firewall === false
    ? [
        objectionTo(
          ['network', 'firewall'],
          'true in production',
          false,
          'remove it; production filters outbound traffic by domain (TOM-6.6)',
        ),
      ]
    : [];

/** In production the account blocks access from the internet too, in addition to the routes. (DSS-5.6.2) */
const blockedInProduction: CrossCheck = ({ environment, network }) =>
  environment === 'production' && network?.blockPublicAccess === false
    ? [
        objectionTo(
          ['network', 'blockPublicAccess'],
          'true in production',
          false,
          'remove it; production enables VPC Block Public Access (DSS-5.6.2)',
        ),
      ]
    : [];

/** In production access from outside is found by the deployment's own analyzer. (TOM-3.5) */
const analyzedInProduction: CrossCheck = ({ environment, access }) =>
  environment === 'production' && access?.accessAnalyzer === 'existing'
    ? [
        objectionTo(
          ['access', 'accessAnalyzer'],
          'managed in production',
          'existing',
          'remove it; production has an analyzer of its own, and its account no other one (TOM-3.5)',
        ),
      ]
    : [];

/** An idle time above the maximum would never end a shell. (TOM-3.3) */
const idleBeforeMaximum: CrossCheck = ({ access }) => {
  const { shellIdleMinutes: idle, shellMaximumMinutes: maximum } = access?.timeouts ?? {};
  if (idle === undefined || maximum === undefined || idle <= maximum) return [];
  const todo = 'lower it, or raise shellMaximumMinutes (TOM-3.3)';
  return [objectionTo(['access', 'timeouts', 'shellIdleMinutes'], `at most shellMaximumMinutes, ${maximum}`, idle, todo)];
};

/** A database without a second instance has no standby. (TOM-6.3) */
const standbyInProduction: CrossCheck = ({ environment, data }) =>
  environment === 'production' && data?.readers === 0
    ? [objectionTo(['data', 'readers'], 'at least 1 in production', 0, 'remove it; production has a standby in another zone (TOM-6.3)')]
    : [];

const capacityBounds: CrossCheck = ({ data }) => {
  const { minimum, maximum } = data?.capacity ?? {};
  if (minimum === undefined || maximum === undefined || minimum <= maximum) return [];
  return [objectionTo(['data', 'capacity', 'minimum'], `at most maximum, ${maximum}`, minimum, 'lower it, or raise maximum')];
};

/**
 * "The backup window can't overlap with the maintenance window" (CreateDBCluster). Each lasts an hour at most and
 * begins on the hour.
 */
const windowsApart: CrossCheck = ({ data }) =>
  data?.backupHour !== undefined && data.backupHour === data.maintenance?.hour
    ? [objectionTo(['data', 'backupHour'], 'an hour other than maintenance.hour', data.backupHour, 'choose another hour')]
    : [];

/**
 * "Amazon RDS backups" of the AWS Backup guide: no job starts within an hour before, or in, the backup window and the
 * maintenance window of the database.
 */
const backupApart: CrossCheck = ({ backup, data }) => {
  const { hour } = backup ?? {};
  if (hour === undefined) return [];
  const windows = { 'data.backupHour': data?.backupHour, 'data.maintenance.hour': data?.maintenance?.hour };
  const meets = (window: number) => backupHours(hour).some((begins) => window === begins || window === (begins + 1) % 24);
  return Object.entries(windows)
    .filter(([, window]) => window !== undefined && meets(window))
    .map(([name, window]) => {
      const expected = `an hour that, as the one 12 hours later, is neither ${name}, ${window}, nor the one before`;
      return objectionTo(['backup', 'hour'], expected, hour, 'choose another hour');
    });
};

/** Days of the shortest month. */
const shortestMonth = 28;

/** The window keeps no hit for longer than the lake: a hit that is over leaves both. (DSS-4.2) */
const windowWithinMonths: CrossCheck = ({ data }) => {
  const { hotDays, keepMonths } = data ?? {};
  if (hotDays === undefined || keepMonths === undefined || hotDays <= keepMonths * shortestMonth) return [];
  const most = keepMonths * shortestMonth;
  return [objectionTo(['data', 'hotDays'], `at most ${most}, the days of keepMonths`, hotDays, 'lower it, or raise keepMonths')];
};

/** A deployment restores only snapshots of its own account and region. (TOM-7.4) */
const ownSnapshots: CrossCheck = ({ account, region, recoveryRegion, data }) =>
  (['home', 'recovery'] as const).flatMap((site) => {
    const snapshot = data?.restoreFrom?.[site];
    if (snapshot === undefined) return [];
    const [, , , snapshotRegion, snapshotAccount] = snapshot.split(':');
    const of = site === 'home' ? region : recoveryRegion;
    const path = ['data', 'restoreFrom', site];
    if (of !== undefined && snapshotRegion !== of)
      return [objectionTo(path, `a snapshot in ${of}`, snapshot, 'copy it to that region first')];
    if (account !== snapshotAccount)
      return [
        objectionTo(path, 'a snapshot of the account that `account` names', snapshot, 'name the account, or restore another one (TOM-7.4)'),
      ];
    return [];
  });

/** A number of shards belongs to provisioned mode, and only to it. */
const shardsOfProvisioned: CrossCheck = ({ collection }) => {
  const stream = collection?.stream ?? {};
  const { mode, shards } = stream;
  const path = ['collection', 'stream', 'shards'];
  // A number that is invalid by itself has its key here, without a value.
  if (mode === 'provisioned' && !('shards' in stream)) {
    return [
      { path, expected: 'a number of shards with mode provisioned', got: 'none', todo: 'add it; each shard accepts 1 MB per second' },
    ];
  }
  if (mode !== 'on-demand' || shards === undefined) return [];
  return [objectionTo(path, 'no shards with mode on-demand', shards, 'remove it, or set mode: provisioned')];
};

/** A network's name identifies it in both lists. */
const namesOnce: CrossCheck = (settings) => {
  const seen = new Map<string, Path>();
  return namedNetworks(settings).flatMap(({ path, name }) => {
    if (name === undefined) return [];
    const first = seen.get(name);
    if (!first) seen.set(name, path);
    return first
      ? [objectionTo([...path, 'name'], `a name other than that of ${showPath(first)}`, name, 'give each network its own name')]
      : [];
  });
};

/** A range begins at its first address; otherwise a route differs from the text. */
const noHostBits: CrossCheck = (settings) =>
  rangesOf(settings).flatMap(({ path, range }) => {
    const correct = withoutHostBits(range);
    return correct === range.text
      ? []
      : [objectionTo(path, 'the first address of the range', range.text, `write ${correct} if you mean that range`)];
  });

/**
 * Addresses of other people's hosts would become unreachable. "VPC CIDR blocks" of AWS recommends RFC 1918 too.
 * (TOM-7.2)
 */
const privateRanges: CrossCheck = (settings) =>
  rangesOf(settings).flatMap(({ path, range }) =>
    isPrivate(range)
      ? []
      : [objectionTo(path, 'a private range', range.text, 'choose one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)')],
  );

/**
 * A VPC of AWS is at most a /16 ("VPC CIDR blocks"); below a /20, nine subnets over three zones have no room to grow.
 * A client range may be /12 to /22 ("Rules and best practices for using AWS Client VPN").
 */
const zoneSizeObjections: CrossCheck = (settings) =>
  rangesOf(settings).flatMap(({ path, range, largest, smallest }) =>
    range.prefix >= largest && range.prefix <= smallest
      ? []
      : [objectionTo(path, `a range of /${largest} to /${smallest}`, range.text, 'choose a range of that size')],
  );

/**
 * "VPC CIDR blocks" of AWS: services use 172.17.0.0/16 themselves, so a VPC with these addresses can have conflicts.
 */
const outsideServiceRange: CrossCheck = (settings) =>
  rangesOf(settings).flatMap(({ path, range, isVpc }) =>
    isVpc && rangesOverlap(range, rangeOf('172.17.0.0/16'))
      ? [objectionTo(path, 'a range outside 172.17.0.0/16', range.text, 'choose another one; AWS services use these addresses themselves')]
      : [],
  );

/**
 * No address belongs to two ranges. Each range is compared with those before it and has at most one objection, so that
 * a long list of equal ranges gives a short list of problems. Ranges of different deployments may overlap: nothing
 * connects them. (TOM-7.3)
 */
const noOverlap: CrossCheck = (settings) => {
  const ranges = rangesOf(settings);
  return ranges.flatMap(({ path, range }, index) => {
    const other = ranges.slice(0, index).find((earlier) => rangesOverlap(earlier.range, range));
    if (!other) return [];
    const expected = `a range that does not overlap ${showPath(other.path)}, ${other.range.text}`;
    return [objectionTo(path, expected, range.text, 'change one of the two ranges')];
  });
};

/** All rules, in the order of their problems. */
export const crossChecks: readonly CrossCheck[] = [
  productionInParis,
  recoveryElsewhere,
  ownNatInProduction,
  firewallInProduction,
  blockedInProduction,
  analyzedInProduction,
  idleBeforeMaximum,
  standbyInProduction,
  capacityBounds,
  windowsApart,
  backupApart,
  windowWithinMonths,
  ownSnapshots,
  ...collectionChecks,
  shardsOfProvisioned,
  edgeChecks,
  namesOnce,
  noHostBits,
  privateRanges,
  zoneSizeObjections,
  outsideServiceRange,
  noOverlap,
  ...certificateChecks,
  ...accessChecks,
];

function objectionTo(path: Path, expected: string, got: string | number | boolean, todo: string): Objection {
  return { path, expected, got: show(got), todo };
}

interface PlacedRange {
  readonly path: Path;
  readonly range: AddressRange;
  /** Prefix of the largest range that is allowed here. */
  readonly largest: number;
  /** Prefix of the smallest range that is allowed here. */
  readonly smallest: number;
  readonly isVpc: boolean;
}

/** Every range of the settings, each with its allowed sizes. */
function rangesOf(settings: ValidParts<Settings>): readonly PlacedRange[] {
  const candidates = [
    { path: ['network', 'vpcCidr'], text: settings.network?.vpcCidr, largest: 16, smallest: 20, isVpc: true },
    { path: ['access', 'vpnClientCidr'], text: settings.access?.vpnClientCidr, largest: 12, smallest: 22, isVpc: false },
    ...namedNetworks(settings).map(({ path, cidr }) => ({ path: [...path, 'cidr'], text: cidr, largest: 8, smallest: 32, isVpc: false })),
  ];
  return candidates.flatMap(({ text, ...rest }) => (text === undefined ? [] : [{ ...rest, range: rangeOf(text) }]));
}

function namedNetworks({ access }: ValidParts<Settings>) {
  return (['managementNetworks', 'partnerNetworks'] as const).flatMap((list) =>
    (access?.[list] ?? []).map((network, index) => ({ path: ['access', list, index] as Path, name: network?.name, cidr: network?.cidr })),
  );
}
