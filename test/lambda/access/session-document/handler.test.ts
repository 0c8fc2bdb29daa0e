// The function as CloudFormation and the schedule call it, in a mocked account: the clients' `send` keep the state of
// IAM and Systems Manager and return outputs with the SDK's types.
import * as iam from '@aws-sdk/client-iam';
import * as ssm from '@aws-sdk/client-ssm';
import type { handler as Handler } from '../../../../lambda/access/session-document/handler';
import { customResourceEvent, invocationContext } from '../../custom-resource';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { boundary, ClaimedAccount } from '../claimed-account';
import { MockDocuments, runShell } from './mock-documents';

const inputs = {
  s3BucketName: '',
  s3KeyPrefix: '',
  s3EncryptionEnabled: true,
  cloudWatchLogGroupName: '/rempart/production/sessions',
  cloudWatchEncryptionEnabled: true,
  cloudWatchStreamingEnabled: true,
  kmsKeyId: 'arn:aws:kms:eu-west-3:111111111111:key/1',
  runAsEnabled: true,
  runAsDefaultUser: 'shell',
  idleSessionTimeout: '15',
  maxSessionDuration: '240',
  shellProfile: { linux: 'exec bash', windows: '' },
};
const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  BOUNDARY: boundary,
  INPUTS: JSON.stringify(inputs),
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const context = invocationContext(60_000);
const theirs = JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: { idleSessionTimeout: '60' } });

let documents: MockDocuments;
/** The document of the deployment, as CloudFormation created it. */
let shell: MockDocuments;

const ofShell = (changed: object = {}) =>
  JSON.stringify({ schemaVersion: '1.0', description: 'x', sessionType: 'Standard_Stream', inputs: { ...inputs, ...changed } });

const loaded = () =>
  loadHandler<{ handler: typeof Handler }>('access/session-document', variables, { '@aws-sdk/client-iam': iam, '@aws-sdk/client-ssm': ssm })
    .handler;

const sentActions = recordSends(iam.IAMClient, ssm.SSMClient);
restoreAfterEach();

const account = new ClaimedAccount(
  'rempart:session-document',
  [iam.IAMClient, ssm.SSMClient],
  (command) => ((command as { input: { Name?: string } }).input.Name === runShell ? documents : shell).answer(command),
  // Claims of another region do not count.
  { 'arn:aws:iam::111111111111:policy/production-boundary-eu-central-1': 'active / idle=1 maximum=2 / none' },
);
beforeEach(() => {
  documents = new MockDocuments();
  shell = new MockDocuments('of any version', 1, 'production-shell');
  shell.write(ofShell());
});

const watched = () => account.watched(() => loaded()({}, context));
const current = () => JSON.parse(documents.contents?.latest ?? '{}').inputs;

test('the creation sets the document, the watch finds it in order, and the deletion takes it away again', async () => {
  await loaded()(customResourceEvent('Create'), context);
  expect(current()).toEqual(inputs);
  expect(documents.contents?.standard).toBe(documents.contents?.latest);
  expect(await watched()).toMatchObject({ Findings: 0, Completed: 1, Probe: 'session-document', Deployment: 'production' });
  await loaded()(customResourceEvent('Delete'), context);
  expect(documents.contents).toBeUndefined();
  account.expectNoClaim();
  expect(account.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
});

test('the claims of another region do not count: the times stay', async () => {
  await loaded()(customResourceEvent('Create'), context);
  expect(current()).toMatchObject({ idleSessionTimeout: '15', maxSessionDuration: '240' });
});

test('the former document is back after the deletion, also of one that was repeated', async () => {
  documents.write(theirs);
  documents.write(theirs.replace('60', '45'), false);
  await loaded()(customResourceEvent('Create'), context);
  await loaded()(customResourceEvent('Create'), context);
  expect(current()).toEqual(inputs);
  await loaded()(customResourceEvent('Delete'), context);
  await loaded()(customResourceEvent('Delete'), context);
  expect(documents.contents).toEqual({ standard: theirs, latest: theirs.replace('60', '45') });
});

test('the watch corrects a weaker document and a deleted one, and reports each input', async () => {
  await loaded()(customResourceEvent('Create'), context);
  const weaker = { ...inputs, runAsEnabled: false, maxSessionDuration: '1440', cloudWatchLogGroupName: '' };
  documents.write(JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: weaker }));
  const { findings } = await watched();
  expect(findings.map(({ id, found, required }: Record<string, string>) => [id, found, required])).toEqual([
    ['drift::cloudWatchLogGroupName', 'cloudWatchLogGroupName ""', 'cloudWatchLogGroupName "/rempart/production/sessions"'],
    ['drift::runAsEnabled', 'runAsEnabled false', 'runAsEnabled true'],
    ['drift::maxSessionDuration', 'maxSessionDuration "1440"', 'maxSessionDuration "240"'],
  ]);
  expect(current()).toEqual(inputs);
  documents.remove();
  expect((await watched()).findings).toMatchObject([{ id: 'drift::document' }]);
  expect(current()).toEqual(inputs);
  expect(await watched()).toMatchObject({ Findings: 0, Completed: 1 });
});

