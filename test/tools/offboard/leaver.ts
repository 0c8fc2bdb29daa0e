// A person who leaves, with everything that a person can have, beside one who stays; and a model of both.
import * as fc from 'fast-check';
import type { Entry, Registry } from '../../../runtime/vpn/registry';
import { withCertificate } from '../../../runtime/vpn/registry';
import { readRevocationList } from '../../../runtime/vpn/revocation-list';
import type { Person } from '../../../tools/offboard/names';
import type { Places } from '../../../tools/offboard/steps';
import { leavingPolicy } from '../../../tools/offboard/user-steps';
import { newVpn, now, registration, rsaKey, type Vpn } from '../../runtime/vpn/parts';
import { Account, account, emptyUser, type Fault, type User } from './account';

export const alice: Person = { name: 'alice', users: ['alice', 'alice-admin'], directoryUser: 'alice@example.com' };
export const start = now;

type Lists = 'keys' | 'devices' | 'certificates' | 'sshKeys' | 'credentials' | 'groups' | 'inline' | 'attached';

/** What the person has, as numbers of each kind. */
export interface Having {
  /** Of each user of the person that exists. */
  readonly users: readonly (Readonly<Record<Lists, number>> & { readonly password: boolean })[];
  readonly shells: number;
  readonly certificates: number;
  readonly connections: number;
  readonly isInDirectory: boolean;
  readonly assignments: number;
}

const few = fc.nat({ max: 2 });
export const havings: fc.Arbitrary<Having> = fc.record({
  users: fc.array(
    fc.record({
      ...{ password: fc.boolean(), keys: few, devices: few, certificates: few, sshKeys: few, credentials: few },
      ...{ groups: few, inline: few, attached: few },
    }),
    { maxLength: 2 },
  ),
  ...{ shells: few, certificates: few, connections: few, isInDirectory: fc.boolean(), assignments: few },
});

export const everything: Having = {
  users: ['alice', 'alice-admin'].map(() => ({
    ...{ password: true, keys: 2, devices: 2, certificates: 1, sshKeys: 1, credentials: 1, groups: 2, inline: 1, attached: 1 },
  })),
  ...{ shells: 2, certificates: 2, connections: 1, isInDirectory: true, assignments: 2 },
};

const roles = ['it-team', 'client-data-team', 'emergency'].flatMap((role) => [`production-${role}-eu-west-3`, `staging-${role}-eu-west-3`]);

const bootstrapRole = (name: string): string => `cdk-hnb659fds-${name}-role-${account}-eu-west-3`;
/** Roles by which people deploy, whose sessions have names that the callers choose. */
export const deployments: readonly string[] = ['deploy', 'file-publishing', 'lookup'].map(bootstrapRole);

const times = <Made>(count: number, make: (index: number) => Made): Made[] => Array.from({ length: count }, (_, index) => make(index));

let pool: Promise<{ readonly vpn: Vpn; readonly entries: readonly Entry[] }> | undefined;

/** Certificates of both people. Keys are slow to make, so all sequences share them. */
const certificates = () => {
  pool ??= (async () => {
    const vpn = await newVpn();
    for (const person of ['alice', 'alice', 'bob']) {
      const made = { ...(await registration(await vpn.store.read(), vpn.key, person, rsaKey())), additional: true };
      await vpn.store.change((registry) => withCertificate(registry, made, now));
    }
    return { vpn, entries: (await vpn.store.read()).certificates };
  })();
  return pool;
};

export interface World {
  readonly account: Account;
  readonly vpn: Vpn;
  readonly places: Places;
  readonly bob: () => string;
}

export async function worldOf(having: Having): Promise<World> {
  const of = new Account();
  for (const [index, had] of having.users.entries()) addUser(of, alice.users[index] ?? '', had);
  addUser(of, 'bob', {
    ...{ password: true, keys: 1, devices: 1, certificates: 0, sshKeys: 1, credentials: 0 },
    groups: 1,
    inline: 1,
    attached: 1,
  });
  of.virtual.set(`arn:aws:iam::${account}:mfa/spare`, []);
  for (const name of roles) of.addRole(name);
  of.addRole('production-auditor-eu-west-3');
  of.addRole('production-collection-CollectorsRole');
  for (const name of [...deployments, bootstrapRole('cfn-exec')]) of.addRole(name);
  const session = (role: string, name: string) => `arn:aws:sts::${account}:assumed-role/production-${role}-eu-west-3/${name}`;
  const owners = [session('it-team', 'alice'), session('it-team', 'alice@example.com')];
  of.sessions.push(
    ...times(having.shells, (index) => ({
      region: 'eu-west-3',
      id: `alice-${index}`,
      owner: owners[index] ?? '',
      status: 'Connected' as const,
    })),
    { region: 'eu-central-1', id: 'bob-0', owner: session('it-team', 'bob'), status: 'Connected' },
  );
  if (having.isInDirectory) {
    of.directory.set('alice@example.com', {
      id: 'u-alice',
      assignments: [
        ...times(having.assignments, (index) => ({ account: `${index}`.repeat(12), set: 'ps-it-team', type: 'USER' as const })),
        { account, set: 'ps-of-a-group', type: 'GROUP' },
      ],
      memberships: times(having.assignments, (index) => `m-alice-${index}`),
    });
  }
  of.directory.set('bob@example.com', { id: 'u-bob', assignments: [{ account, set: 'ps-it-team', type: 'USER' }], memberships: ['m-bob'] });
  const vpn = await vpnOf(having);
  return {
    account: of,
    vpn,
    places: { iam: of.iam, shells: of.shells, vpn, directory: of.center },
    bob: () =>
      JSON.stringify([
        of.users.get('bob'),
        of.sessions.at(-1),
        of.directory.get('bob@example.com'),
        [...(of.users.get('bob')?.inline ?? [])],
      ]),
  };
}

