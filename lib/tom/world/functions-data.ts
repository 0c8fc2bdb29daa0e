// The functions of the data stack: migrations, rotation, upkeep, probes, and the tools for sites and people.
import type { ContextKeyRotationEnvironment } from '../../../lambda/database/context-key-rotation/env';
import type { DatabaseUpkeepEnvironment } from '../../../lambda/database/database-upkeep/env';
import type { GeneratedDataEnvironment } from '../../../lambda/database/generated-data/env';
import type { MigrationsEnvironment } from '../../../lambda/database/migrations/env';
import type { NoSharedBackupsProbeEnvironment } from '../../../lambda/database/no-shared-backups-probe/env';
import type { PersonEraseEnvironment } from '../../../lambda/database/person-erase/env';
import type { PersonExportEnvironment } from '../../../lambda/database/person-export/env';
import type { SiteAdminEnvironment } from '../../../lambda/database/site-admin/env';
import type { StaffAccessEnvironment } from '../../../lambda/database/staff-access/env';
import type { StaffReadsEnvironment } from '../../../lambda/database/staff-reads/env';
import type { LakeExportEnvironment } from '../../../lambda/lake/lake-export/env';
import type { LakeUpkeepEnvironment } from '../../../lambda/lake/lake-upkeep/env';
import { generatedDataType, migrationsType } from '../../config/custom-resource-types';
import { noSharedBackupsProbe, probeMetrics } from '../../config/metrics';
import type { LakeRole, PeopleRole } from '../../config/names';
import { isLakeHeld } from '../../config/site';
import { lakeAfterDays } from '../figures';
import type { DeploymentFacts } from '../template/assembly';
import { copyRegionOf } from '../template/copies';
import { databasePort } from '../template/databases';
import { permissionType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { by, type Form } from './form';
import { checksumOf } from './functions-code';
import { type Contract, controlFunction } from './functions-family';
import { after, proxy } from './functions-order';
import { dailyRetries, firstRun, scheduled } from './functions-triggers';

const endpoint = { DATABASE_PORT: String(databasePort), DATABASE_NAME: 'rempart' } as const;
const contextKey = { CONTEXT_KEY_SECRET: '${data/ContextKey}' } as const;

/** Variables of a function that signs in through the proxy as one role. (TOM-4.1) */
export const throughProxy = <User extends string>(user: User) =>
  ({ DATABASE_HOST: '${data/Proxy.Endpoint}', ...endpoint, DATABASE_USER: user, ...contextKey }) as const;

/** Variables of a function that signs in to the writer as the master user. */
const asMaster = {
  DATABASE_HOST: '${data/DatabaseCluster.Endpoint.Address}',
  ...endpoint,
  MASTER_SECRET: '${data/DatabaseCluster.MasterUserSecret.SecretArn}',
  DATABASE_CA_FILE: '/var/runtime/ca-cert.pem',
} as const;

const isEnvironment: Form = by(({ facts }) => facts.environment);
const settingText = (choose: (facts: DeploymentFacts) => number): Form => by(({ facts }) => String(choose(facts)));
const isHeld = ({ site, settings }: DeploymentFacts): boolean => isLakeHeld({ name: site, settings });
const isGenerated = ({ environment }: DeploymentFacts): boolean => environment !== 'production';

/** The SQL files in the code of the function `migrations`. */
const migrationFiles = /^migrations\/[\w.-]+\.sql$/;

/** One run at a time. (TOM-4.1) */
const migrations = controlFunction<MigrationsEnvironment>({
  ...{ stack: 'data', id: 'MigrationsFunction', control: 'migrations', memory: [512, 1024], timeout: [900, 900] },
  ...{ concurrency: 1, network: 'writer', files: migrationFiles },
  variables: {
    ...asMaster,
    ...contextKey,
    DATABASE_CLUSTER: '${data/DatabaseCluster.DBClusterResourceId}',
    ENVIRONMENT: isEnvironment,
    MIGRATIONS_FOLDER: '/var/task/migrations',
  },
});

/**
 * The schema after the writer, and not after the readers: a restored database is of use before they exist. The
 * checksum is that of the SQL files in the code. (TOM-4.1, DSS-5.5.1)
 */
const schema = declare(
  migrationsType,
  'data/MigrationsSchema',
  {
    ServiceToken: '${data/MigrationsFunction.Arn}',
    ServiceTimeout: '960',
    Checksum: checksumOf('MigrationsFunction', migrationFiles),
    Database: '${data/DatabaseCluster.DBClusterResourceId}',
    ContextKey: '${data/ContextKey}',
  },
  {
    ...{ deletion: 'Delete', replacement: 'Delete' },
    dependsOn: after(
      'data',
      ...['DatabaseFromMigrations', 'DatabaseFromProxy', 'DatabaseWriter', 'MigrationsFunctionPermissions', 'MigrationsToDatabase'],
    ),
  },
);

const rotation = [
  ...controlFunction<ContextKeyRotationEnvironment>({
    ...{ stack: 'data', id: 'ContextKeyRotationFunction', control: 'context-key-rotation', memory: [256, 1024], timeout: [30, 300] },
    ...{ network: 'writer', functionAfter: ['MigrationsSchema', 'MigrationsToDatabase'], variables: asMaster },
  }),
  declare(permissionType, 'data/ContextKeyRotationInvoked', {
    Action: 'lambda:InvokeFunction',
    FunctionName: '${data/ContextKeyRotationFunction.Arn}',
    Principal: 'secretsmanager.amazonaws.com',
    SourceAccount: '${AWS::AccountId}',
    SourceArn: '${data/ContextKey}',
  }),
];

/** ARN of a role of the lake. */
const lakeRole = (role: LakeRole): string => `arn:aws:iam::\${AWS::AccountId}:role/<deployment>-${role}-<region>`;

/** Waits up to 13 minutes for a datapoint. (TOM-3.4) */
const firstDatapoints = controlFunction({
  ...{ stack: 'data', id: 'FirstDatapointsFunction', control: 'first-datapoint', memory: [256, 1024], timeout: [900, 900] },
  variables: {},
});

const people = [
  ...controlFunction<PersonExportEnvironment>({
    ...{ stack: 'data', id: 'PeopleExport', control: 'person-export', memory: [1024, 3008], timeout: [300, 900], network: 'proxy' },
    functionAfter: ['MigrationsSchema'],
    variables: { ...throughProxy('rempart_application'), ARCHIVE_BUCKET: '${data/Archive}', LAKE_ROLE: lakeRole('lake-reader') },
  }),
  ...controlFunction<PersonEraseEnvironment>({
    ...{ stack: 'data', id: 'PeopleErase', control: 'person-erase', memory: [512, 3008], timeout: [300, 900], network: 'proxy' },
    functionAfter: ['MigrationsSchema'],
    variables: throughProxy('rempart_application'),
  }),
];

const siteAdmin = controlFunction<SiteAdminEnvironment>({
  ...{ stack: 'data', id: 'SiteAdminFunction', control: 'site-admin', memory: [256, 1024], timeout: [30, 300], network: 'proxy' },
  functionAfter: ['MigrationsSchema'],
  variables: {
    ...throughProxy('rempart_maintenance'),
    SITE_KEY_PREFIX: '<deployment>/sites',
    ENCRYPTION_KEY: '${data/DataKey.Arn}',
  },
});

/** Variables of a function for people of one role, who sign for it alone. (TOM-4.7) */
const forStaff = (control: string, callers: PeopleRole): Contract<StaffAccessEnvironment & StaffReadsEnvironment> => ({
  DATABASE_HOST: asMaster.DATABASE_HOST,
  ...endpoint,
  DATABASE_CA_FILE: asMaster.DATABASE_CA_FILE,
  ACCOUNT: '${AWS::AccountId}',
  FUNCTION_ARN: `arn:aws:lambda:<region>:\${AWS::AccountId}:function:<deployment>-${control}`,
  CALLER_ROLE: `<deployment>-${callers}-<region>`,
  STS_URL: 'https://sts.<region>.amazonaws.com',
});

/** Support staff and auditors, as roles of their own. (TOM-4.7, TOM-4.8) */
const staff = [
  ...controlFunction<StaffAccessEnvironment>({
    ...{ stack: 'data', id: 'StaffAccess', control: 'staff-access', memory: [256, 1024], timeout: [30, 300], network: 'writer' },
    functionAfter: ['MigrationsSchema', 'MigrationsToDatabase'],
    variables: forStaff('staff-access', 'it-team'),
  }),
  ...controlFunction<StaffReadsEnvironment>({
    ...{ stack: 'data', id: 'StaffReads', control: 'staff-reads', memory: [256, 1024], timeout: [30, 300], network: 'writer' },
    functionAfter: ['MigrationsSchema', 'MigrationsToDatabase'],
    variables: forStaff('staff-reads', 'client-data-team'),
  }),
];

/** Every six hours: an erased person's rows and old rejected hits do not wait longer. (TOM-4.10) */
const upkeep = [
  ...controlFunction<DatabaseUpkeepEnvironment>({
    ...{ stack: 'data', id: 'UpkeepFunction', control: 'database-upkeep', memory: [512, 3008], timeout: [300, 900], network: 'proxy' },
    functionAfter: ['MigrationsSchema', ...proxy],
    variables: {
      ...throughProxy('rempart_maintenance'),
      HOT_DAYS: settingText(({ settings }) => settings.data.hotDays),
      KEEP_MONTHS: settingText(({ settings }) => settings.data.keepMonths),
    },
  }),
  ...scheduled({ stack: 'data', id: 'Upkeep', group: 'upkeep', expression: 'rate(6 hours)', retries: { attempts: 10, seconds: 21_600 } }),
  firstRun('data', 'Upkeep'),
];

/** Variables of the functions that write the lake. (TOM-4.1) */
const ofLake = {
  ...throughProxy('rempart_maintenance'),
  ARCHIVE_BUCKET: '${data/Archive}',
  LAKE_ROLE: lakeRole('lake-writer'),
  LAKE: by(({ facts }) => (isHeld(facts) ? 'held' : 'runs')),
} as const;
/** The roles of the lake and the permissions of all whom they trust, before a function starts. */
const lakeRoleResources = (...others: readonly string[]): readonly string[] => [
  ...['ReaderPermissions', 'ReaderRole', 'WriterPermissions', 'WriterRole'].map((name) => `LakeRoles${name}`),
  ...['PeopleExport', ...others].map((name) => `${name}Permissions`),
];
const lakeFunction = { stack: 'data', memory: [1024, 3008], timeout: [600, 900], network: 'proxy' } as const;

/** Every two minutes and every hour: due days, erasures and days that are over wait no longer. (DSS-4.2, TOM-7.1) */
const lake = [
  ...controlFunction<LakeExportEnvironment>({
    ...{ ...lakeFunction, id: 'LakeExportFunction', control: 'lake-export', concurrency: 6, functionAfter: ['MigrationsSchema', ...proxy] },
    variables: { ...ofLake, LAKE_AFTER_DAYS: String(lakeAfterDays) },
  }),
  ...scheduled({
    ...{
      stack: 'data',
      id: 'LakeExport',
      group: 'lake-export',
      expression: 'rate(2 minutes)',
      isHeld,
      after: lakeRoleResources('LakeUpkeepFunction'),
    },
    retries: { attempts: 5, seconds: 3600 },
  }),
  firstRun('data', 'LakeExport', { after: lakeRoleResources('LakeUpkeepFunction') }),
  ...controlFunction<LakeUpkeepEnvironment>({
    ...{ ...lakeFunction, id: 'LakeUpkeepFunction', control: 'lake-upkeep', functionAfter: ['MigrationsSchema', ...proxy] },
    variables: { ...ofLake, KEEP_MONTHS: settingText(({ settings }) => settings.data.keepMonths), LATE_HOURS: '12' },
  }),
  ...scheduled({
    ...{
      stack: 'data',
      id: 'LakeUpkeep',
      group: 'lake-upkeep',
      expression: 'rate(1 hour)',
      isHeld,
      retries: { attempts: 5, seconds: 3600 },
    },
    after: lakeRoleResources('LakeExportFunction'),
  }),
  firstRun('data', 'LakeUpkeep', { after: lakeRoleResources('LakeExportFunction') }),
];

/** Every day, over every key of the data, and in the region of the copies too. (TOM-7.4) */
const backupsProbe = [
  ...controlFunction<NoSharedBackupsProbeEnvironment>({
    ...{ stack: 'data', id: 'NoSharedBackupsFunction', control: noSharedBackupsProbe, memory: [256, 1024], timeout: [300, 900] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ACCOUNT: '${AWS::AccountId}',
      REGIONS: by(({ facts }) => [facts.region, copyRegionOf(facts) ?? []].flat().join()),
      KEYS: '${account/DeploymentKey.Arn},${data/DataKey.Arn},${account/AuditKey.Arn}',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  ...scheduled({
    ...{ stack: 'data', id: 'NoSharedBackups', group: noSharedBackupsProbe, expression: 'cron(40 5 * * ? *)', retries: dailyRetries },
  }),
  firstRun('data', 'NoSharedBackups', {
    metric: {
      ...{ Namespace: probeMetrics.namespace, MetricName: probeMetrics.completed, Statistic: 'Maximum' },
      Dimensions: [
        { Name: 'Deployment', Value: '<deployment>' },
        { Name: 'Probe', Value: noSharedBackupsProbe },
      ],
    },
  }),
];

/** Outside production alone. (TOM-7.4) */
const generatedData = [
  ...controlFunction<GeneratedDataEnvironment>({
    ...{ stack: 'data', id: 'GeneratedDataFunction', control: 'generated-data', memory: [1024, 3008], timeout: [300, 900] },
    ...{ network: 'proxy', when: isGenerated },
    variables: {
      ...{ DATABASE_HOST: '${data/Proxy.Endpoint}', ...endpoint, ...contextKey },
      ENVIRONMENT: isEnvironment,
      SEED: settingText(({ settings }) => settings.data.generated.seed),
      SITES: settingText(({ settings }) => settings.data.generated.sites),
      HITS_PER_SITE: settingText(({ settings }) => settings.data.generated.hitsPerSite),
    },
  }),
  declare(
    generatedDataType,
    'data/GeneratedData',
    {
      ServiceToken: '${data/GeneratedDataFunction.Arn}',
      ServiceTimeout: '960',
      Seed: by(({ facts }) => facts.settings.data.generated.seed),
      Sites: by(({ facts }) => facts.settings.data.generated.sites),
      HitsPerSite: by(({ facts }) => facts.settings.data.generated.hitsPerSite),
    },
    {
      ...{ deletion: 'Delete', replacement: 'Delete', when: isGenerated },
      dependsOn: after('data', 'GeneratedDataFunctionPermissions', 'MigrationsSchema', ...proxy),
    },
  ),
];

export const dataFunctions: readonly Declaration[] = [
  ...migrations,
  schema,
  ...rotation,
  ...firstDatapoints,
  ...people,
  ...siteAdmin,
  ...staff,
  ...upkeep,
  ...lake,
  ...backupsProbe,
  ...generatedData,
];
