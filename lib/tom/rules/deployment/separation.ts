// TOM-7.3: no peering, shared resource, foreign principal or name of another deployment; every stack bears its deployment's name.

import { type Finding, finding, guard, type Rule, replace, set } from '../../rule';
import { type Assembly, isObject, listOf, type Resource, type StackTemplate } from '../../template/assembly';
import { admittedBy, federationIsBound, type Grant, grantsOf, type Principal } from '../../template/principals';
import { renderText, textsOfObject } from '../../template/texts';
import { outsiders } from './separation-bypasses';

/** What joins networks or hands resources to other accounts: every type of these families. */
const joining =
  /^AWS::(?:EC2::(?:TransitGateway|VPCPeeringConnection|VPCEndpointService|LocalGateway)|NetworkManager::|RAM::|VpcLattice::)/;

export const separation: Rule = {
  name: 'separation',
  requires:
    'nothing joins this deployment to another: no peering, no share, no principal of a foreign account, no name of another deployment',
  types: ['*'],
  check(resource, assembly) {
    const joins = joining.test(resource.type)
      ? [finding(resource, 'joining', '', 'nothing that joins deployments', 'Remove it; deployments share nothing.')]
      : [];
    return [...joins, ...foreignNames(resource.properties, 'Properties', assembly), ...foreignPrincipals(resource, assembly)];
  },
  checkStack(stack, assembly) {
    const { deployment } = assembly.facts;
    const outputs = foreignNames({ Outputs: stack.template.Outputs } as object, 'template', assembly);
    if (stack.name.startsWith(`${deployment}-`)) return outputs;
    const fix = 'Name the stack with stackName(site, ...).';
    return [{ id: 'name', path: 'name', found: stack.name, required: `a name that begins with ${deployment}-`, fix }, ...outputs];
  },
  guards: [
    guard('Stack', 'name', replace('network')),
    guard(
      '*',
      'Properties.Mutant',
      set({ Bucket: 'arn:aws:s3:::staging-archive' }),
      set({ Log: '/rempart/development/flows' }),
      set({ Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } }),
      set({ Statement: [{ Effect: 'Allow', Principal: { AWS: '999999999999' }, Action: 's3:GetObject' }] }),
      set({ Statement: [{ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam::999999999999:root'] }, Action: 's3:GetObject' }] }),
    ),
    guard('AWS::IAM::Role', 'Properties.AssumeRolePolicyDocument', replace('{{resolve:ssm:/trust}}')),
  ],
  bypasses: outsiders,
  reads: [{ type: '*', path: 'Properties' }],
};

/** Names of other deployments where they name something: whole, or as the start or end of a name or path. */
function foreignNames(from: object, path: string, { facts }: Assembly): readonly Finding[] {
  if (facts.otherDeployments.length === 0) return [];
  // The longest first, so that `production-eu-network` is read as of `production-eu` and not of `production`.
  const names = [facts.deployment, ...facts.otherDeployments].toSorted((a, b) => b.length - a.length).map(escapePattern);
  const pattern = new RegExp(`(?<![A-Za-z0-9_-])(${names.join('|')})(?![A-Za-z0-9_])`, 'g');
  const findings = new Map<string, Finding>();
  for (const { path: at, text } of textsOfObject(from)) {
    // What this deployment is for may be what another is called.
    if (text === facts.environment) continue;
    const named = namingPart(at, text);
    for (const match of named.matchAll(pattern)) {
      const name = match[1] as string;
      if (name === facts.deployment || findings.has(name) || !isPartOfName(named, match.index, name)) continue;
      const fix = 'Take names from the site; what another deployment has is its own.';
      findings.set(name, { id: `name::${name}`, path: `${path}.${at}`, found: text, required: `no name of the deployment ${name}`, fix });
    }
  }
  return [...findings.values()];
}

const escapePattern = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '\\$&');

/** What of a text may name a resource: no tag, no action or condition key, no service, and of an ARN what follows the account. */
function namingPart(path: string, text: string): string {
  if (/(?:^|\.)(?:Tags|Action|NotAction|Service)(?:\.|$)/.test(path)) return '';
  if (text.startsWith('arn:')) return text.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '');
  return /^[a-z0-9-]+:[A-Za-z*]/.test(text) ? '' : text;
}

/** A word in a sentence is no name: it has spaces around it, or ends one. */
function isPartOfName(text: string, index: number, name: string): boolean {
  const before = text[index - 1];
  const after = text[index + name.length];
  return text === name || after === '-' || after === '/' || (before !== undefined && '/:'.includes(before));
}

function foreignPrincipals(resource: Resource, assembly: Assembly): readonly Finding[] {
  return grantsOf(resource).flatMap((grant) =>
    admittedBy(grant.statement)
      .filter((principal) => isForeign(principal, grant, resource, assembly))
      .map(({ name }) => ({
        id: `principal::${name}`,
        path: grant.path,
        found: name,
        required: 'principals of this account, services, named accounts, and of identity providers those that a condition names',
        fix: 'Name a principal of this account; name an outside account in the configuration.',
      })),
  );
}

function isForeign({ kind, name }: Principal, grant: Grant, resource: Resource, assembly: Assembly): boolean {
  if (name === '*') return !isLimited(grant, resource, assembly);
  if (kind === 'Service') return !/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$|^\$\{/.test(name);
  if (kind === 'Federated') return !federationIsBound(name, grant.statement);
  if (kind !== 'AWS') return !name.startsWith('${');
  // A function's permission names a service in plain text ("AWS::Lambda::Permission").
  if (resource.type === 'AWS::Lambda::Permission' && /^[a-z0-9-]+\.amazonaws\.com$/.test(name)) return false;
  const [, account = name] = /^arn:[^:]*:(?:iam|sts)::([^:]*):/.exec(name) ?? [];
  if (account === 'cloudfront' || account.startsWith('${')) return false;
  return !isKnown(account, resource.stack, assembly);
}

function isKnown(account: string, stack: StackTemplate, { facts }: Assembly): boolean {
  return account === '${AWS.AccountId}' || account === stack.account || facts.namedAccounts.includes(account);
}

/** Conditions that admit nobody but principals, or requests on behalf, of one account. */
const accountKeys = ['aws:PrincipalAccount', 'aws:SourceAccount', 'aws:SourceOwner', 'kms:CallerAccount'];

/** An endpoint's policy admits nobody to anything; it only narrows what passes, which is the rule endpoint-policies. */
function isLimited({ statement, path }: Grant, resource: Resource, assembly: Assembly): boolean {
  if (resource.type === 'AWS::EC2::VPCEndpoint' && path.startsWith('Properties.PolicyDocument.')) return true;
  const equals = isObject(statement.Condition) ? statement.Condition.StringEquals : undefined;
  if (!isObject(equals)) return false;
  return accountKeys.some((key) => {
    const accounts = listOf(equals[key]).map((account) => renderText(account) ?? '?');
    return accounts.length > 0 && accounts.every((account) => isKnown(account, resource.stack, assembly));
  });
}
