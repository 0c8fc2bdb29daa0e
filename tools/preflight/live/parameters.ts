// Parameters of the database: the family of the engine has each, and admits its value.
import { type Parameter, paginateDescribeEngineDefaultClusterParameters } from '@aws-sdk/client-rds';
import type { Deployment } from '../deployment';
import type { Check, Line } from '../line';
import { ofType } from '../templates';

/** Every parameter of the cluster parameter groups exists in its family, may be changed, and admits its value. */
export function parameterCheck({ account: { rds, region }, resources }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const groups = ofType(resources, 'AWS::RDS::DBClusterParameterGroup');
    const lines: Line[] = [];
    for (const { properties } of groups) {
      const family = String(properties.Family);
      const known = new Map<string, Parameter>();
      for await (const page of paginateDescribeEngineDefaultClusterParameters({ client: rds }, { DBParameterGroupFamily: family })) {
        for (const parameter of page.EngineDefaults?.Parameters ?? []) known.set(parameter.ParameterName ?? '', parameter);
      }
      const command = `aws rds describe-engine-default-cluster-parameters --db-parameter-group-family ${family} --region ${region}`;
      for (const [name, value] of Object.entries((properties.Parameters ?? {}) as Record<string, string>)) {
        lines.push({ check: `parameter ${name} of ${family}`, ...compareParameter(known.get(name), String(value)), command });
      }
    }
    return lines;
  };
  return { name: 'database parameters', run };
}

/** A parameter of the family beside the value that the templates set. */
export function compareParameter(parameter: Parameter | undefined, value: string): Pick<Line, 'verdict' | 'found' | 'wanted'> {
  if (parameter === undefined) return { verdict: 'change', found: 'no such parameter', wanted: value };
  if (parameter.IsModifiable === false) return { verdict: 'change', found: 'not modifiable', wanted: value };
  const allowed = parameter.AllowedValues;
  const verdict = allowed === undefined || admits(allowed, value) ? 'ready' : 'change';
  return { verdict, found: allowed === undefined ? 'any value' : `allows ${allowed}`, wanted: value };
}

/** Allowed values are a list, or ranges as in `1-8388607`; a parameter that takes a list takes any of its members. */
function admits(allowed: string, value: string): boolean {
  const choices = allowed.split(',').map((choice) => choice.trim());
  return value.split(',').every((part) => choices.some((choice) => choice === part.trim() || isInRange(choice, part)));
}

function isInRange(choice: string, value: string): boolean {
  const [, from, to] = /^(-?\d+)-(-?\d+)$/.exec(choice) ?? [];
  return from !== undefined && /^-?\d+$/.test(value) && Number(value) >= Number(from) && Number(value) <= Number(to);
}
