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

/** The name identifies the action in AWS. */
const scheduledOnce: CollectionCheck = ({ collection }) => {
  const seen = new Map<string, Path>();
  return (collection?.scheduled ?? []).flatMap((action, index) => {
    if (action?.name === undefined) return [];
    const path = ['collection', 'scheduled', index];
    const first = seen.get(action.name);
    if (!first) seen.set(action.name, path);
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

export const collectionChecks: readonly CollectionCheck[] = [serverBounds, scheduledWithinBounds, scheduledOnce, poolWithinBounds];
