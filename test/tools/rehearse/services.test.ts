// The requests of AWS services, and what is refused to everybody: right in the templates, and each change is found.
import { deploymentRows } from '../../../tools/rehearse/deployment-rows';
import { rehearseForbidden } from '../../../tools/rehearse/forbidden';
import { rehearseServices, unusedStatements } from '../../../tools/rehearse/services';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { changed, production, removed, withText } from './faults/fault';

type Changes = Parameters<typeof changed>[1];

const wrong = async (changes: Changes) => {
  const rows = await rehearseServices(new StandIn(changed(production, changes).assembly));
  return rows.filter(({ right }) => !right).map(({ cause, service, action, source }) => `${cause} ${service} ${action} ${source}`);
};

test('each request of production is right, for its own and for a stranger', async () => {
  const rows = await rehearseServices(new StandIn(production.assembly));
  expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['own', 'stranger']));
  expect(rows.filter(({ right }) => !right)).toEqual([]);
  expect(unusedStatements(new StandIn(production.assembly))).toEqual([]);
});

test.each<[string, Changes, string]>([
  [
    'a key policy without the service',
    { 'account/DeploymentKey': withText('"Service":"events.amazonaws.com"', '"Service":"sns.amazonaws.com"') },
    'collection/CollectorsReplacementRule events.amazonaws.com kms:GenerateDataKey own',
  ],
  [
    'a queue without the service',
    { 'collection/CollectorsReplacementFunctionDeadLettersPolicy': removed },
    'collection/CollectorsReplacementRule events.amazonaws.com sqs:SendMessage own',
  ],
  [
    'a function without the permission of its rule',
    { 'collection/CollectorsReplacementFunctionRule': removed },
    'collection/CollectorsReplacementRule events.amazonaws.com lambda:InvokeFunction own',
  ],
  [
    'a stranger that is admitted to a key',
    {
      'account/DeploymentKey': withText(
        /"Condition":\{"StringEquals":\{"aws:SourceAccount[^}]*\}\}?,"ArnLike":\{"aws:SourceArn":[^\]]*\]\]\}\}\},/g,
        '',
      ),
    },
    'cloudwatch.amazonaws.com kms:GenerateDataKey stranger',
  ],
  [
    'a stranger that is admitted to a function',
    { 'collection/CollectorsReplacementFunctionRule': withText(/,"SourceArn":\{"Fn::GetAtt":\[[^\]]*\]\}/, '') },
    'collection/CollectorsReplacementRule events.amazonaws.com lambda:InvokeFunction stranger',
  ],
])('%s', async (_, changes, request) => {
  expect((await wrong(changes)).filter((row) => row.includes(request))).not.toEqual([]);
});

test('a statement for a service without a request', () => {
  const admitting = '"Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Principal":{"Service":"sns.amazonaws.com"}},';
  const { assembly } = changed(production, { 'account/DeploymentKey': withText('"Statement":[', admitting) });
  expect(unusedStatements(new StandIn(assembly)).join()).toMatch(/:key\/.* sns\.amazonaws\.com$/);
});

const open = async (changes: Changes) => {
  const rows = await rehearseForbidden(new StandIn(changed(production, changes).assembly));
  return rows.filter(({ right }) => !right).map(({ subject, action, how }) => `${subject} ${action} ${how}`);
};

test('what is refused to everybody', async () => {
  expect(await open({})).toEqual([]);
  const plain = withText('"aws:SecureTransport":"false"', '"aws:SecureTransport":"true"');
  expect(await open({ 'data/ArchivePolicy': plain })).toContain('data/Archive s3:GetObject without TLS');
  expect(await open({ 'data/UpkeepFunctionDeadLettersPolicy': removed })).toEqual([
    'data/UpkeepFunctionDeadLetters sqs:ReceiveMessage without TLS',
  ]);
});

test('the rows of a deployment have its label, its parts, and a fix where something is wrong', async () => {
  const deployed = changed(production, { 'collection/CollectorsReplacementFunctionRule': removed });
  const rows = await deploymentRows(deployed, 'production', ['services', 'values']);
  expect(new Set(rows.map(({ part }) => part))).toEqual(new Set(['services', 'values']));
  expect(rows.every(({ subject }) => subject.startsWith('production: '))).toBe(true);
  expect(rows.filter(({ outcome }) => outcome !== 'ok')).toEqual([
    {
      ...{ part: 'services', subject: 'production: collection/CollectorsReplacementRule', outcome: 'refused' },
      detail: expect.stringMatching(
        /^events\.amazonaws\.com lambda:InvokeFunction on arn:.*, for the deployment: not allowed by the resource policy$/,
      ),
      fix: 'Admit the service in the policy of the resource.',
    },
  ]);
});
