// TOM-3.3, TOM-3.6: a function gives the session document of the account the inputs of the deployment, and watches it.
import { sessionDocumentType } from '../../../config/custom-resource-types';
import { type Finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, type Json, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { controlFunctionOf, isControl } from '../../template/functions';
import { scheduleType, ssmDocumentType, trailType } from '../../template/resource-types';
import { inputsOf, shellDocumentOf } from '../../template/session-documents';
import { type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 6 * 3600;

const runs: RequiredRuns = {
  control: 'session-document',
  variables: [
    {
      ...{ name: 'INPUTS', required: 'the inputs of the session document of the deployment', wrong: ['{}', 'none'] },
      holds: (value, lambda, assembly) => areInputs(value, lambda, assembly),
    },
    {
      ...{ name: 'BOUNDARY', required: 'the boundary of the deployment', wrong: ['arn:aws:iam::999999999999:policy/theirs'] },
      holds: (value, _, { facts }) => JSON.stringify(value ?? '').includes(`:policy/${facts.deployment}-boundary-${facts.region}`),
    },
  ],
  trigger: scheduleType,
  interval: 3600,
  gap: longestGap,
};

const fix = 'Create SessionDocument in the access stack.';

export const sessionDocument: Rule = {
  name: 'session-document',
  requires: 'a function sets the session document of the account, reads it back every hour, and has alarms',
  types: [trailType],
  check(_, assembly) {
    return [...runFindings(runs, assembly, fix), ...settingFindings(assembly)];
  },
  guards: [
    ...runGuards(runs),
    ...['', 'Properties.ServiceToken', 'Properties.Inputs'].map((path) =>
      guardWhere(sessionDocumentType, isOfControl, path, remove, ...(path === '' ? [] : [replace('{}')])),
    ),
  ],
  reads: [...runReads(scheduleType), { type: sessionDocumentType, path: 'Properties' }, { type: ssmDocumentType, path: 'Properties' }],
};

/** Whether a text is JSON of the inputs by which people start shells. */
function areInputs(value: Json | undefined, { stack }: Resource, assembly: Assembly): boolean {
  const document = shellDocumentOf(assembly);
  const text = canonical(value ?? null, stack, assembly);
  return document !== undefined && typeof text === 'string' && text === JSON.stringify(inputsOf(document, assembly));
}

function isOfControl(custom: Resource, assembly: Assembly): boolean {
  const lambda = assembly.target(custom.at('ServiceToken'), custom.stack);
  return lambda !== undefined && isControl(lambda, runs.control, assembly);
}

/** The custom resource sets the document at deployment, and again when an input changes. */
function settingFindings(assembly: Assembly): readonly Finding[] {
  const lambda = controlFunctionOf(runs.control, assembly);
  const variable = JSON.stringify(valueAt(lambda?.properties ?? null, 'Environment.Variables.INPUTS'));
  const isSet = assembly
    .ofType(sessionDocumentType)
    .some(
      (custom) => isOfControl(custom, assembly) && custom.at('Inputs') !== undefined && JSON.stringify(custom.at('Inputs')) === variable,
    );
  if (isSet) return [];
  const required = `a ${sessionDocumentType} with the inputs of the function`;
  return [{ id: 'set', path: sessionDocumentType, found: undefined, required, fix }];
}
