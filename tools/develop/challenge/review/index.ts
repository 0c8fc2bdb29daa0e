// The set of a reviewer: changes to which only the rules declared-* objected when they were written, until a rule that
// compares with the promise did, at the changed property or at the role that it belongs to.
import { type Challenge, type Fields, fieldsAt, type Json, listAt, put, resourceOfType, type Templates } from '../challenge';

const trust = 'AssumeRolePolicyDocument';

const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Conditions of the statements of the role's permissions that deny a session by its network. */
function denials({ access }: Templates, role: string): readonly Fields[] {
  const { properties } = resourceOfType(access, 'AWS::IAM::ManagedPolicy', `People${role}Permissions`);
  const statements = listAt(properties, 'PolicyDocument/Statement').filter(isFields);
  return statements.filter(({ Effect }) => Effect === 'Deny').map((statement) => fieldsAt(statement, 'Condition'));
}

const trustOf = ({ access }: Templates, role: string): Fields =>
  fieldsAt(resourceOfType(access, 'AWS::IAM::Role', `People${role}Role`).properties, `${trust}/Statement/0/Condition`);

const emergencyFilter = ({ access }: Templates): Fields => resourceOfType(access, 'AWS::Logs::MetricFilter', 'EmergencyUses').properties;

/** Changes a text of the pattern that counts the uses of the emergency role. */
function rewritePattern(templates: Templates, from: string, to: string): void {
  const parts = listAt(emergencyFilter(templates), 'FilterPattern/Fn::Join/1');
  for (const [index, part] of parts.entries()) if (typeof part === 'string') parts[index] = part.replace(from, () => to);
}

export const reviewChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.2',
    kind: 'F',
    title: 'a denial of other networks that spares users with a tag',
    change(templates) {
      for (const condition of denials(templates, 'ItTeam')) put(condition, 'StringNotEquals/aws:PrincipalTag~1spared', 'yes');
    },
  },
  {
    clause: 'TOM-3.2',
    kind: 'F',
    title: 'a denial of other networks that spares sessions with MFA',
    change(templates) {
      for (const condition of denials(templates, 'ClientDataTeam')) put(condition, 'BoolIfExists/aws:MultiFactorAuthPresent', 'false');
    },
  },
  {
    clause: 'TOM-3.2',
    kind: 'F',
    title: 'a denial of other networks that leaves a range which is no office',
    change(templates) {
      for (const condition of denials(templates, 'Recovery')) listAt(condition, 'NotIpAddress/aws:SourceIp').push('203.0.113.0/24');
    },
  },
  {
    clause: 'TOM-3.2',
    kind: 'C',
    title: 'an alarm on the emergency role that misses its assumption by users',
    change: (templates) => rewritePattern(templates, '{ ', '{ ($.userIdentity.type = "AssumedRole") && '),
  },
  {
    clause: 'TOM-3.2',
    kind: 'C',
    title: 'an alarm on the emergency role that misses its assumption by a provider of identities',
    change: (templates) => rewritePattern(templates, 'AssumeRole*', 'AssumeRole'),
  },
  {
    clause: 'TOM-3.2',
    kind: 'C',
    title: 'a count of uses of the emergency role in another log',
    change: (templates) => put(emergencyFilter(templates), 'LogGroupName', '/rempart/production/dns'),
  },
  {
    clause: 'TOM-3.1',
    kind: 'F',
    title: 'an infrastructure manager from every address of the VPC',
    change: (templates) => put(trustOf(templates, 'InfrastructureManager'), 'IpAddress/aws:VpcSourceIp', ['10.64.0.0/16']),
  },
  {
    clause: 'TOM-3.1',
    kind: 'F',
    title: 'an infrastructure manager from the networks around the management networks',
    change: (templates) => put(trustOf(templates, 'InfrastructureManager'), 'IpAddress/aws:VpcSourceIp', ['192.168.0.0/16']),
  },
];
