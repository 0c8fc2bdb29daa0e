// The deployed bundle of person-erase, by IAM token and TLS to a real server; RDS Proxy and Secrets Manager are mocks.
import type { SiteId } from '../../../../runtime/site';
import { tester } from '../../../../tools/local-database/rempart';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('person-erase', { DATABASE_USER: 'rempart_application' });
let site: SiteId;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  site = await deployed.db.createSite('erase');
  await deployed.db.application.withSite(site, tester, (session) =>
    session.query(`insert into rempart.people (site_id, name, visitor) values ($1, 'Ada', 'v-ada'), ($1, 'Bob', 'v-bob')`, [site]),
  );
});

const visible = () =>
  deployed.db.application.withSite(site, tester, async (session) =>
    (await session.query<{ name: string }>('select name from rempart.people order by name')).rows.map(({ name }) => name),
  );

test('hides the named person and no other', async () => {
  const instance = await deployed.start();
  expect(await instance.invoke({ site, person: { visitor: 'v-ada' }, actor })).toMatchObject({ erasure: expect.any(String) });
  expect(await visible()).toEqual(['Bob']);
});

test.each<[string, () => unknown, string]>([
  ['nothing', () => undefined, 'request: expected an object'],
  ['a person by no id', () => ({ site, person: { id: "x' or true --" }, actor }), 'person.id: expected a UUID'],
  ['a site that is not there', () => ({ site: 999_999, person: { visitor: 'v-bob' }, actor }), 'site'],
])('refuses an event that names %s, and erases nobody', async (_, event, reason) => {
  const instance = await deployed.start();
  await expect(instance.invoke(event())).rejects.toThrow(reason);
  expect(await visible()).toContain('Bob');
});

test('does not start as another role, and signs in only with an IAM token of its own role', async () => {
  const maintenance = { DATABASE_USER: 'rempart_maintenance' };
  await expect(deployed.start(maintenance)).rejects.toThrow('DATABASE_USER: expected rempart_application');
  await expect(deployed.start({ CONTEXT_KEY_SECRET: '' })).rejects.toThrow('CONTEXT_KEY_SECRET: expected');
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_application']));
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('person-erase'));
});
