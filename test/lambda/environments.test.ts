// The environment contracts: valid variables are read, missing and invalid ones are named.

import { readEnvironment as accountEnvironments } from '../../lambda/access/account-environments/env';
import { readEnvironment as connectionHandler } from '../../lambda/access/connection-handler/env';
import { readEnvironment as credentialHygiene } from '../../lambda/access/credential-hygiene/env';
import { readEnvironment as openPortGuard } from '../../lambda/access/open-port-guard/env';
import { readEnvironment as passwordPolicy } from '../../lambda/access/password-policy/env';
import { readEnvironment as permissionSets } from '../../lambda/access/permission-sets/env';
import { readEnvironment as revocationList } from '../../lambda/access/revocation-list/env';
import { readEnvironment as sessionArchive } from '../../lambda/access/session-archive/env';
import { readEnvironment as sessionDocument } from '../../lambda/access/session-document/env';
import { readEnvironment as tamperGuard } from '../../lambda/access/tamper-guard/env';
import { readEnvironment as tunnelWatch } from '../../lambda/access/tunnel-watch/env';
import { readEnvironment as backupFreshness } from '../../lambda/backup/backup-freshness/env';
import { readEnvironment as firstServers } from '../../lambda/collection/first-servers/env';
import { readEnvironment as serverReplacement } from '../../lambda/collection/server-replacement/env';
import { readEnvironment as databaseUpkeep } from '../../lambda/database/database-upkeep/env';
import { readEnvironment as generatedData } from '../../lambda/database/generated-data/env';
import { readEnvironment as migrations } from '../../lambda/database/migrations/env';
import { readEnvironment as noSharedBackupsProbe } from '../../lambda/database/no-shared-backups-probe/env';
import { readEnvironment as personErase } from '../../lambda/database/person-erase/env';
import { readEnvironment as personExport } from '../../lambda/database/person-export/env';
import { readEnvironment as siteAdmin } from '../../lambda/database/site-admin/env';
import { readEnvironment as staffAccess } from '../../lambda/database/staff-access/env';
import { readEnvironment as staffReads } from '../../lambda/database/staff-reads/env';
import { readEnvironment as certificate } from '../../lambda/edge/certificate/env';
import { readEnvironment as logRedaction } from '../../lambda/edge/log-redaction/env';
import { readEnvironment as ingest } from '../../lambda/ingest/ingest/env';
import { readEnvironment as siteSnapshot } from '../../lambda/ingest/site-snapshot/env';
import { readEnvironment as lakeExport } from '../../lambda/lake/lake-export/env';
import { readEnvironment as lakeUpkeep } from '../../lambda/lake/lake-upkeep/env';

const database = {
  DATABASE_HOST: 'proxy.example',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'rempart',
  CONTEXT_KEY_SECRET: 'production/context-key',
};
const application = { ...database, DATABASE_USER: 'rempart_application' };
const maintenance = { ...database, DATABASE_USER: 'rempart_maintenance' };

const forStaff = {
  DATABASE_HOST: 'writer.example',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'rempart',
  DATABASE_CA_FILE: '/var/runtime/ca-cert.pem',
  ACCOUNT: '111111111111',
  FUNCTION_ARN: 'arn:aws:lambda:eu-west-3:111111111111:function:production-staff-access',
  CALLER_ROLE: 'production-it-team-eu-west-3',
  STS_URL: 'https://sts.eu-west-3.amazonaws.com',
};

const lakeRole = 'arn:aws:iam::111111111111:role/production-lake-writer-eu-west-3';

