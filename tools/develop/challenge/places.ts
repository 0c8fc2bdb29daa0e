// Places of a change: the resources and stacks that differ, with the paths of the properties that do.
import { isDeepStrictEqual } from 'node:util';
import { type Assembly, isObject, type Json, valueAt } from '../../../lib/tom/template/assembly';
import type { Read } from '../mutate/reads';

/** Paths of the changed properties by place, `<stack>/<logical id>`, or `<stack>/` for the template itself. */
export type ChangedPaths = ReadonlyMap<string, readonly string[]>;

/**
 * The resources and stacks that differ. A removed resource is a change of the `Resources` of its stack, an added one a
 * change of the whole resource. Of an added stack each resource is added.
 */
export function changedPaths(before: Assembly, after: Assembly): ChangedPaths {
  const paths = new Map<string, readonly string[]>();
  for (const stack of after.stacks) {
    const old = before.stacks.find(({ name }) => name === stack.name)?.template ?? {};
    if (old === stack.template) continue;
    const { Resources: resources = {}, ...sections } = stack.template;
    const { Resources: oldResources = {}, ...oldSections } = old;
    const ids = [...new Set([...Object.keys(resources), ...Object.keys(oldResources)])];
    for (const id of ids) {
      const found = differences(oldResources[id] as Json | undefined, resources[id] as Json | undefined, '');
      if (found.length > 0) paths.set(`${stack.name}/${id}`, found);
    }
    const removed = ids.some((id) => resources[id] === undefined) ? ['Resources'] : [];
    const changed = [...removed, ...differences(oldSections as unknown as Json, sections as unknown as Json, '')];
    if (changed.length > 0) paths.set(`${stack.name}/`, changed);
  }
  return paths;
}

/**
 * Paths at which two values differ. A list of another length differs as a whole: its indexes name other elements; and
 * so does a value that an intrinsic function computes, which rules read as one text.
 */
function differences(before: Json | undefined, after: Json | undefined, path: string): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const isPair = isObject(before) && isObject(after);
  const areLists = Array.isArray(before) && Array.isArray(after) && before.length === after.length;
  if ((!isPair && !areLists) || isComputed(before) || isComputed(after)) return [path];
  const [old, present] = [before, after] as unknown as readonly [Record<string, Json>, Record<string, Json>];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(present)])];
  return keys.flatMap((key) => differences(old[key], present[key], path === '' ? key : `${path}.${key}`));
}

/** Whether an intrinsic function computes the value. Rules read below `Fn::Base64`. */
function isComputed(value: Json | undefined): boolean {
  const [key = '', ...others] = isObject(value) ? Object.keys(value) : [];
  return others.length === 0 && (key === 'Ref' || (key.startsWith('Fn::') && key !== 'Fn::Base64'));
}

/** Whether a finding is about a changed property, a part of it, or an object or list that holds it. */
export function isAtChange({ place, path }: { readonly place: string; readonly path: string }, paths: ChangedPaths): boolean {
  const found = path.replace(/^template\.?/, '');
  return (paths.get(place) ?? []).some((changed) => isWithin(found, changed) || isWithin(changed, found));
}

const isWithin = (path: string, other: string): boolean => other === '' || path === other || path.startsWith(`${other}.`);

/**
 * Types and paths of the changed properties. A property that comes or goes changes the object or list that has it.
 * `undefined` if resources or sections of a template come, go or change: any rule can see that.
 */
export function changedReads(before: Assembly, after: Assembly, paths: ChangedPaths): readonly Read[] | undefined {
  const reads: Read[] = [];
  for (const [place, changed] of paths) {
    const [stack = '', id = ''] = place.split('/');
    const [old, present] = [before.resource(stack, id), after.resource(stack, id)];
    if (!old || !present || old.type !== present.type) return undefined;
    for (const path of changed) {
      const isInBoth = [old, present].every(({ json }) => valueAt(json as unknown as Json, path) !== undefined);
      reads.push({ type: old.type, path: isInBoth ? path : path.split('.').slice(0, -1).join('.') });
    }
  }
  return reads.length === 0 ? undefined : reads;
}
