// TOM-3.10: no template and no environment variable contains a secret, in any property, output, tag or text.

import { type Finding, guard, type Rule, set } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, type StackTemplate, valueAt } from '../../template/assembly';
import { canonical, canonicalResource } from '../../template/canonical';
import { nameOf } from '../../template/names';
import { isDynamicReference, isSecretName, isWholeReference, secretIn } from '../../template/secret-texts';
import { isListedReference } from '../../world/secrets';

/** Keys under which a list of pairs has its names, and its values. */
const nameKeys = ['Key', 'Name', 'ParameterName', 'Field', 'key', 'name'];
const valueKeys = ['Value', 'ParameterValue', 'value', 'StringValue', 'Values'];

/**
 * Places of SHA-256 digests: keys of assets and the policies for them, checksums, and the checks of what servers
 * fetch.
 */
const digestPath = /(?:S3Key|aws:asset:path|UserData\.Fn::Base64|Checksum|Digest|Resource(?:\.\d+)?)$/;

export const noSecrets: Rule = {
  name: 'no-secrets',
  requires: 'no template or environment variable contains a password, key or token; secrets are generated in and read from Secrets Manager',
  types: ['*'],
  check: (resource, assembly) => {
    const { Type: _, ...sections } = canonicalResource(resource, assembly);
    const name = nameOf(resource, assembly.facts);
    return Object.entries(sections).flatMap(([section, value]) => findingsIn(value, section, name));
  },
  checkStack: (stack, assembly) => [...parameterFindings(stack), ...sectionFindings(stack, assembly)],
  guards: [
    guard('Stack', 'template.Parameters.MutantPassword', set({ Type: 'String', Default: 'hunter2' }), set({ Type: 'String' })),
    guard('Stack', 'template.Outputs.Mutant', set({ Value: '-----BEGIN PRIVATE KEY-----' }), set({ Value: 'mQ3vX9zR7pL2kT8wY5nB4cJ6' })),
    guard('Stack', 'template.Metadata', set({ apiKey: 'hunter2' })),
    guard('*', 'Metadata.Mutant', set({ token: 'hunter2' }), set('curl -H "Authorization: Bearer hunter2"')),
    guard(
      '*',
      'Properties.Mutant',
      set({ MasterUserPassword: 'hunter2' }),
      set({ SecretString: { 'Fn::Join': ['', ['hunter', '2']] } }),
      set({ Url: 'https://operator:hunter2@example.org' }),
      set({ Environment: { Variables: { TOKEN_SECRET: '{{resolve:secretsmanager:token}}' } } }),
      set({ UserData: 'key=AKIAIOSFODNN7EXAMPLE' }),
      set({ Content: { env: { DB_PASS: 'hunter2' } } }),
      set({ Content: { env: { TOKEN: 'hunter2' } } }),
      set({ Environment: { Variables: { PGPASS: 'hunter2' } } }),
      set({ Environment: { Variables: { JWT_SIGNING_KEY: 'hunter2' } } }),
      set({ Tags: [{ Key: 'deploy-token', Value: 'hunter2' }] }),
      set({ Note: 'mQ3vX9zR7pL2kT8wY5nB4cJ6' }),
      set({ Note: 'token a94a8fe5ccb19ba61c4c0873d391e987' }),
      set({ Script: 'export DB_PASSWORD=hunter2' }),
      set({ Script: { 'Fn::Base64': { 'Fn::Join': ['', ['#!/bin/sh\npsql --pass', 'word hunter2']] } } }),
      set({ Any: { 'Fn::Join': ['', ['{{resolve', ':ssm-secure:/other/key}}']] } }),
      set({ Any: '{{resolve:ssm:/other/policy}}' }),
    ),
  ],
  reads: [
    'Properties',
    'Metadata',
    'DependsOn',
    'Condition',
    'CreationPolicy',
    'UpdatePolicy',
    'DeletionPolicy',
    'UpdateReplacePolicy',
  ].map((path) => ({ type: '*', path })),
};

