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

export const dataFlows = (settings: FlowSettings): readonly Flow[] => [
  connects(databaseProxy, cluster, databasePort, 'queries'),
  ...ownerSessionOf('data/MigrationsFunction', settings),
  calls('data/MigrationsFunction', 's3', settings, 'response of the custom resource'),
  ...ownerSessionOf('data/ContextKeyRotationFunction', settings),
  ...sessionOf('data/PeopleExportFunction', settings),
  calls('data/PeopleExportFunction', 's3', settings, 'archived hits of a person'),
  ...sessionOf('data/PeopleEraseFunction', settings),
  ...sessionOf('data/SiteAdminFunction', settings),
  ...staffSessionOf('data/StaffAccessFunction', settings),
  ...staffSessionOf('data/StaffReadsFunction', settings),
  ...sessionOf('data/UpkeepFunction', settings),
  ...(settings.environment === 'production'
    ? []
    : [
        ...sessionOf('data/GeneratedDataFunction', settings),
        calls('data/GeneratedDataFunction', 's3', settings, 'response of the custom resource'),
      ]),
];
