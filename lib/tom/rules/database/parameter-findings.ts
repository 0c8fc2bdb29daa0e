// Parameters of a database cluster: what must stand in its parameter group, and how the mutation run breaks that.

import { type Break, type Finding, finding, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, type Resource } from '../../template/assembly';
import { parameterGroupOf } from '../../template/databases';

/** Each parameter with what it must match; the first text is one that does, the second one that does not. */
export type WantedParameters = Readonly<Record<string, readonly [allowed: RegExp, good: string, bad: string]>>;

/** What a cluster lacks of what is wanted. Names of parameters have dots, so they are no paths. */
export function parameterFindings(cluster: Resource, wanted: WantedParameters, assembly: Assembly): readonly Finding[] {
  const parameters = parametersOf(cluster, assembly);
  return Object.entries(wanted).flatMap(([name, [allowed, good]]) => {
    const found: Json | undefined = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (typeof found === 'string' && allowed.test(found)) return [];
    const fix = 'Give the cluster the parameters of lib/database/parameters.ts.';
    return [{ ...finding(cluster, name, 'Properties.DBClusterParameterGroupName', `${name} as in ${good}`, fix), found }];
  });
}

/** For each parameter: one set in which it is missing and one in which it is wrong, all others as they must be. */
export function parameterBreaks(wanted: WantedParameters): Break[] {
  const good: JsonObject = Object.fromEntries(Object.entries(wanted).map(([name, [, value]]) => [name, value]));
  const broken = Object.entries(wanted).flatMap(([name, [, , bad]]) => {
    const { [name]: _, ...others } = good;
    return [replace(others), replace({ ...others, [name]: bad })];
  });
  return [remove, ...broken];
}

function parametersOf(cluster: Resource, assembly: Assembly): JsonObject {
  const parameters = parameterGroupOf(cluster, assembly)?.at('Parameters');
  return isObject(parameters) ? parameters : {};
}