test('a version that is not the default yet is found, too', async () => {
  await loaded()(customResourceEvent('Create'), context);
  documents.write(theirs, false);
  expect((await watched()).Findings).toBeGreaterThan(0);
  expect(documents.contents?.latest).toBe(documents.contents?.standard);
});

test('the watch corrects the document of the deployment: its latest version, and its default one', async () => {
  await loaded()(customResourceEvent('Create'), context);
  shell.write(ofShell({ maxSessionDuration: '1440' }));
  shell.write(ofShell({ cloudWatchLogGroupName: '' }), false);
  const { findings } = await watched();
  expect(findings.map(({ id, resource, found, required }: Record<string, string>) => [id, resource, found, required])).toEqual([
    [
      'shell::cloudWatchLogGroupName',
      'document production-shell',
      'cloudWatchLogGroupName ""',
      'cloudWatchLogGroupName "/rempart/production/sessions"',
    ],
    ['shell::maxSessionDuration', 'document production-shell', 'maxSessionDuration "1440"', 'maxSessionDuration "240"'],
  ]);
  expect(shell.contents?.latest).toBe(shell.contents?.standard);
  expect(JSON.parse(shell.contents?.latest ?? '{}').inputs).toEqual(inputs);
  expect(await watched()).toMatchObject({ Findings: 0, Completed: 1, looked: { documents: 2 } });
});

test('a shorter time in the document of the deployment is set again, too: CloudFormation has it from the configuration', async () => {
  await loaded()(customResourceEvent('Create'), context);
  shell.write(ofShell({ idleSessionTimeout: '5' }));
  expect((await watched()).findings).toMatchObject([{ id: 'shell::idleSessionTimeout', found: 'idleSessionTimeout "5"' }]);
});

test('a document of the deployment that was deleted is found, and is there again', async () => {
  await loaded()(customResourceEvent('Create'), context);
  shell.remove();
  expect((await watched()).findings).toMatchObject([
    { id: 'shell::document', found: 'document "absent"', required: 'document "of the deployment"' },
  ]);
  expect(JSON.parse(shell.contents?.standard ?? '{}').inputs).toEqual(inputs);
});

test('a document that takes a while is waited for', async () => {
  documents = new MockDocuments('of the latest version', 2);
  await loaded()(customResourceEvent('Create'), context);
  documents.write(theirs);
  expect((await watched()).Completed).toBe(1);
  expect(current()).toEqual(inputs);
}, 20_000);

test.each(['CreateDocumentCommand', 'TagPolicyCommand', 'ListPoliciesCommand'])(
  'a creation without %s fails, and its rollback leaves no claim',
  async (command) => {
    account.denied = command;
    await loaded()(customResourceEvent('Create'), context);
    expect(account.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('not authorized') }]);
    account.denied = undefined;
    await loaded()(customResourceEvent('Delete'), context);
    expect(documents.contents).toBeUndefined();
    account.expectNoClaim();
  },
);

test('a watch that cannot read the document is incomplete and fails, so that Lambda repeats it', async () => {
  await loaded()(customResourceEvent('Create'), context);
  account.denied = 'DescribeDocumentCommand';
  await expect(watched()).rejects.toThrow('session-document: expected a complete run for production');
  const unseen = ['session document: AccessDenied: not authorized', 'document production-shell: AccessDenied: not authorized'];
  expect(account.evidence()).toMatchObject({ Completed: 0, unseen });
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('session-document')));
