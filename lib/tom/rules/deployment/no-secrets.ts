// TOM-3.10: no secret stands in a template or in an environment variable.

import { type Finding, guard, type Rule, set } from '../../rule';
import { type Assembly, isObject, type Json, type Resource } from '../../template/assembly';
import { renderText } from '../../template/texts';

/** Names of properties that hold a secret, and names that only look like it: ids, settings, references. */
const secretName =
  /(?:password|passwd|passphrase|passcode|secret|private_?key|api_?key|access_?key|signing_?key|auth_?token|credential)s?$|^secret_?string$|(?:^|[_.-])(?:pg|db)?(?:pass|pwd|token|jwt)s?$/i;
const settingName = /^(?:generate|exclude|require|minimum|temporary|hasNo|enable)|policy|rotation|manage/i;

/** Texts that are a secret wherever they stand. */
const secretText = /-----BEGIN [A-Z ]*PRIVATE KEY|(?<![A-Z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])|:\/\/[^/\s:@${}]+:[^/\s:@${}]+@/;

const dynamicReference = /^\{\{resolve:(?:secretsmanager|ssm-secure):[^}]+\}\}$/;
const environments = ['Environment', 'EnvironmentVariables'];

export const noSecrets: Rule = {
  name: 'no-secrets',
  requires: 'no template and no environment variable holds a password, key or token; they are generated in and read from the secrets store',
  types: ['*'],
  check(resource, assembly) {
    const findings: Finding[] = [];
    visit(resource.properties, 'Properties', false, findings);
    return findings.filter(({ path }) => !isImportedName(path, resource, assembly));
  },
  checkStack(stack) {
    const findings: Finding[] = [];
    const { Parameters, Outputs, Mappings } = stack.template;
    for (const [name, parameter] of Object.entries(Parameters ?? {})) {
      if (!isSecretName(name) || !isObject(parameter)) continue;
      const hidden = parameter.NoEcho === true && parameter.Default === undefined;
      if (!hidden) findings.push(secretFinding(name, `Parameters.${name}`, '(not shown)', 'NoEcho and no default'));
    }
    visit({ Parameters, Outputs, Mappings } as unknown as Json, 'template', false, findings);
    return findings;
  },
  guards: [
    guard('Stack', 'template.Parameters.MutantPassword', set({ Type: 'String', Default: 'hunter2' }), set({ Type: 'String' })),
    guard('Stack', 'template.Outputs.Mutant', set({ Value: '-----BEGIN PRIVATE KEY-----' })),
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
    ),
  ],
  reads: [{ type: '*', path: 'Properties' }],
};

function isSecretName(name: string): boolean {
  return secretName.test(name) && !settingName.test(name);
}

function visit(value: Json | undefined, path: string, inEnvironment: boolean, findings: Finding[]): void {
  const text = renderText(value);
  if (text !== undefined && secretText.test(text)) {
    findings.push(secretFinding(path, path, '(not shown)', 'no private key, access key or address with a password'));
  } else if (Array.isArray(value)) {
    value.forEach((element: Json, index) => {
      visit(element, `${path}.${index}`, inEnvironment, findings);
    });
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const below = inEnvironment || environments.includes(key);
      if (isSecretName(key) && isWritten(member, below)) {
        findings.push(
          secretFinding(
            key,
            `${path}.${key}`,
            '(not shown)',
            below ? 'the name of the secret, not its value' : 'a reference to the secrets store',
          ),
        );
      } else {
        visit(member, `${path}.${key}`, below, findings);
      }
    }
  }
}

/** Whether what stands at a path is the name of a secret that another stack holds. */
function isImportedName(path: string, resource: Resource, assembly: Assembly): boolean {
  const value = resource.at(path.replace(/^Properties\./, ''));
  return isObject(value) && 'Fn::ImportValue' in value && assembly.target(value, resource.stack)?.type === 'AWS::SecretsManager::Secret';
}

/** Whether a value is written out. In an environment a resolved secret is one too: whoever may read the function reads it. */
function isWritten(value: Json | undefined, inEnvironment: boolean): boolean {
  const text = renderText(value);
  if (text === undefined) return false;
  if (isObject(value) && ('Ref' in value || 'Fn::GetAtt' in value)) return false;
  return inEnvironment || !dynamicReference.test(text);
}

function secretFinding(id: string, path: string, found: string, required: string): Finding {
  const fix = 'Generate the secret in the secrets store and hand on its name; read it where it is used.';
  return { id: `secret::${id}`, path, found, required, fix };
}
