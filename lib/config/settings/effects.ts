// The effect of a change of each setting on a deployment that exists. The rehearsal compares it with the templates,
// and docs/settings.md shows it.

/**
 * From the least to the greatest. `nothing`: no resource changes. `update`: resources change in place, are added or
 * are removed. `servers`: the servers are replaced one by one. `replacement`: other resources are replaced. `refused`:
 * CloudFormation refuses the change. `another deployment`: the stacks are created anew in another region or account.
 */
export const effectKinds = ['nothing', 'update', 'servers', 'replacement', 'refused', 'another deployment'] as const;
export type EffectKind = (typeof effectKinds)[number];

/** The greatest effect that a change of the setting can have. */
export interface StatedEffect {
  readonly kind: EffectKind;
  /** The resources that are replaced, as the templates name them: `data/DatabaseCluster`. @default - none */
  readonly replaces?: readonly string[];
  /** Resources with data that are deleted or left behind. @default - none */
  readonly data?: readonly string[];
  /** Resources that stay behind with their name, so that the former value is refused. @default - none */
  readonly stays?: readonly string[];
  /**
   * The sentence of the setting's description that states it. Required for every effect beyond an update, and where
   * data is concerned. @default - none
   */
  readonly statement?: string;
}

const nothing: StatedEffect = { kind: 'nothing' };
const update: StatedEffect = { kind: 'update' };
const updateWith = (statement: string): StatedEffect => ({ kind: 'update', statement });
const servers = (statement: string): StatedEffect => ({ kind: 'servers', statement });
const oneByOne = 'Changing it replaces the servers one by one.';
const restored = 'Setting, changing or removing it replaces the database: once set, keep it.';
const database = ['data/DatabaseCluster', 'data/DatabaseLogiamdbautherror', 'data/DatabaseLogpostgresql'];

/** The Client VPN endpoint, with its associations and authorization rules. */
const vpnEndpoint = [
  'access/ClientVpnEndpoint',
  ...['Endpoints1', 'Endpoints2', 'Endpoints3', 'Resolver', 'Zone1', 'Zone2'].map((id) => `access/ClientVpn${id}`),
];
/** Its logs, which production retains. */
const vpnLogs = [
  'access/ClientVpnConnections',
  'access/ClientVpnStream',
  'access/ConnectionHandlerFunctionLog',
  'access/RevocationListFunctionLog',
];
const vpnCertificate: StatedEffect = {
  kind: 'refused',
  replaces: vpnEndpoint,
  data: vpnLogs,
  stays: vpnLogs,
  statement: 'Removing it leaves the logs behind, and setting it again is then refused: once set, keep it.',
};

/** The customer gateway with its connection, whose addresses and keys are new after a replacement. */
const managementGateway: StatedEffect = {
  kind: 'refused',
  replaces: ['access/ManagementVpnConnection', 'access/ManagementVpnGateway', 'access/ManagementVpnRouteC0A82800x24'],
  data: ['access/ManagementVpnTunnels', 'access/TunnelWatchFunctionLog'],
  stays: ['access/ManagementVpnTunnels', 'access/TunnelWatchFunctionLog'],
  statement: 'Removing it leaves the log behind, and setting it again is then refused: once set, keep it.',
};

