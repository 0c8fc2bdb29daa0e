// What an operator may do with the calls of a recovery, evaluated by AWS's policy logic.
import { calls } from '../../../tools/recover/calls';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { standInAccount } from '../../../tools/rehearse/stand-in';

jest.setTimeout(60_000);

const zone = 'Z0123456789ABCDEFGHIJ';
const policy = {
  Version: '2012-10-17',
  Statement: calls.map(({ actions, resources }) => ({
    ...{ Effect: 'Allow', Action: [...actions] },
    Resource: resources.map((resource) => resource.replaceAll('${AWS::AccountId}', standInAccount).replace('<hosted zone>', zone)),
  })),
};
const own = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:${standInAccount}:${rest}`;

test.each<[string, string, boolean]>([
  ['backup:ListRecoveryPointsByBackupVault', own('backup', 'backup-vault:production-copies'), true],
  ['backup:ListRecoveryPointsByBackupVault', own('backup', 'backup-vault:production-backups'), false],
  ['backup:DeleteRecoveryPoint', own('backup', 'backup-vault:production-copies'), false],
  ['backup:StartRestoreJob', own('rds', 'cluster-snapshot:awsbackup:copyjob-1'), false],
  ['rds:RestoreDBClusterFromSnapshot', own('rds', 'cluster:production-data'), false],
  ['cloudformation:GetTemplate', own('cloudformation', 'stack/production-data/1'), true],
  ['cloudformation:UpdateStack', own('cloudformation', 'stack/production-data/1'), false],
  ['cloudformation:DeleteStack', own('cloudformation', 'stack/production-data/1'), false],
  ['lambda:InvokeFunction', own('lambda', 'function:production-site-snapshot'), true],
  ['lambda:InvokeFunction', own('lambda', 'function:production-site-admin'), false],
  ['route53:ChangeResourceRecordSets', `arn:aws:route53:::hostedzone/${zone}`, true],
  ['route53:ChangeResourceRecordSets', 'arn:aws:route53:::hostedzone/Z9', false],
  ['route53:DeleteHostedZone', `arn:aws:route53:::hostedzone/${zone}`, false],
])('an operator: %s on %s: %s', async (action, resource, allowed) => {
  const principal = `arn:aws:iam::${standInAccount}:role/production-recovery-eu-central-1`;
  const identityPolicies = [{ name: 'operator', policy }];
  expect((await evaluateRequest({ principal, action, resource, context: {}, identityPolicies })).allowed).toBe(allowed);
});
