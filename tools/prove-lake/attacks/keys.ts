// Attacks on keys: by the store of the runtime, and by requests of a session that no code of the runtime checks.
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LakeRole } from '../../../lib/config/names';
import { lakeRoleId } from '../../../lib/tom/world/lake';
import type { Attempt, Chance } from '../attempt';
import { bucketName } from '../bucket';
import type { Tags } from '../policies';
import type { World } from '../world';

const lakeRoles: readonly LakeRole[] = ['lake-reader', 'lake-writer'];

/** Keys that a program between the caller and S3 could take for that of another site's object. */
export function hostileKeys({ own, other }: World, target: string): readonly string[] {
  const rest = target.slice(`lake/site=${other.site}/`.length);
  const home = `lake/site=${own.site}`;
  return [
    target,
    `${home}/../site=${other.site}/${rest}`,
    `${home}/day=../site=${other.site}/${rest}`,
    `${home}/day=../../site=${other.site}/${rest}`,
    `${home}/%2e%2e/site=${other.site}/${rest}`,
    `${home}/%2E%2E%2Fsite=${other.site}/${rest}`,
    `${home}/..%2fsite=${other.site}/${rest}`,
    `${home}/%252e%252e/site=${other.site}/${rest}`,
    `${home}/..\\site=${other.site}\\${rest}`,
    `${home}/..;/site=${other.site}/${rest}`,
    `${home}/\u002e\u002e/site=${other.site}/${rest}`,
    `${home}/\uff0e\uff0e/site=${other.site}/${rest}`,
    `${home}//site=${other.site}/${rest}`,
    `${home}/${target}`,
    `${home}/?prefix=${target}`,
    `${home}/${rest}?versionId=null`,
    `${home}/#/${target}`,
    `${home}\u0000/${target}`,
    `${home}/\n${target}`,
    `${home} /${rest}`,
    `${home}${rest}`,
    `${home}`,
    `${home}0/${rest}`,
    `lake/site=0${other.site}/${rest}`,
    `lake/site=${other.site}.0/${rest}`,
    `lake/site=${own.site},${other.site}/${rest}`,
    `lake/site=*/${rest}`,
    `lake/site=?/${rest}`,
    `lake/*`,
    `LAKE/site=${other.site}/${rest}`,
    `lake/SITE=${other.site}/${rest}`,
    `lake//site=${other.site}/${rest}`,
    `/lake/site=${other.site}/${rest}`,
    `./lake/site=${other.site}/${rest}`,
    `../${bucketName}/${target}`,
    `${bucketName}/${target}`,
    `exports/site-${other.site}/export.jsonl`,
    `${home}/../../exports/site-${other.site}/export.jsonl`,
    'hits/day=2026-11-01/hour=00/x.jsonl.gz',
    '',
  ];
}

/** The store of the attacker's site with a hostile key. */
export function storeAttempt(at: World, chance: Chance): Attempt {
  const target = chance.pick(at.other.keys);
  const [key, role] = [chance.pick(hostileKeys(at, target)), chance.pick(lakeRoles)];
  const operation = chance.pick(['read', 'read', 'put', 'remove'] as const);
  const bytes = at.bucket.objects.get(target)?.length ?? 1;
  const run = async () => {
    const store = at.bucket.lake(role).of(at.own.site);
    if (operation === 'read') return Buffer.from(await store.open({ key, bytes }).read(0, bytes));
    if (operation === 'remove') return store.remove(key);
    return store.put(key, { body: Buffer.from('x'), sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' });
  };
  return { family: 'keys at the store', what: `${role} ${operation} ${JSON.stringify(key)}`, typed: key, run };
}

/** Tags of a session: that of the attacker's site, and values that could match more. */
const hostileTags = ({ own, other }: World): readonly Tags[] => [
  { 'rempart:site': String(own.site) },
  {},
  ...[
    '*',
    '?',
    '',
    `${own.site}/../site=${other.site}`,
    `${own.site},${other.site}`,
    `${own.site}:${other.site}`,
    `${own.site}/*`,
    `[${other.site}]`,
    `0${other.site}`,
    `+${other.site}`,
    `${other.site} `,
    ` ${other.site}`,
    `${other.site}.0`,
    '${aws:userid}',
    '${*}',
    '$',
    '/',
    '..',
  ].map((value) => ({ 'rempart:site': value })),
  { 'Rempart:Site': String(other.site) },
  { 'rempart:site ': String(other.site) },
  { site: String(other.site) },
  { 'rempart:site': String(own.site), 'rempart:sites': String(other.site) },
  { 'rempart:site': String(own.site), 'rempart:team': 'it-team' },
];

type Operation = (client: S3Client, key: string, own: string, target: string) => Promise<unknown>;

const at = (key: string) => ({ Bucket: bucketName, Key: key });
const operations: Readonly<Record<string, Operation>> = {
  get: async (client, key) => Buffer.from((await (await client.send(new GetObjectCommand(at(key)))).Body?.transformToByteArray()) ?? []),
  'get of a range': async (client, key) =>
    Buffer.from((await (await client.send(new GetObjectCommand({ ...at(key), Range: 'bytes=4-400' }))).Body?.transformToByteArray()) ?? []),
  'get of a version': async (client, key) =>
    Buffer.from((await (await client.send(new GetObjectCommand({ ...at(key), VersionId: 'null' }))).Body?.transformToByteArray()) ?? []),
  head: async (client, key) => ({ isThere: (await client.send(new HeadObjectCommand(at(key)))).ContentLength }),
  'get of the access list': (client, key) => client.send(new GetObjectAclCommand(at(key))),
  'get of tags': (client, key) => client.send(new GetObjectTaggingCommand(at(key))),
  put: (client, key) => client.send(new PutObjectCommand({ ...at(key), Body: 'x' })),
  delete: (client, key) => client.send(new DeleteObjectCommand(at(key))),
  'delete of a version': (client, key) => client.send(new DeleteObjectCommand({ ...at(key), VersionId: 'null' })),
  'copy to the own folder, and get': async (client, key, own) => {
    await client.send(new CopyObjectCommand({ ...at(own), CopySource: `${bucketName}/${encodeURIComponent(key)}` }));
    return operations.get?.(client, own, own, key);
  },
  list: async (client, key) => (await client.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix: key }))).Contents,
  'list of versions': (client, key) => client.send(new ListObjectVersionsCommand({ Bucket: bucketName, Prefix: key })),
};

