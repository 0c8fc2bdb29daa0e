// Roles of permission sets against the promise, in an account that IAM Identity Center changes: every difference is
// one finding, whatever is as promised is none, and a failed call is none.
import fc from 'fast-check';
import { examine, type Promised, type SetRole, type SetRoles } from '../../../../lambda/access/permission-sets/examine';

const account = '111122223333';
const boundary = `arn:aws:iam::${account}:policy/production-boundary-eu-west-3`;
const promised: Promised = {
  account,
  sets: ['it-team', 'it-team_production', 'emergency', 'emergency_production'],
  boundary: `arn:aws:iam::${account}:policy/production-boundary-*`,
};
const provider = `arn:aws:iam::${account}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`;
const saml = {
  ...{ Effect: 'Allow', Principal: { Federated: provider }, Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'] },
  Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
};
const trustOf = (...Statement: unknown[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const good: SetRole = { boundary, trust: trustOf(saml) };
const nameOf = (set: string, id = '0123456789abcdef'): string => `AWSReservedSSO_${set}_${id}`;

/** A typed mock of the roles in an account. */
const rolesOf = (held: Readonly<Record<string, SetRole | undefined>>): SetRoles => ({
  names: async () => Object.keys(held),
  read: async (name) => held[name],
});
const idsOf = async (held: Readonly<Record<string, SetRole | undefined>>, more: Partial<Promised> = {}): Promise<readonly string[]> =>
  (await examine(rolesOf(held), { ...promised, ...more })).findings.map(({ id }) => id.replace(/^AWSReservedSSO_(.*)_[0-9a-f]+::/, '$1::'));

test('sets of people with the boundary of either site have no finding', async () => {
  const held = {
    [nameOf('it-team')]: good,
    [nameOf('emergency')]: { ...good, boundary: boundary.replace('eu-west-3', 'eu-central-1') },
    [nameOf('it-team_production')]: { ...good, trust: trustOf({ ...saml, Action: 'sts:AssumeRoleWithSAML' }) },
  };
  expect(await examine(rolesOf(held), promised)).toEqual({ looked: { roles: 3 }, findings: [], unseen: [] });
});

test('an account without any set is a finding, since people sign in by sets', async () => {
  expect((await examine(rolesOf({}), promised)).findings).toMatchObject([{ id: 'roles', found: 'none' }]);
});

test('a role that is gone since the list is no finding', async () => {
  expect(await idsOf({ [nameOf('AdministratorAccess')]: undefined })).toEqual([]);
});

test.each([
  ['AdministratorAccess', nameOf('AdministratorAccess')],
  ['a name that begins like a role', nameOf('it-team-admins')],
  ['a name that ends like a role', nameOf('our-it-team')],
  ['the set of another deployment', nameOf('it-team_staging')],
  ['a role in other letters', nameOf('IT-team')],
])('%s is a way in that is not listed, and nothing else about it counts', async (_, name) => {
  const { findings } = await examine(rolesOf({ [name]: { boundary: undefined, trust: '' } }), promised);
  expect(findings.map(({ id }) => id)).toEqual([`${name}::set`]);
});

test.each(['AWSReservedSSO_it-team', 'it-team', 'AWSReservedSSO_it-team_XYZ'])('a role named %s is of no set', async (name) => {
  expect((await examine(rolesOf({ [name]: good }), promised)).findings).toMatchObject([{ found: 'no permission set' }]);
});

test('outside production the sets and boundaries of deployments that share the account are admitted', async () => {
  const shared = { sets: ['it-team', 'it-team_*'], boundary: `arn:aws:iam::${account}:policy/*-boundary-*` };
  const staging = { ...good, boundary: `arn:aws:iam::${account}:policy/staging-boundary-eu-west-3` };
  expect(await idsOf({ [nameOf('it-team_staging')]: staging }, shared)).toEqual([]);
  expect(await idsOf({ [nameOf('it-team-staging')]: staging }, shared)).toEqual(['it-team-staging::set']);
  const path = { ...good, boundary: `arn:aws:iam::${account}:policy/x/y-boundary-eu-west-3` };
  expect(await idsOf({ [nameOf('it-team')]: path }, shared)).toEqual(['it-team::boundary']);
});

test.each([
  ['no boundary', undefined],
  ['an administrator policy as boundary', 'arn:aws:iam::aws:policy/AdministratorAccess'],
  ['the boundary of another deployment', `arn:aws:iam::${account}:policy/staging-boundary-eu-west-3`],
  ['the boundary of another account', 'arn:aws:iam::444455556666:policy/production-boundary-eu-west-3'],
  ['a name before it', boundary.replace('policy/', 'policy/our-')],
  ['a path before it', boundary.replace('policy/', 'policy/our/')],
  ['no region', boundary.replace('eu-west-3', '')],
])('%s is a finding', async (_, given) => {
  expect(await idsOf({ [nameOf('it-team')]: { ...good, boundary: given } })).toEqual(['it-team::boundary']);
});

const withPrincipal = (Principal: unknown, more = {}): string => trustOf({ ...saml, Principal, ...more });
const foreignProvider = 'arn:aws:iam::444455556666:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE';
const badTrusts: readonly (readonly [string, string])[] = [
  ['another provider of the account', withPrincipal({ Federated: `arn:aws:iam::${account}:saml-provider/ours` })],
  ['a provider of another account', withPrincipal({ Federated: foreignProvider })],
  ['a further provider', withPrincipal({ Federated: [provider, `arn:aws:iam::${account}:saml-provider/ours`] })],
  ['a further principal', withPrincipal({ Federated: provider, AWS: account })],
  ['its name as an account', withPrincipal({ AWS: provider })],
  ['everybody', withPrincipal('*')],
  ['everybody but one', trustOf({ Effect: 'Allow', NotPrincipal: { AWS: account }, Action: 'sts:AssumeRoleWithSAML' })],
  ['the account by a second statement', trustOf(saml, { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })],
  ['another action', withPrincipal({ Federated: provider }, { Action: ['sts:AssumeRoleWithSAML', 'sts:AssumeRole'] })],
  ['all actions', withPrincipal({ Federated: provider }, { Action: 'sts:*' })],
  ['all actions but one', trustOf({ Effect: 'Allow', Principal: { Federated: provider }, NotAction: 'sts:AssumeRole' })],
  ['nobody', trustOf()],
  ['denials alone', trustOf({ ...saml, Effect: 'Deny' })],
  ['a statement that is text', trustOf('Allow')],
  ['a text that is no JSON', '%7B'],
  ['JSON that is no policy', '[]'],
];
test.each(badTrusts)('a trust of %s is a finding', async (_, trust) => {
  expect(await idsOf({ [nameOf('it-team')]: { ...good, trust } })).toEqual(['it-team::trust']);
});

test('a denial besides the provider is no finding', async () => {
  const trust = trustOf(saml, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithSAML' });
  expect(await idsOf({ [nameOf('it-team')]: { ...good, trust } })).toEqual([]);
});

test('a failed call makes the run incomplete, and the other roles are examined', async () => {
  const held = { [nameOf('it-team')]: good, [nameOf('Guests')]: good };
  const failing: SetRoles = {
    ...rolesOf(held),
    read: async (name) => (name === nameOf('it-team') ? Promise.reject(new Error('Throttling')) : good),
  };
  const { findings, unseen, looked } = await examine(failing, promised);
  expect([findings.map(({ id }) => id), unseen, looked]).toEqual([
    [`${nameOf('Guests')}::set`],
    [`${nameOf('it-team')}: Error: Throttling`],
    { roles: 2 },
  ]);
  const unlisted = await examine({ ...failing, names: () => Promise.reject(new Error('AccessDenied')) }, promised);
  expect(unlisted).toEqual({ looked: { roles: 0 }, findings: [], unseen: ['roles: Error: AccessDenied'] });
});

/** A change that IAM Identity Center makes to the account. */
type Step =
  | { readonly kind: 'assign' | 'withdraw'; readonly set: string }
  | { readonly kind: 'boundary'; readonly set: string; readonly value: string | undefined }
  | { readonly kind: 'trust'; readonly set: string; readonly value: string }
  | { readonly kind: 'throttle'; readonly set: string };

const sets = [...promised.sets, 'AdministratorAccess', 'it-team_staging'];
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('assign' as const, 'withdraw' as const), set: fc.constantFrom(...sets) }),
    fc.record({
      kind: fc.constant('boundary' as const),
      set: fc.constantFrom(...sets),
      value: fc.constantFrom(undefined, boundary, 'arn:aws:iam::aws:policy/AdministratorAccess'),
    }),
    fc.record({
      kind: fc.constant('trust' as const),
      set: fc.constantFrom(...sets),
      value: fc.constantFrom(good.trust, ...badTrusts.map(([, trust]) => trust)),
    }),
    fc.record({ kind: fc.constant('throttle' as const), set: fc.constantFrom(...sets) }),
  ),
  { maxLength: 30 },
);