describe.each([
  [
    'migrations',
    migrations,
    {
      ...database,
      DATABASE_CLUSTER: 'cluster-ABCDEFGHIJKL01234',
      MASTER_SECRET: 'rds!cluster-1',
      DATABASE_CA_FILE: '/var/runtime/ca-cert.pem',
      ENVIRONMENT: 'staging',
      MIGRATIONS_FOLDER: 'migrations',
    },
  ],
  ['log-redaction', logRedaction, { LANDING_BUCKET: 'landing', LOG_BUCKET: 'edge-logs', COLLECTION_PATHS: '/hit.gif,/hit' }],
  ['person-export', personExport, { ...application, ARCHIVE_BUCKET: 'exports', LAKE_ROLE: lakeRole }],
  ['person-erase', personErase, application],
  [
    'no-shared-backups-probe',
    noSharedBackupsProbe,
    {
      DEPLOYMENT: 'production',
      ACCOUNT: '111111111111',
      REGIONS: 'eu-west-3,eu-central-1',
      KEYS: 'arn:aws:kms:eu-west-3:111111111111:key/1,arn:aws:kms:eu-west-3:111111111111:key/2',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'backup-freshness',
    backupFreshness,
    {
      DEPLOYMENT: 'production',
      STORES: 'arn:aws:rds:eu-west-3:111111111111:cluster:production-data,arn:aws:s3:::production-archive-111111111111-eu-west-3',
      VAULTS: ['eu-west-3', 'eu-central-1'].map((region) => `arn:aws:backup:${region}:111111111111:backup-vault:production-backups`).join(),
      KEYS: 'arn:aws:kms:eu-west-3:111111111111:key/1',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'credential-hygiene',
    credentialHygiene,
    {
      DEPLOYMENT: 'production',
      WARN_DAYS: '76,83',
      LIMIT_DAYS: '90',
      DELETE_DAYS: '120',
      EXEMPT_USERS: 'break-glass/2027-06-30,ada@example.com/2027-01-31',
      TOPIC: 'arn:aws:sns:eu-west-3:111111111111:production-account-Alarms-1',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'connection-handler',
    connectionHandler,
    {
      DEPLOYMENT: 'production',
      REGISTRY_BUCKET: 'production-vpn-registry-111111111111-eu-west-3',
      REGISTRY_KEY: 'certificates.json',
      ADDRESSES: '192.0.2.0/24,198.51.100.7/32',
      SIGN_IN: 'federated',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'revocation-list',
    revocationList,
    {
      DEPLOYMENT: 'production',
      AUTHORITY_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/mrk-1',
      REGISTRY_BUCKET: 'production-vpn-registry-111111111111-eu-west-3',
      REGISTRY_KEY: 'certificates.json',
      ENDPOINT: 'cvpn-endpoint-0123456789abcdef0',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'account-environments',
    accountEnvironments,
    {
      DEPLOYMENT: 'production',
      ENVIRONMENT: 'production',
      BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3',
      REGIONS: 'eu-west-3,eu-central-1',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'open-port-guard',
    openPortGuard,
    { DEPLOYMENT: 'production', VPC: 'vpc-0123456789abcdef0', PROXY_GROUP: 'sg-0123456789abcdef0', METRIC_NAMESPACE: 'Rempart/Probes' },
  ],
  [
    'password-policy',
    passwordPolicy,
    {
      DEPLOYMENT: 'production',
      BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3',
      MINIMUM_LENGTH: '14',
      MAXIMUM_AGE_DAYS: '90',
      REUSE_PREVENTION: '24',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'session-archive',
    sessionArchive,
    {
      DEPLOYMENT: 'production',
      ARCHIVE: 'arn:aws:s3:::production-account-auditarchive-1',
      LATE_DAYS: '2',
      REACH_DAYS: '60',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'permission-sets',
    permissionSets,
    {
      DEPLOYMENT: 'production',
      ACCOUNT: '111111111111',
      SETS: 'it-team,it-team_production',
      BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-*',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'session-document',
    sessionDocument,
    {
      DEPLOYMENT: 'production',
      BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3',
      INPUTS: '{"idleSessionTimeout":"15","maxSessionDuration":"240"}',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'tamper-guard',
    tamperGuard,
    {
      DEPLOYMENT: 'production',
      ACCOUNT: '111111111111',
      REGION: 'eu-west-3',
      TRAIL: 'production-trail-eu-west-3',
      TRAIL_LOG: '/rempart/production/trail',
      ARCHIVE: 'arn:aws:s3:::production-audit-111111111111-eu-west-3',
      BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3',
      EXECUTION_ROLE: 'cdk-hnb659fds-cfn-exec-role-111111111111-eu-west-3',
      EXECUTION_BOUNDARY: 'arn:aws:iam::111111111111:policy/cdk-hnb659fds-execution-boundary-111111111111-eu-west-3',
      KEYS: 'arn:aws:kms:eu-west-3:111111111111:key/1,arn:aws:kms:eu-west-3:111111111111:key/2',
      VPC: 'vpc-0123456789abcdef0',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  [
    'tunnel-watch',
    tunnelWatch,
    {
      DEPLOYMENT: 'production',
      CONNECTION: 'vpn-0123456789abcdef0',
      ALGORITHMS: 'ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21',
      KEY_DAYS: '330',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  ['ingest', ingest, { ...application, DEAD_LETTERS_BUCKET: 'dead-letters' }],
  ['site-snapshot', siteSnapshot, { ...maintenance, SETTINGS_BUCKET: 'settings' }],
  ['database-upkeep', databaseUpkeep, { ...maintenance, HOT_DAYS: '35', KEEP_MONTHS: '25' }],
  ['lake-export', lakeExport, { ...maintenance, ARCHIVE_BUCKET: 'archive', LAKE_ROLE: lakeRole, LAKE: 'runs', LAKE_AFTER_DAYS: '10' }],
  [
    'lake-upkeep',
    lakeUpkeep,
    { ...maintenance, ARCHIVE_BUCKET: 'archive', LAKE_ROLE: lakeRole, LAKE: 'held', KEEP_MONTHS: '25', LATE_HOURS: '12' },
  ],
  [
    'site-admin',
    siteAdmin,
    { ...maintenance, SITE_KEY_PREFIX: 'production/sites', ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1' },
  ],
  ['staff-access', staffAccess, forStaff],
  ['staff-reads', staffReads, forStaff],
  [
    'first-servers',
    firstServers,
    { TARGET_GROUP: 'arn:aws:elasticloadbalancing:eu-west-3:111111111111:targetgroup/Collect-Target-1/0123456789abcdef', SERVERS: '2' },
  ],
  ['server-replacement', serverReplacement, { GROUP: 'example-collectors', NAMESPACE: 'Rempart/example', METRIC: 'ArrayDegraded' }],
  [
    'certificate, given',
    certificate,
    {
      MODE: 'given',
      DEPLOYMENT: 'production',
      DOMAIN: '*',
      CERTIFICATE_ARN: 'arn:aws:acm:eu-west-3:111111111111:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
    },
  ],
  [
    'certificate, issued',
    certificate,
    {
      MODE: 'issued',
      DEPLOYMENT: 'production',
      DOMAIN: 'www.example.com',
      HOSTED_ZONE: 'Z123',
      CONTACT: 'certificates@example.com',
      DIRECTORY: 'https://acme-v02.api.letsencrypt.org/directory',
      RENEW_DAYS: '30',
      AUTHORITY_ACCOUNT: 'production/certificate-account',
      ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1',
    },
  ],
  [
    'certificate, self-signed',
    certificate,
    { MODE: 'self-signed', DEPLOYMENT: 'production', DOMAIN: 'production.rempart.invalid', RENEW_DAYS: '30' },
  ],
  ['generated-data', generatedData, { ...database, ENVIRONMENT: 'development', SEED: '1', SITES: '10', HITS_PER_SITE: '1000' }],
] as const)('%s', (_, read, variables) => {
  test('is read', () => expect(read({ ...variables, ANOTHER: 'x' })).toEqual(variables));

  test.each(Object.keys(variables))('%s is named when it is missing or wrong', (name) => {
    expect(() => read({ ...variables, [name]: undefined })).toThrow(`${name}: expected`);
    expect(() => read({ ...variables, [name]: ' ' })).toThrow(`${name}: expected`);
  });
});

test('each function signs in as its own role, KEEP_MONTHS is at least 2, and HOT_DAYS is from 32 to 400', () => {
  expect(() => personErase(maintenance)).toThrow('DATABASE_USER: expected rempart_application');
  expect(() => siteAdmin(application)).toThrow('DATABASE_USER: expected rempart_maintenance');
  for (const months of ['0', '1', '-3'])
    expect(() => databaseUpkeep({ ...maintenance, HOT_DAYS: '35', KEEP_MONTHS: months })).toThrow('KEEP_MONTHS: expected');
  const withDays = (days: string) => databaseUpkeep({ ...maintenance, HOT_DAYS: days, KEEP_MONTHS: '25' }).HOT_DAYS;
  for (const days of ['31', '401', '0', '-35', '035', '1000']) expect(() => withDays(days)).toThrow('HOT_DAYS: expected');
  for (const days of ['32', '39', '40', '99', '100', '399', '400']) expect(withDays(days)).toBe(days);
});
