// The contracts of calls, judged without templates: their actions are plain, declared powers have a holder, and no
// contract declares a power that no role holds.
import { controlCalls, serverCalls } from '../../../../lib/config/calls';
import { controls } from '../../../../lib/config/names';
import { hitArchiveCalls, proxyCalls, scheduleCalls, trailLogCalls } from '../../../../lib/config/service-calls';
import { matchesPattern } from '../../../../lib/tom/template/policies';
import { functionRoles } from '../../../../lib/tom/world/identity';
import { dataActions, powers, readVerbs, revealingReads } from '../../../../lib/tom/world/powers';
import { roleUses } from '../../../../lib/tom/world/role-users';
import { unheldPowers } from '../../../../lib/tom/world/unheld-powers';
import { functionCalls, interfaceCalls } from '../../../../runtime/calls';
import { facts } from '../rules/example';

const services = [...scheduleCalls, ...trailLogCalls, ...hitArchiveCalls, ...proxyCalls];
const all = [...Object.values(controlCalls).flat(), ...serverCalls, ...services, ...functionCalls, ...interfaceCalls];
const declared = [...new Set(all.filter(({ effect }) => effect !== 'Deny').flatMap(({ actions }) => actions))].sort();

test('each control has one role', () => {
  expect(
    Object.values(functionRoles)
      .map(({ control }) => control)
      .sort(),
  ).toEqual([...controls].sort());
});

test.each(declared)('%s is one action: it reads, handles data, or has a holder in the table of powers', (action) => {
  expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  const reads = readVerbs.some((verb) => action.split(':')[1]?.startsWith(verb)) && !revealingReads.includes(action);
  expect(reads || dataActions.includes(action) || powers.some(({ actions }) => actions.includes(action))).toBe(true);
  expect(unheldPowers.filter((unheld) => matchesPattern(action, unheld))).toEqual([]);
});

test('every power of the table is declared by a contract, and every holder is a role with a user', () => {
  expect(powers.flatMap(({ actions }) => actions).filter((action) => !declared.includes(action))).toEqual([]);
  const roles = Object.keys(roleUses({ ...facts, environment: 'staging' }));
  expect(powers.flatMap(({ holders }) => holders).filter((holder) => !roles.includes(holder))).toEqual([]);
});

/** Actions that do not support resource-level permissions, or act on interfaces whose ids AWS generates. */
const everywhere = [
  'acm:ListCertificates',
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:GetMetricData',
  'cloudwatch:PutMetricData',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImages',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshotAttribute',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'elasticloadbalancing:DescribeTargetHealth',
  'iam:DeleteAccountPasswordPolicy',
  'iam:GenerateCredentialReport',
  'iam:GetAccountPasswordPolicy',
  'iam:GetAccountSummary',
  'iam:GetCredentialReport',
  'iam:ListPolicies',
  'iam:ListUsers',
  'iam:UpdateAccountPasswordPolicy',
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBSnapshotAttributes',
  'rds:DescribeDBSnapshots',
];

test('no other call is on every resource', () => {
  const wide = all.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
  expect([...new Set(wide)].sort()).toEqual(everywhere);
});