/** A parameter is hidden and has no default, if its name is that of a secret. */
function parameterFindings({ template: { Parameters } }: StackTemplate): readonly Finding[] {
  return Object.entries(Parameters ?? {}).flatMap(([name, parameter]) => {
    if (!isSecretName(name) || !isObject(parameter)) return [];
    const isHidden = parameter.NoEcho === true && parameter.Default === undefined;
    return isHidden ? [] : [secretFinding(name, `Parameters.${name}`, 'NoEcho: true and no default')];
  });
}

/** The sections of a template besides its resources: outputs, mappings, metadata and the rest. */
function sectionFindings(stack: StackTemplate, assembly: Assembly): readonly Finding[] {
  const { Resources: _, Parameters, Outputs, ...others } = stack.template as unknown as JsonObject;
  const { name } = stack;
  return [
    ...findingsIn(canonical(others, stack, assembly), 'template', name),
    ...Object.entries(isObject(Outputs) ? Outputs : {}).flatMap(([id, output]) =>
      findingsIn(canonical(output, stack, assembly), `template.Outputs.${id}`, name).filter(
        // The CDK makes the name of an export from the logical id.
        ({ path }) => !(path.endsWith('.Export.Name') && valueAt(output, 'Export.Name') === `${name}:${id}`),
      ),
    ),
    // Names of parameters are judged above; here their values.
    ...Object.entries(isObject(Parameters) ? Parameters : {}).flatMap(([id, parameter]) =>
      findingsIn(canonical(parameter, stack, assembly), `template.Parameters.${id}`, name),
    ),
  ];
}

/** Findings in a canonical value: `name` is that of the resource or stack. */
function findingsIn(value: Json | undefined, path: string, name: string): readonly Finding[] {
  if (typeof value === 'string') return textFindings(value, path, name);
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((element, index) => findingsIn(element, `${path}.${index}`, name));
  if (!isObject(value)) return [];
  const pair = secretPair(value);
  return [
    ...(pair === undefined ? [] : [secretFinding(pair, path, 'the name of the secret, not its value')]),
    ...Object.entries(value).flatMap(([key, member]) =>
      isSecretName(key) && isPlain(member) && !isListed(member, `${path}.${key}`, name)
        ? [secretFinding(key, `${path}.${key}`, 'a reference to the secret of the deployment, not its value')]
        : findingsIn(member, `${path}.${key}`, name),
    ),
  ];
}

function textFindings(text: string, path: string, name: string): readonly Finding[] {
  if (isDynamicReference(text)) {
    return isListedReference(name, path, text)
      ? []
      : [secretFinding(path, path, 'no dynamic reference; lib/tom/world/secrets.ts lists them')];
  }
  const secret = secretIn(text, digestPath.test(path));
  return secret === undefined ? [] : [secretFinding(path, path, `no text with ${secret}`)];
}

/** The name of a pair such as `{ Key: 'ApiToken', Value: 'x' }` whose value is plain. */
function secretPair(value: JsonObject): string | undefined {
  const names = nameKeys.map((key) => value[key]).filter((name) => typeof name === 'string');
  const secret = names.find(isSecretName);
  return secret !== undefined && valueKeys.some((key) => isPlain(value[key]) || isPlainList(value[key])) ? secret : undefined;
}

const isPlainList = (value: Json | undefined): boolean => Array.isArray(value) && (value as readonly Json[]).some(isPlain);

/** Whether a value is not a reference to a resource of the assembly; an intrinsic that is decided outside is plain. */
const isPlain = (value: Json | undefined): boolean => typeof value === 'number' || (typeof value === 'string' && !isWholeReference(value));

const isListed = (value: Json | undefined, path: string, name: string): boolean =>
  typeof value === 'string' && isListedReference(name, path, value);

function secretFinding(id: string, path: string, required: string): Finding {
  const fix = 'Generate the secret in Secrets Manager, pass its name, and read the secret at run time.';
  return { id: `secret::${id}`, path, found: '(not shown)', required, fix };
}