test('after any sequence of changes, the findings are those of the state, and one failed call hides no other role', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence: readonly Step[]) => {
      const held = new Map<string, SetRole>();
      for (const step of sequence) {
        const name = nameOf(step.set);
        const before = held.get(name);
        if (step.kind === 'assign') held.set(name, before ?? good);
        else if (step.kind === 'withdraw') held.delete(name);
        else if (step.kind === 'boundary' && before) held.set(name, { ...before, boundary: step.value });
        else if (step.kind === 'trust' && before) held.set(name, { ...before, trust: step.value });
        else if (step.kind === 'throttle') {
          const read = async (each: string) => (each === name ? Promise.reject(new Error('Throttling')) : held.get(each));
          const { findings, unseen } = await examine({ names: async () => [...held.keys()], read }, promised);
          expect(findings.map(({ id }) => id).sort()).toEqual(expected(held, name));
          expect(unseen).toHaveLength(before ? 1 : 0);
        }
        expect((await examine(rolesOf(Object.fromEntries(held)), promised)).findings.map(({ id }) => id).sort()).toEqual(expected(held));
      }
    }),
    { seed: 1325, numRuns: 300 },
  );
});

/** The model: what is wrong with the roles that were read. */
function expected(held: ReadonlyMap<string, SetRole>, unread?: string): readonly string[] {
  if (held.size === 0) return ['roles'];
  const ours = new Set(promised.sets.map((set) => nameOf(set)));
  return [...held]
    .filter(([name]) => name !== unread)
    .flatMap(([name, role]) =>
      ours.has(name)
        ? [...(role.boundary === boundary ? [] : [`${name}::boundary`]), ...(role.trust === good.trust ? [] : [`${name}::trust`])]
        : [`${name}::set`],
    )
    .sort();
}
