// The deployed bundle of lake-export, by IAM token and TLS to a real server: due days go to the lake. RDS Proxy, S3,
// STS and Secrets Manager are mocks; objects of the lake are those of the session's site.
import { dayFrom } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';
import { addHits } from '../lake-hits';

const deployed = deployFunction('lake-export', {
  DATABASE_USER: 'rempart_maintenance',
  ARCHIVE_BUCKET: 'archive',
  LAKE_ROLE: 'arn:aws:iam::111122223333:role/production-lake-writer-eu-west-3',
  LAKE_AFTER_DAYS: '10',
});
/** Timeout of the function in milliseconds. */
const timeout = 900_000;
const day = dayFrom(new Date(), -20);
let [one, two] = [0, 0] as unknown as [SiteId, SiteId];

beforeAll(async () => {
  [one, two] = [await deployed.db.createSite('one'), await deployed.db.createSite('two')];
  await addHits(deployed.db, one, day, 70);
  await addHits(deployed.db, two, day, 14);
});

const lakeKeys = () => [...deployed.around.aws.objects.keys()].filter((key) => key.startsWith('archive/lake/'));

test('a run near its timeout begins no day', async () => {
  const instance = await deployed.start();
  await instance.invoke({}, 60_000);
  expect(lakeKeys()).toEqual([]);
});

test('a run exports the due days of each site below its folder', async () => {
  const instance = await deployed.start();
  await instance.invoke({}, timeout);
  // A run begins at any site.
  const folders = lakeKeys().map((key) => key.replace(/[0-9a-f]{16}\.parquet$/, ''));
  expect(folders.toSorted()).toEqual([`archive/lake/site=${one}/day=${day}/`, `archive/lake/site=${two}/day=${day}/`]);
  const { rows } = await deployed.db.superuser.query('select rows::int from rempart.lake_files order by site_id');
  expect(rows).toEqual([{ rows: 70 }, { rows: 14 }]);
});

test.each([
  ['LAKE_ROLE', 'lake-writer', 'LAKE_ROLE: expected'],
  ['LAKE_AFTER_DAYS', '7', 'LAKE_AFTER_DAYS: expected a number of days from 8 to 30'],
  ['ARCHIVE_BUCKET', 'A', 'ARCHIVE_BUCKET: expected'],
])('does not start with %s %p', async (variable, value, reason) => {
  await expect(deployed.start({ [variable]: value })).rejects.toThrow(reason);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('lake-export'));
  expect(new Set(deployed.around.aws.sessionCalls)).toEqual(new Set(['s3:PutObject']));
});
