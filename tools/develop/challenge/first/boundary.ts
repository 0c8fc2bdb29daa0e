// The permissions boundary of the deployment: every refusal in it that can be escaped.
import { type Challenge, type Fields, listAt, put, ref, resourceOfType, statementOf, sub, type Template } from '../challenge';

/** The statement of the boundary with the id. */
function refusal(account: Template, sid: string): Fields {
  const { properties } = resourceOfType(account, 'AWS::IAM::ManagedPolicy', 'BoundaryPolicy');
  return statementOf(properties, 'PolicyDocument', { Sid: sid });
}

/** Exchanges an action of the statement for others. */
function exchange(statement: Fields, action: string, ...others: readonly string[]): void {
  const actions = listAt(statement, 'Action');
  const index = actions.indexOf(action);
  if (index < 0) throw new Error(`${action}: expected it in the statement, got ${JSON.stringify(actions)}`);
  actions.splice(index, 1, ...others);
}

export const boundaryChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-2.1',
    kind: 'J',
    title: 'a permissions boundary with a third region in the United Kingdom',
    change({ account }) {
      listAt(refusal(account, 'OtherRegions'), 'Condition/StringNotEquals/aws:RequestedRegion').push('eu-west-2');
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'F',
    title: 'a permissions boundary for every region whose name begins with "eu-"',
    change({ account }) {
      refusal(account, 'OtherRegions').Condition = { StringNotLike: { 'aws:RequestedRegion': 'eu-*' } };
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'F',
    title: 'a permissions boundary that exempts S3 from its regions',
    change({ account }) {
      listAt(refusal(account, 'OtherRegions'), 'NotAction').push('s3:*');
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a refusal of other environments that a tag of the principal lifts',
    change({ account }) {
      put(refusal(account, 'OtherEnvironments'), 'Condition/StringNotEquals/aws:PrincipalTag~1rempart:break-glass', 'yes');
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a refusal of foreign roles that admits roles of the same name in every account',
    change({ account }) {
      refusal(account, 'ForeignRoles').NotResource = 'arn:aws:iam::*:role/production-*';
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'a refusal of unbounded roles that admits every policy with "boundary" in its name',
    change({ account }) {
      refusal(account, 'UnboundedRoles').Condition = {
        StringNotLike: { 'iam:PermissionsBoundary': sub('arn:aws:iam::${AWS::AccountId}:policy/*boundary*') },
      };
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'a refusal of unbounded roles that a role without any boundary escapes',
    change({ account }) {
      const statement = refusal(account, 'UnboundedRoles');
      put(statement, 'Condition/Null', { 'iam:PermissionsBoundary': 'false' });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'F',
    title: 'a permissions boundary under which roles may create access keys',
    change({ account }) {
      exchange(refusal(account, 'Identities'), 'iam:CreateA*', 'iam:UpdateAccessKey');
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'F',
    title: 'a protection of the deployment key and not of the data key',
    change({ account }) {
      refusal(account, 'Keys').Resource = sub(`\${${resourceOfType(account, 'AWS::KMS::Key', 'DeploymentKey').id}.Arn}`);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'a protection of the log groups of functions and not of servers, names and the database',
    change({ account }) {
      refusal(account, 'Logs').Resource = [sub('arn:aws:logs:*:${AWS::AccountId}:log-group:/rempart/production/functions/*')];
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'F',
    title: 'a refusal of shared snapshots with a misspelled action',
    change({ account }) {
      exchange(refusal(account, 'Snapshots'), 'rds:Modify*', 'rds:Modify');
    },
  },
  {
    clause: 'TOM-5.4',
    kind: 'F',
    title: 'a permissions boundary that admits mail',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::IAM::ManagedPolicy', 'BoundaryPolicy');
      listAt(statementOf(properties, 'PolicyDocument', { Effect: 'Allow' }), 'Action').push('ses:*');
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'F',
    title: 'a refusal of foreign backups that a snapshot of any account passes',
    change({ account }) {
      refusal(account, 'ForeignBackups').NotResource = ['arn:aws:rds:*:*:cluster-snapshot:*', sub('arn:aws:rds:*:${AWS::AccountId}:*')];
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'F',
    title: 'a refusal of changes to the network on the resources of another account',
    change({ account }) {
      refusal(account, 'Network').Condition = { StringNotEquals: { 'aws:ResourceAccount': ref('AWS::AccountId') } };
    },
  },
];
