// What CloudFormation does with each resource between two syntheses of a deployment: added, removed, updated,
// replaced.
import { type Assembly, isObject, type Json, type JsonObject, type Resource } from '../../lib/tom/template/assembly';
import { canonicalResource } from '../../lib/tom/template/canonical';
import { nameOf } from '../../lib/tom/template/names';
import type { Deployed } from './deployed';
import { referencesWithPlaces } from './references';
import { causesReplacement } from './specification';

type Place = readonly (string | number)[];

export interface Change {
  /** Name of the resource, as in `data/DatabaseCluster`. */
  readonly name: string;
  readonly before?: Resource;
  readonly after?: Resource;
  /** `perhaps replaced`: the specification calls the replacement conditional. */
  readonly action: 'added' | 'removed' | 'updated' | 'perhaps replaced' | 'replaced';
  /** Properties whose change causes it, as in `CidrBlock`; `Type` for another type. */
  readonly because: readonly string[];
}

/**
 * The changes between two syntheses. A replaced resource has new references, so what refers to it changes too, and may
 * be replaced in turn. Attributes of resources that are only updated count as unchanged, except the version of a
 * launch template.
 */
export function changesBetween(before: Deployed, after: Deployed): readonly Change[] {
  const old = byKey(before.assembly);
  const present = byKey(after.assembly);
  const changes = new Map<string, Change>();
  for (const [key, resource] of present) {
    const earlier = old.get(key);
    const name = nameOf(resource, after.assembly.facts);
    if (!earlier) changes.set(key, { name, after: resource, action: 'added', because: [] });
    else addChange(changes, key, earlier, resource, differingPlaces(earlier, resource, before.assembly, after.assembly), name);
  }
  for (const [key, resource] of old)
    if (!present.has(key))
      changes.set(key, { name: nameOf(resource, before.assembly.facts), before: resource, action: 'removed', because: [] });
  propagate(changes, old, present, after.assembly);
  return [...changes.values()];
}

export const keyOf = ({ stack, logicalId }: Resource): string => `${stack.name}/${logicalId}`;

const byKey = ({ resources }: Assembly): ReadonlyMap<string, Resource> => new Map(resources.map((resource) => [keyOf(resource), resource]));

/** Records a change at the places, unless a greater one is known. Returns whether the action is new. */
function addChange(
  changes: Map<string, Change>,
  key: string,
  before: Resource,
  after: Resource,
  places: readonly Place[],
  name: string,
): boolean {
  if (places.length === 0) return false;
  const isSameType = before.type === after.type;
  const verdicts = places.map((place) => (isSameType ? replacementBy(after, place) : 'yes'));
  const worst = (['yes', 'maybe'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'no';
  const action = actions[worst];
  const known = changes.get(key);
  if (known && ranks.indexOf(known.action) > ranks.indexOf(action)) return false;
  const causes = places.filter((_, index) => verdicts[index] === worst).map((place) => place.join('.'));
  const because = known?.action === action ? [...new Set([...known.because, ...causes])] : causes;
  changes.set(key, { name, before, after, action, because });
  return known?.action !== action;
}

/** The content of a document becomes a new version of it under `NewVersion`. ("AWS::SSM::Document", UpdateMethod) */
function replacementBy({ type, properties }: Resource, place: Place): ReturnType<typeof causesReplacement> {
  const isVersioned = type === 'AWS::SSM::Document' && properties.UpdateMethod === 'NewVersion' && place[0] === 'Content';
  return isVersioned ? 'no' : causesReplacement(type, place);
}

const actions = { no: 'updated', maybe: 'perhaps replaced', yes: 'replaced' } as const;
const ranks: readonly Change['action'][] = ['updated', 'perhaps replaced', 'replaced'];

/** Adds what refers to a replaced resource, until nothing more follows. */
function propagate(
  changes: Map<string, Change>,
  old: ReadonlyMap<string, Resource>,
  present: ReadonlyMap<string, Resource>,
  assembly: Assembly,
): void {
  const referring = new Map<Resource, { from: Resource; place: Place; attribute: string }[]>();
  for (const from of present.values())
    for (const { target, place, attribute } of referencesWithPlaces(from, assembly))
      referring.set(target, [...(referring.get(target) ?? []), { from, place, attribute }]);
  const waiting = [...changes.values()];
  for (let change = waiting.pop(); change; change = waiting.pop()) {
    const { after, action } = change;
    if (!after || action === 'added') continue;
    for (const { from, place, attribute } of referring.get(after) ?? []) {
      const earlier = old.get(keyOf(from));
      const isNew = action === 'replaced' || action === 'perhaps replaced' || /VersionNumber$/.test(attribute);
      if (!earlier || !isNew) continue;
      const key = keyOf(from);
      // What follows from a replacement that is not certain is not certain either.
      if (action === 'perhaps replaced' && causesReplacement(from.type, place) !== 'no') continue;
      if (addChange(changes, key, earlier, from, [place], nameOf(from, assembly.facts))) {
        const added = changes.get(key);
        if (added) waiting.push(added);
      }
    }
  }
}

/** Places below the properties at which the canonical values differ. */
function differingPlaces(before: Resource, after: Resource, old: Assembly, present: Assembly): readonly Place[] {
  if (before.type !== after.type) return [['Type']];
  const [first, second] = [canonicalResource(before, old).Properties ?? {}, canonicalResource(after, present).Properties ?? {}];
  return placesOf(first, second, []);
}

function placesOf(before: Json | undefined, after: Json | undefined, place: Place): readonly Place[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => placesOf((before as JsonObject)[key], (after as JsonObject)[key], [...place, key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((element: Json, index) => placesOf(element, (after as readonly Json[])[index], [...place, index]));
  return [place];
}
