// The contracts between handlers and constructs: what is right is read, what is missing or wrong is named.
import { readEnvironment as backupsStayProbe } from '../../lambda/backups-stay-probe/env';
import { readEnvironment as databaseUpkeep } from '../../lambda/database-upkeep/env';
import { readEnvironment as generatedData } from '../../lambda/generated-data/env';
import { readEnvironment as migrations } from '../../lambda/migrations/env';
import { readEnvironment as personErase } from '../../lambda/person-erase/env';
import { readEnvironment as personExport } from '../../lambda/person-export/env';
import { readEnvironment as siteAdmin } from '../../lambda/site-admin/env';

const database = {
  DATABASE_HOST: 'proxy.example',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'rempart',
  CONTEXT_KEY_SECRET: 'production/context-key',
};
const application = { ...database, DATABASE_USER: 'rempart_application' };
const maintenance = { ...database, DATABASE_USER: 'rempart_maintenance' };

describe.each([
  [
    'migrations',
    migrations,
    {
      ...database,
      MASTER_SECRET: 'rds!cluster-1',
      DATABASE_CA_FILE: '/var/runtime/ca-cert.pem',
      ENVIRONMENT: 'staging',
      MIGRATIONS_FOLDER: 'migrations',
    },
  ],
  ['person-export', personExport, { ...application, ARCHIVE_BUCKET: 'exports' }],
  ['person-erase', personErase, application],
  [
    'backups-stay-probe',
    backupsStayProbe,
    {
      DEPLOYMENT: 'production',
      ACCOUNT: '111111111111',
      REGIONS: 'eu-west-3,eu-central-1',
      KEYS: 'arn:aws:kms:eu-west-3:111111111111:key/1,arn:aws:kms:eu-west-3:111111111111:key/2',
      METRIC_NAMESPACE: 'Rempart/Probes',
    },
  ],
  ['database-upkeep', databaseUpkeep, { ...maintenance, KEEP_MONTHS: '25' }],
  [
    'site-admin',
    siteAdmin,
    { ...maintenance, SITE_KEY_PREFIX: 'production/sites', ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1' },
  ],
  ['generated-data', generatedData, { ...database, ENVIRONMENT: 'development', SEED: '1', SITES: '10', HITS_PER_SITE: '1000' }],
] as const)('%s', (_, read, variables) => {
  test('is read', () => expect(read({ ...variables, ANOTHER: 'x' })).toEqual(variables));

  test.each(Object.keys(variables))('%s is named when it is missing or wrong', (name) => {
    expect(() => read({ ...variables, [name]: undefined })).toThrow(`${name}: expected`);
    expect(() => read({ ...variables, [name]: ' ' })).toThrow(`${name}: expected`);
  });
});

test('each function signs in as its own role, and months are kept for two at least', () => {
  expect(() => personErase(maintenance)).toThrow('DATABASE_USER: expected rempart_application');
  expect(() => siteAdmin(application)).toThrow('DATABASE_USER: expected rempart_maintenance');
  for (const months of ['0', '1', '-3'])
    expect(() => databaseUpkeep({ ...maintenance, KEEP_MONTHS: months })).toThrow('KEEP_MONTHS: expected');
});