async function vpnOf({ certificates: count, connections }: Having): Promise<Vpn> {
  const { vpn: shared, entries } = await certificates();
  const vpn = await newVpn(shared.key);
  const registry = await shared.store.read();
  const kept = [...entries.filter(({ person }) => person === 'alice').slice(0, count), ...entries.filter(({ person }) => person === 'bob')];
  await vpn.store.change((): Registry => ({ ...registry, certificates: kept }));
  const own = kept.filter(({ person }) => person === 'alice');
  vpn.endpoint.running = own.slice(0, connections).map(({ commonName }, index) => ({ id: `c-${index}`, commonName }));
  return vpn;
}

function addUser(of: Account, name: string, had: Having['users'][number]): void {
  const ids = (count: number, kind: string) => times(count, (index) => `${kind}-${name}-${index}`);
  const devices = times(had.devices, (index) => (index === 0 ? `arn:aws:iam::${account}:mfa/phone-of-${name}` : `GAHT-${name}-${index}`));
  for (const device of devices.filter((serial) => serial.startsWith('arn:'))) of.virtual.set(device, []);
  of.users.set(name, {
    ...emptyUser(),
    password: had.password,
    keys: ids(had.keys, 'AKIA').map((AccessKeyId, index) => ({ UserName: name, AccessKeyId, Status: index === 0 ? 'Active' : 'Inactive' })),
    ...{
      devices,
      certificates: ids(had.certificates, 'cert'),
      sshKeys: ids(had.sshKeys, 'APKA'),
      credentials: ids(had.credentials, 'ACCA'),
    },
    ...{ groups: ids(had.groups, 'group'), attached: ids(had.attached, 'arn:aws:iam::aws:policy/P') },
    inline: new Map(ids(had.inline, 'inline').map((policy) => [policy, '{}'])),
  });
}

/** Faults of calls by their number: as many as the list has. */
export function faultsOf(faults: readonly Fault[]): Account['fault'] {
  let call = 0;
  return () => faults[call++];
}

const mayAct = (user: User | undefined): boolean =>
  user !== undefined && !user.inline.has(leavingPolicy) && (user.password || user.keys.some(({ Status }) => Status === 'Active'));

const isDenied = (of: Account): boolean =>
  of.roles
    .filter(({ name }) => roles.includes(name))
    .every(({ policies }) => [...policies.values()].some((document) => document.includes('"*:alice"'))) &&
  of.roles.filter(({ name }) => deployments.includes(name)).every(({ policies }) => policies.size > 0);

/**
 * Watches each effect: a user that could not act never can again, none is deleted before the roles deny its sessions,
 * and roles of others have no denial.
 */
export function watched({ account: of, bob }: World): readonly string[] {
  const broken: string[] = [];
  const stays = bob();
  const stopped = new Set<string>();
  const existed = new Set(alice.users.filter((user) => of.users.has(user)));
  of.watch = () => {
    for (const user of existed) {
      const can = mayAct(of.users.get(user));
      if (can && stopped.has(user)) broken.push(`${user} may act again`);
      if (!can) stopped.add(user);
      if (!of.users.has(user) && !isDenied(of)) broken.push(`${user} was deleted before its sessions were denied`);
    }
    if (bob() !== stays) broken.push('bob lost something');
    const others = of.roles.filter(({ name, policies }) => ![...roles, ...deployments].includes(name) && policies.size > 0);
    if (others.length > 0) broken.push('another role was changed');
  };
  return broken;
}

/** What is left of the person in the mocked state. */
export async function leftOf({ account: of, vpn }: World): Promise<readonly string[]> {
  const registry = await vpn.store.read();
  const listed = (vpn.endpoint.list && readRevocationList(vpn.endpoint.list)?.serials) || [];
  return [
    ...alice.users.filter((user) => of.users.has(user)),
    ...[...of.virtual.keys()].filter((device) => device.includes('alice')),
    ...of.sessions.filter(({ id, status }) => id.startsWith('alice') && status !== 'Terminating').map(({ id }) => id),
    ...[...of.directory.keys()].filter((name) => name.startsWith('alice')),
    ...registry.certificates.filter(({ person, revoked }) => person === 'alice' && !revoked).map(({ serial }) => serial),
    ...registry.certificates
      .filter(({ person, revoked, serial }) => person === 'alice' && revoked && !listed.includes(serial))
      .map(({ serial }) => serial),
    ...vpn.endpoint.running.filter(({ commonName }) => commonName.startsWith('alice-')).map(({ id }) => id),
  ];
}
