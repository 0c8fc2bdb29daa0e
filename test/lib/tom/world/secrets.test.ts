import {
  type DynamicReference,
  dynamicReferences,
  isListedReference,
  isProbed,
  type OutsideSecret,
  outsideSecret,
  outsideSecretProblems,
  outsideSecrets,
} from '../../../../lib/tom/world/secrets';
import { assemblyOf, resource } from '../rules/example';

const tunnel: OutsideSecret = {
  name: 'access/TunnelKey',
  kind: 'tunnel key',
  reason: 'The network of the infrastructure manager holds the other half.',
  longestAgeDays: 365,
  probe: 'first-datapoint',
};

test('each listed secret has a reason, an age limit and a probe, and is listed once', () => {
  expect(outsideSecrets.flatMap(outsideSecretProblems)).toEqual([]);
  expect(new Set(outsideSecrets.map(({ name }) => name)).size).toBe(outsideSecrets.length);
});

test('a complete entry is accepted', () => {
  expect(outsideSecretProblems(tunnel)).toEqual([]);
  expect(outsideSecret('access/TunnelKey', [tunnel])).toBe(tunnel);
  expect(outsideSecret('access/Other', [tunnel])).toBeUndefined();
});

test.each<[string, Partial<OutsideSecret>]>([
  ['any name', { name: '*' }],
  ['no reason', { reason: ' ' }],
  ['no age limit', { longestAgeDays: Number.POSITIVE_INFINITY }],
  ['an age above a year', { longestAgeDays: 366 }],
  ['an age of zero', { longestAgeDays: 0 }],
  ['no probe', { probe: 'nobody' as never }],
])('an entry with %s is refused', (_, change) => {
  const entry = { ...tunnel, ...change };
  expect(outsideSecretProblems(entry)).toHaveLength(1);
  expect(outsideSecret(entry.name, [entry])).toBeUndefined();
});

test('the probe of an entry is a function of the deployment', () => {
  const probe = (FunctionName: string) => assemblyOf({ Probe: resource('AWS::Lambda::Function', { FunctionName }) });
  expect(isProbed(tunnel, probe('production-first-datapoint'))).toBe(true);
  expect(isProbed(tunnel, probe('production-upkeep'))).toBe(false);
});

test('a dynamic reference is accepted at its place alone, and never in a variable or in user data', () => {
  const listed: DynamicReference = {
    resource: 'access/Tunnel',
    path: 'Properties.PreSharedKey',
    text: '{{resolve:secretsmanager:tunnel}}',
    reason: 'x',
  };
  expect(dynamicReferences).toEqual([]);
  expect(isListedReference('access/Tunnel', listed.path, listed.text, [listed])).toBe(true);
  expect(isListedReference('access/Other', listed.path, listed.text, [listed])).toBe(false);
  expect(isListedReference('access/Tunnel', listed.path, '{{resolve:secretsmanager:other}}', [listed])).toBe(false);
  const variable = { ...listed, path: 'Properties.Environment.Variables.KEY' };
  expect(isListedReference('access/Tunnel', variable.path, variable.text, [variable])).toBe(false);
});
