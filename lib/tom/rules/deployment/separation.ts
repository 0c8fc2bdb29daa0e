// TOM-7.3: no peering, shared resource, foreign principal or name of another deployment.

import { type Finding, finding, guard, type Rule, replace, set } from '../../rule';
import { type Assembly, isObject, listOf, type Resource, type StackTemplate, valueAt } from '../../template/assembly';
import { type Grant, grantsOf, isFederationBound, type Principal, principalsOf } from '../../template/principals';
import { endpointType, permissionType, roleType } from '../../template/resource-types';
import { renderText, textsOfObject } from '../../template/texts';
import { outsiders } from './separation-bypasses';

/** Types that connect networks or share resources with other accounts. */
const connectingTypes =
  /^AWS::(?:EC2::(?:TransitGateway|VPCPeeringConnection|VPCEndpointService|LocalGateway)|NetworkManager::|RAM::|VpcLattice::)/;

export const separation: Rule = {
  name: 'separation',
  requires: 'the deployment has no peering, no shared resource, no principal of a foreign account and no name of another deployment',
  types: ['*'],
  check(resource, assembly) {
    const connections = connectingTypes.test(resource.type)
      ? [finding(resource, 'joining', '', 'no connection between deployments', 'Remove the resource.')]
      : [];
    return [
      ...connections,
      ...foreignNameFindings(resource.properties, 'Properties', assembly),
      ...foreignPrincipalFindings(resource, assembly),
    ];
  },
  checkStack(stack, assembly) {
    const { deployment } = assembly.facts;
    const outputs = foreignNameFindings({ Outputs: stack.template.Outputs } as object, 'template', assembly);
    if (stack.name.startsWith(`${deployment}-`)) return outputs;
    const fix = 'Use stackName(site, ...) for the id of the stack.';
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
    guard(roleType, 'Properties.AssumeRolePolicyDocument', replace('{{resolve:ssm:/trust}}')),
  ],
  bypasses: outsiders,
  reads: [{ type: '*', path: 'Properties' }],
};

/** Names of other deployments that are a resource name, or the start or end of a name or path. */
function foreignNameFindings(from: object, path: string, { facts }: Assembly): readonly Finding[] {
  if (facts.otherDeployments.length === 0) return [];
  // The longest name first, so that `production-eu-network` matches `production-eu` and not `production`.
  const names = [facts.deployment, ...facts.otherDeployments].toSorted((a, b) => b.length - a.length).map(escapePattern);
  const pattern = new RegExp(`(?<![A-Za-z0-9_-])(${names.join('|')})(?![A-Za-z0-9_])`, 'g');
  const findings = new Map<string, Finding>();
  for (const { path: at, text } of textsOfObject(from)) {
    // The environment of this deployment may be the name of another one.
    if (text === facts.environment) continue;
    const named = namingPart(at, text);
    for (const match of named.matchAll(pattern)) {
      const name = match[1] as string;
      if (name === facts.deployment || findings.has(name) || !isPartOfName(named, match.index, name)) continue;
      const fix = 'Derive the name from the site; deployments share no resources.';
      findings.set(name, { id: `name::${name}`, path: `${path}.${at}`, found: text, required: `no name of the deployment ${name}`, fix });
    }
  }
  return [...findings.values()];
}

const escapePattern = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '\\$&');

/**
 * The part of a text that may name a resource: no tag, action, condition key or service; in an ARN, the part after the
 * account.
 */
function namingPart(path: string, text: string): string {
  if (/(?:^|\.)(?:Tags|Action|NotAction|Service)(?:\.|$)/.test(path)) return '';
  if (text.startsWith('arn:')) return text.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '');
  return /^[a-z0-9-]+:[A-Za-z*]/.test(text) ? '' : text;
}

/** A word in a sentence is not a name: spaces surround it, or it ends the sentence. */
function isPartOfName(text: string, index: number, name: string): boolean {
  const before = text[index - 1];
  const after = text[index + name.length];
  return text === name || after === '-' || after === '/' || (before !== undefined && '/:'.includes(before));
}

function foreignPrincipalFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return grantsOf(resource).flatMap((grant) =>
    principalsOf(grant.statement)
      .filter((principal) => isForeign(principal, grant, resource, assembly))
      .map(({ name }) => ({
        id: `principal::${name}`,
        path: grant.path,
        found: name,
        required:
          'principals of this account, AWS services, accounts in the configuration, or federated principals with a limiting condition',
        fix: 'Use a principal of this account, or add the outside account to the configuration.',
      })),
  );
}

function isForeign({ kind, name }: Principal, grant: Grant, resource: Resource, assembly: Assembly): boolean {
  if (name === '*') return !isLimited(grant, resource, assembly);
  if (kind === 'Service') return !/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$|^\$\{/.test(name);
  if (kind === 'Federated') return !isFederationBound(name, grant.statement);
  if (kind !== 'AWS') return !name.startsWith('${');
  // A function's permission names a service in plain text ("AWS::Lambda::Permission").
  if (resource.type === permissionType && /^[a-z0-9-]+\.amazonaws\.com$/.test(name)) return false;
  const [, account = name] = /^arn:[^:]*:(?:iam|sts)::([^:]*):/.exec(name) ?? [];
  if (account === 'cloudfront' || account.startsWith('${')) return false;
  return !isKnownAccount(account, resource.stack, assembly) && !isAuditor(account, grant, resource, assembly);
}

/** The outside auditor of the configuration may assume a role with the external id. (TOM-3.9) */
function isAuditor(account: string, { statement }: Grant, { type }: Resource, { facts }: Assembly): boolean {
  const { auditor } = facts.settings.access;
  const externalId = valueAt(statement, 'Condition.StringEquals.sts:ExternalId');
  return type === roleType && auditor !== undefined && account === auditor.account && externalId === auditor.externalId;
}

function isKnownAccount(account: string, stack: StackTemplate, { facts }: Assembly): boolean {
  return account === '${AWS.AccountId}' || account === stack.account || facts.namedAccounts.includes(account);
}

/** Condition keys that limit a statement to principals of one account, or to requests on its behalf. */
const accountKeys = ['aws:PrincipalAccount', 'aws:SourceAccount', 'aws:SourceOwner', 'kms:CallerAccount'];

/** An endpoint policy grants nothing; it limits the requests through the endpoint (the rule endpoint-policies). */
function isLimited({ statement, path }: Grant, resource: Resource, assembly: Assembly): boolean {
  if (resource.type === endpointType && path.startsWith('Properties.PolicyDocument.')) return true;
  const equals = isObject(statement.Condition) ? statement.Condition.StringEquals : undefined;
  if (!isObject(equals)) return false;
  return accountKeys.some((key) => {
    const accounts = listOf(equals[key]).map((account) => renderText(account) ?? '?');
    return accounts.length > 0 && accounts.every((account) => isKnownAccount(account, resource.stack, assembly));
  });
}