/** A request with a session of the lake, whose key nobody checks. */
export function requestAttempt(world: World, chance: Chance): Attempt {
  const target = chance.pick(world.other.keys);
  const role = chance.pick(lakeRoles);
  const key = chance.happens(0.4) ? target : chance.pick(hostileKeys(world, target));
  const tags = chance.happens(0.6) ? { 'rempart:site': String(world.own.site) } : chance.pick(hostileTags(world));
  const name = chance.happens(0.4) ? 'get' : chance.pick(Object.keys(operations));
  const own = `lake/site=${world.own.site}/stolen-${chance.pick(['1', '2', '3'])}.parquet`;
  const run = async () => operations[name]?.(await world.bucket.clientOf(role, tags), key, own, target);
  return { family: 'requests of a session', what: `${role} ${JSON.stringify(tags)} ${name} ${JSON.stringify(key)}`, typed: key, run };
}

/** What each role of the deployment may do with an object of the other site: with its permissions, and with all. */
export function roleAttempts(world: World): readonly Attempt[] {
  const { policies, objects } = world.bucket;
  const actions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion', 's3:DeleteObjectVersion'];
  const [target = ''] = world.other.keys;
  return policies.roles.flatMap((role) =>
    actions.flatMap((action) =>
      [false, true].map((isUnlimited) => ({
        family: 'roles of the deployment',
        what: `${role} ${action} ${target}${isUnlimited ? ', with every permission' : ''}`,
        run: async () => {
          // A session of the own site, and for other roles the same tag.
          const tags = { 'rempart:site': String(world.own.site) };
          const isAllowed = await policies.allows(role, tags, action, `${policies.bucket}/${target}`, isUnlimited);
          // A role of the lake with every permission is not one of this deployment: its policy has the tag.
          const isLake = lakeRoles.map(lakeRoleId).includes(role) && isUnlimited;
          if (!isAllowed || isLake) throw new Error('AccessDenied');
          return objects.get(target);
        },
      })),
    ),
  );
}

/** Who has a session, with which tags; and what it reads of the other site. */
export function sessionAttempts(world: World): readonly Attempt[] {
  const { policies, objects } = world.bucket;
  const [target = ''] = world.other.keys;
  const tagSets = hostileTags(world);
  const ofOther = { 'rempart:site': String(world.other.site) };
  return policies.roles.flatMap((from) =>
    lakeRoles.flatMap((role) => {
      // Its functions work for each site in turn: their session of the other site is the other site's.
      const isOfLake = from === lakeUsers[role] || (role === 'lake-writer' && from === 'data/LakeUpkeepFunctionRole');
      return [...tagSets, ...(isOfLake ? [] : [ofOther])].map((tags) => ({
        family: 'sessions of the roles',
        what: `${from} as ${role} with ${JSON.stringify(tags)}`,
        run: async () => {
          if (!(await policies.admits(from, role, tags))) throw new Error('AccessDenied');
          const isAllowed = await policies.allows(lakeRoleId(role), tags, 's3:GetObject', `${policies.bucket}/${target}`);
          if (!isAllowed) throw new Error('AccessDenied');
          return objects.get(target);
        },
      }));
    }),
  );
}

const lakeUsers: Readonly<Record<LakeRole, string>> = {
  'lake-reader': 'data/PeopleExportRole',
  'lake-writer': 'data/LakeExportFunctionRole',
};
