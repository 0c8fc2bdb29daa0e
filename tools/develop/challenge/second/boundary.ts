// Permissions boundary of the roles.
import { type Challenge, permissionsOf, put, ref, roleOf, section } from '../challenge';
import { accountId, condition, denied, deniedBy, join, parameter } from './places';

const region = 'aws:RequestedRegion';
const environment = 'aws:ResourceTag/rempart:environment';

export const boundaryChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-2.1',
    kind: 'F',
    title: 'a boundary that compares the requested region with itself through a policy variable',
    change: ({ account }) => put(deniedBy(account, region), 'Condition', { StringNotEquals: { [region]: `\${${region}}` } }),
  },
  {
    clause: 'TOM-2.1',
    kind: 'A',
    title: 'a boundary whose allowed regions are a list parameter of the stack',
    change: ({ account }) =>
      put(deniedBy(account, region), 'Condition', {
        StringNotEquals: { [region]: parameter(account, 'AllowedRegions', 'eu-west-3,eu-central-1', 'CommaDelimitedList') },
      }),
  },
  {
    clause: 'TOM-2.1',
    kind: 'J',
    title: 'a boundary that admits every region whose name starts with eu, London and Zurich included',
    change: ({ account }) => put(deniedBy(account, region), 'Condition', { StringNotLike: { [region]: 'eu-*' } }),
  },
  {
    clause: 'TOM-5.5',
    kind: 'F',
    title: 'a denial of key deletion that exempts the roles of the deployment by the pattern of their names',
    change: ({ account }) =>
      condition(
        denied(account, 'kms:ScheduleKeyDeletion'),
        'ArnNotLike',
        'aws:PrincipalArn',
        join('arn:aws:iam::', accountId, ':role/production-*'),
      ),
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'a denial of log deletion for sessions without MFA, a key that sessions of services do not have',
    change: ({ account }) => condition(denied(account, 'logs:DeleteLogGroup'), 'Bool', 'aws:MultiFactorAuthPresent', 'false'),
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'F',
    title: 'a denial of deleted flow logs on the resource type VPC, whose requests are authorized on the flow log',
    change: ({ account }) => put(denied(account, 'ec2:DeleteFlowLogs'), 'Resource', join('arn:aws:ec2:*:', accountId, ':vpc/*')),
  },
  {
    clause: 'TOM-3.10',
    kind: 'F',
    title: 'a denial of an action in the plural that IAM does not have, in place of the creation of access keys',
    change: ({ account }) => {
      const statement = denied(account, 'iam:CreateAccessKey');
      const others = [statement.Action ?? []].flat().filter((action) => !/^iam:Create(A|AccessKey)?\*?$/i.test(String(action)));
      statement.Action = [...others, 'iam:CreateAccessKeys'];
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a boundary that accepts resources of staging beside those of production',
    change: ({ account }) =>
      put(deniedBy(account, environment), 'Condition', {
        StringNotEquals: { [environment]: ['production', 'staging'] },
        Null: { [environment]: 'false' },
      }),
  },
  {
    clause: 'TOM-3.5',
    kind: 'B',
    title: 'a role of the ingest function that is bounded by its own permissions',
    change: ({ collection }) =>
      put(roleOf(collection, 'ingest').properties, 'PermissionsBoundary', ref(permissionsOf(collection, 'ingest').id)),
  },
  {
    clause: 'TOM-3.5',
    kind: 'A',
    title: 'a boundary of the export role that a parameter of the stack turns off',
    change: ({ data }) => {
      parameter(data, 'Bounded', 'true');
      section(data, 'Conditions').IsBounded = { 'Fn::Equals': [ref('Bounded'), 'true'] };
      const { properties } = roleOf(data, 'person-export');
      properties.PermissionsBoundary = { 'Fn::If': ['IsBounded', properties.PermissionsBoundary ?? '', ref('AWS::NoValue')] };
    },
  },
];
