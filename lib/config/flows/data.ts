// Flows of the data stack.
import { calls, connects, databasePort, type Flow, type FlowSettings } from './flow';

const databaseProxy = 'data/Proxy';
const cluster = 'data/DatabaseCluster';

/** Functions with a session at the database proxy: queries, and the secret of their user. */
export const sessionOf = (name: string, settings: FlowSettings): readonly Flow[] => [
  connects(name, databaseProxy, databasePort, 'queries'),
  calls(name, 'secretsmanager', settings, 'secrets of the database'),
];

/** Functions that connect to the cluster as its owner. */
const ownerSessionOf = (name: string, settings: FlowSettings): readonly Flow[] => [
  connects(name, cluster, databasePort, 'statements of the owner'),
  calls(name, 'secretsmanager', settings, 'secrets of the database'),
];

/** Functions that connect to the cluster for a person, whom AWS STS names. (TOM-4.7) */
const staffSessionOf = (name: string, settings: FlowSettings): readonly Flow[] => [
  connects(name, cluster, databasePort, 'statements for a person'),
  calls(name, 'sts', settings, 'identity of the caller'),
];

/** Functions that reach the objects of one site of the lake, in a session of AWS STS. (TOM-4.1) */
const lakeSessionOf = (name: string, settings: FlowSettings, purpose: string): readonly Flow[] => [
  calls(name, 'sts', settings, 'session of one site'),
  calls(name, 's3', settings, purpose),
];

export const dataFlows = (settings: FlowSettings): readonly Flow[] => [
  connects(databaseProxy, cluster, databasePort, 'queries'),
  ...ownerSessionOf('data/MigrationsFunction', settings),
  calls('data/MigrationsFunction', 's3', settings, 'response of the custom resource'),
  ...ownerSessionOf('data/ContextKeyRotationFunction', settings),
  ...sessionOf('data/PeopleExportFunction', settings),
  ...lakeSessionOf('data/PeopleExportFunction', settings, 'exports, and hits of the lake'),
  ...sessionOf('data/PeopleEraseFunction', settings),
  ...sessionOf('data/SiteAdminFunction', settings),
  ...staffSessionOf('data/StaffAccessFunction', settings),
  ...staffSessionOf('data/StaffReadsFunction', settings),
  ...sessionOf('data/UpkeepFunction', settings),
  ...sessionOf('data/LakeExportFunction', settings),
  ...lakeSessionOf('data/LakeExportFunction', settings, 'files of the lake'),
  ...sessionOf('data/LakeUpkeepFunction', settings),
  ...lakeSessionOf('data/LakeUpkeepFunction', settings, 'files of the lake'),
  ...(settings.environment === 'production'
    ? []
    : [
        ...sessionOf('data/GeneratedDataFunction', settings),
        calls('data/GeneratedDataFunction', 's3', settings, 'response of the custom resource'),
      ]),
];
