// Required parameters of a database cluster, and the mutations of its parameter group.

import { type Break, type Finding, finding, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, type Resource } from '../../template/assembly';
import { allowedValues, familyParameters } from '../../template/database-parameters';
import { parameterGroupOf } from '../../template/databases';

/** Each parameter with the pattern of its allowed values, an allowed value and refused values. */
export type WantedParameters = Readonly<Record<string, readonly [allowed: RegExp, good: string, bad: string, ...more: string[]]>>;

/** Findings for missing or refused values. Parameter names contain dots, so that they cannot be paths. */
export function parameterFindings(cluster: Resource, wanted: WantedParameters, assembly: Assembly): readonly Finding[] {
  const parameters = parametersOf(cluster, assembly);
  return Object.entries(wanted).flatMap(([name, [allowed, good]]) => {
    const found: Json | undefined = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (typeof found === 'string' && allowed.test(found)) return [];
    const fix = 'Use the parameters of lib/database/parameters.ts for the cluster.';
    return [{ ...finding(cluster, name, 'Properties.DBClusterParameterGroupName', `${name}, for example ${good}`, fix), found }];
  });
}

/** For each parameter, one set without it and one set with a refused value; all other parameters are allowed. */
export function parameterBreaks(wanted: WantedParameters): Break[] {
  const good: JsonObject = Object.fromEntries(Object.entries(wanted).map(([name, [, value]]) => [name, value]));
  const broken = Object.entries(wanted).flatMap(([name, [, , ...bad]]) => {
    const { [name]: _, ...others } = good;
    return [replace(others), ...bad.map((value) => replace({ ...others, [name]: value }))];
  });
  return [remove, ...broken];
}

/** Parameters that RDS would reject: unknown to the family, or with a value that Aurora does not accept. */
export function refusedParameters(cluster: Resource, assembly: Assembly): readonly Finding[] {
  return Object.entries(parametersOf(cluster, assembly)).flatMap(([name, value]) => {
    const values = allowedValues[name];
    if (familyParameters.has(name) && (values === undefined || (typeof value === 'string' && values.test(value)))) return [];
    const required = familyParameters.has(name) ? `${name}: a value that Aurora accepts` : `a parameter of Aurora PostgreSQL, not ${name}`;
    const fix = 'See lib/tom/template/database-parameters.ts; Aurora would reject the deployment.';
    return [{ ...finding(cluster, `refused::${name}`, 'Properties.DBClusterParameterGroupName', required, fix), found: value }];
  });
}

/** Sets that are as wanted, with one parameter too many. */
export function refusedBreaks(wanted: WantedParameters, ...added: readonly (readonly [name: string, value: string])[]): Break[] {
  const good: JsonObject = Object.fromEntries(Object.entries(wanted).map(([name, [, value]]) => [name, value]));
  return added.map(([name, value]) => replace({ ...good, [name]: value }));
}

function parametersOf(cluster: Resource, assembly: Assembly): JsonObject {
  const parameters = parameterGroupOf(cluster, assembly)?.at('Parameters');
  return isObject(parameters) ? parameters : {};
}
