// Rules between the settings of the collector fleet, one per function.
import { type Objection, type Path, show, showPath } from '../file/problem';
import type { ValidParts } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

type CollectionCheck = (settings: ValidParts<Settings>) => readonly Objection[];

const objectionTo = (path: Path, expected: string, got: string | number, todo: string): Objection => ({
  path,
  expected,
  got: show(got),
  todo,
});

const serverBounds: CollectionCheck = ({ collection }) => {
  const { minimum, maximum } = collection?.servers ?? {};
  if (minimum === undefined || maximum === undefined || minimum <= maximum) return [];
  return [objectionTo(['collection', 'servers', 'minimum'], `at most maximum, ${maximum}`, minimum, 'lower it, or raise maximum')];
};

/** EC2 Auto Scaling would silently limit an action beyond the bounds. (TOM-6.9) */
const scheduledWithinBounds: CollectionCheck = ({ collection }) => {
  const maximum = collection?.servers?.maximum;
  if (maximum === undefined) return [];
  return (collection?.scheduled ?? []).flatMap((action, index) => {
    if (action?.minimum === undefined || action.minimum <= maximum) return [];
    const path = ['collection', 'scheduled', index, 'minimum'];
    return [objectionTo(path, `at most servers.maximum, ${maximum}`, action.minimum, 'lower it, or raise servers.maximum')];
  });
};

/** The name identifies the action in AWS. CloudFormation omits the hyphens in it. */
const scheduledOnce: CollectionCheck = ({ collection }) => {
  const seen = new Map<string, Path>();
  return (collection?.scheduled ?? []).flatMap((action, index) => {
    if (action?.name === undefined) return [];
    const path = ['collection', 'scheduled', index];
    const id = action.name.replaceAll('-', '');
    const first = seen.get(id);
    if (!first) seen.set(id, path);
    return first
      ? [objectionTo([...path, 'name'], `a name other than that of ${showPath(first)}`, action.name, 'give each action its own name')]
      : [];
  });
};

/** Servers in the pool count towards the maximum, so a larger pool could never be started. */
const poolWithinBounds: CollectionCheck = ({ collection }) => {
  const { minimum, maximum } = collection?.servers ?? {};
  const pool = collection?.warmPool;
  if (minimum === undefined || maximum === undefined || pool === undefined || minimum + pool <= Math.max(minimum, maximum)) return [];
  const room = Math.max(0, maximum - minimum);
  return [
    objectionTo(
      ['collection', 'warmPool'],
      `at most ${room}, the difference between servers.maximum and servers.minimum`,
      pool,
      'lower it, or raise servers.maximum',
    ),
  ];
};

/**
 * Each server counts the same for the policies, which look at requests per server: what has twice the processors must
 * not be among them.
 */
const typesOfOneSize: CollectionCheck = ({ collection }) => {
  const types = collection?.instanceTypes ?? [];
  const [first] = types;
  if (first === undefined) return [];
  return types.flatMap((type, index) => {
    const path = ['collection', 'instanceTypes', index];
    if (type === undefined || index === 0) return [];
    if (types.indexOf(type) < index) return [objectionTo(path, 'each type once', type, 'remove it')];
    return sizeOf(type) === sizeOf(first)
      ? []
      : [objectionTo(path, `a type of the size of the first, ${sizeOf(first)}`, type, 'choose one of that size')];
  });
};

const sizeOf = (type: string): string => type.slice(type.indexOf('.') + 1);

/** With one type, a zone that has run out of it takes no servers. (TOM-6.1) */
const typesInProduction: CollectionCheck = ({ environment, collection }) => {
  const types = collection?.instanceTypes;
  if (environment !== 'production' || types?.length !== 1) return [];
  const todo = 'add another of the same size, or remove the list';
  return [objectionTo(['collection', 'instanceTypes'], 'at least 2 types in production', String(types[0]), todo)];
};

export const collectionChecks: readonly CollectionCheck[] = [
  typesOfOneSize,
  typesInProduction,
  serverBounds,
  scheduledWithinBounds,
  scheduledOnce,
  poolWithinBounds,
];