/** By path of the setting; a group without a value of its own has its path too where it is optional. */
export const effectsOfChanges: Readonly<Record<string, StatedEffect>> = {
  environment: {
    kind: 'servers',
    data: ['data/GeneratedDataFunctionDeadLetters', 'data/GeneratedDataFunctionLog'],
    statement: 'Changing it replaces the servers one by one, and deletes the generator of data with its log where it becomes production.',
  },
  owner: servers(oneByOne),
  region: { kind: 'another deployment', statement: 'Changing it creates a new deployment.' },
  recoveryRegion: { kind: 'another deployment', statement: 'Changing it makes the next recovery a new deployment there.' },
  account: { kind: 'another deployment', statement: 'Another account is a new deployment.' },
  'network.vpcCidr': { kind: 'refused', statement: 'Once deployed it stays: CloudFormation refuses a change.' },
  'network.sharedNat': {
    kind: 'replacement',
    replaces: ['functions', 'private'].flatMap((tier) => [2, 3].map((zone) => `network/EgressRoutes${tier}${zone}Back`)),
    statement: 'Changing it replaces routes to the internet, and ends open connections.',
  },
  'network.firewall': {
    kind: 'update',
    data: ['network/FirewallAlerts', 'network/FirewallFlows'],
    statement: 'Turning it off deletes its logs.',
  },
  'network.allowedDomains': update,
  'network.blockPublicAccess': update,
  'access.vpnClientCidr': {
    kind: 'replacement',
    replaces: vpnEndpoint,
    statement: 'Changing it replaces the Client VPN endpoint, whose profiles are made again.',
  },
  'access.vpnCertificate.home': vpnCertificate,
  'access.vpnCertificate.recovery': vpnCertificate,
  'access.vpnSamlProvider': {
    kind: 'replacement',
    replaces: vpnEndpoint,
    statement: 'Setting, changing or removing it replaces the Client VPN endpoint, whose profiles are made again.',
  },
  'access.vpnAddresses': update,
  'access.managementNetworks': update,
  'access.managementGateway.home': managementGateway,
  'access.managementGateway.recovery': {
    kind: 'replacement',
    replaces: ['access/ManagementVpnConnection', 'access/ManagementVpnGateway', 'access/ManagementVpnRouteC0A82800x24'],
    statement: 'Another address replaces the connection: the device is set up again, with new addresses and keys.',
  },
  'access.managementGateway.recoveryOff': nothing,
  'access.partnerNetworks': nothing,
  'access.officeAddresses': update,
  'access.signIn': update,
  'access.auditor': update,
  'access.auditor.account': update,
  'access.auditor.externalId': update,
  'access.deployer': update,
  'access.deployer.repository': update,
  'access.deployer.provider': update,
  'access.timeouts.shellIdleMinutes': update,
  'access.timeouts.shellMaximumMinutes': update,
  'access.timeouts.vpnSessionHours': update,
  'access.timeouts.consoleSessionMinutes': update,
  'access.timeouts.roleSessionMinutes': update,
  'access.instanceConnect': servers(oneByOne),
  'access.accessAnalyzer': update,
  'access.passwordPolicy.minimumLength': update,
  'access.credentialExemptions': update,
  'data.instanceClass': updateWith('Changing it fails over once.'),
  'data.capacity.minimum': update,
  'data.capacity.maximum': update,
  'data.readers': update,
  'data.readerScaling': update,
  'data.storage': updateWith('It is an update without downtime: to `io-optimized` once in 30 days, to `standard` at any time.'),
  'data.backupHour': update,
  'data.maintenance.day': update,
  'data.maintenance.hour': update,
  'data.keepMonths': update,
  'data.hotDays': update,
  'data.restoreFrom.home': {
    kind: 'replacement',
    replaces: [...database, 'data/DatabaseReader1', 'data/DatabaseWriter'],
    data: database,
    stays: database,
    statement: restored,
  },
  'data.restoreFrom.recovery': {
    kind: 'replacement',
    replaces: [...database, 'data/DatabaseReader1', 'data/DatabaseWriter'],
    data: database,
    stays: database,
    statement: restored,
  },
  'data.lakeHeld.home': update,
  'data.lakeHeld.recovery': update,
  'data.generated.sites': update,
  'data.generated.hitsPerSite': update,
  'data.generated.seed': update,
  'edge.domain': {
    kind: 'replacement',
    replaces: ['edge/DnsA', 'edge/DnsAAAA'],
    statement: 'Changing it creates another record and another certificate.',
  },
  'edge.hostedZone': update,
  'edge.hostedZone.id': {
    kind: 'replacement',
    replaces: ['edge/DnsA', 'edge/DnsAAAA'],
    statement: 'Changing it creates the records in the other zone and deletes those of the former.',
  },
  'edge.hostedZone.name': nothing,
  'edge.certificate.arn.home': update,
  'edge.certificate.arn.recovery': update,
  'edge.certificate.issue': update,
  'edge.certificate.issue.contact': update,
  'edge.certificate.issue.directory': updateWith('Changing it issues a new certificate.'),
  'edge.certificate.issue.renewDaysBefore': update,
  'edge.cloudflare': servers('Setting or removing it replaces the servers one by one.'),
  'edge.cloudflare.clientCa': update,
  'edge.cloudflare.origin': {
    kind: 'replacement',
    replaces: ['edge/DnsA', 'edge/DnsAAAA'],
    statement: 'Changing it creates another record.',
  },
  'edge.cloudflare.hitFirewall': updateWith('Changing it is an update: the web ACL stays, ready for the way back.'),
  'edge.rateLimits.windowSeconds': update,
  'edge.rateLimits.hits': update,
  'edge.rateLimits.hitBatches': update,
  'edge.rateLimits.others': update,
  'edge.logDays': update,
  'collection.stream.mode': updateWith('Changing it is an update, at most twice in 24 hours.'),
  'collection.stream.shards': updateWith('Changing it is an update, at most to twice or half of the current number.'),
  'collection.ingest.batchRecords': update,
  'collection.ingest.batchSeconds': update,
  'collection.ingest.parallel': update,
  'collection.instanceTypes': servers('Changing them replaces the servers one by one.'),
  'collection.servers.minimum': update,
  'collection.servers.maximum': update,
  'collection.requestsPerServerPerSecond': update,
  'collection.disks.count': servers('Changing them replaces the servers one by one.'),
  'collection.disks.gibibytes': servers('Changing them replaces the servers one by one.'),
  'collection.spoolLimitPercent': servers(oneByOne),
  'collection.commitDelayMilliseconds': servers(oneByOne),
  'collection.scheduled': update,
  'collection.predictive': update,
  'collection.warmPool': update,
  'collection.dedicatedTenancy': { ...servers(oneByOne), kind: 'replacement', replaces: ['collection/CollectorsServerPlacement'] },
  'alarms.runbook': updateWith('Changing it is an update of the alarms.'),
  'audit.retentionDays': update,
  'audit.logRetentionDays': update,
  'backup.retentionDays': nothing,
  'backup.hour': update,
  'backup.homeAnswers': updateWith('Unsetting it leaves the key and a vault with copies behind.'),
};
