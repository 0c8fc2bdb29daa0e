// The quota of EC2 Instance Connect Endpoints, with a mock of the client.
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Account } from '../../../tools/preflight/account';
import { connectQuotaCheck } from '../../../tools/preflight/connect-quota';
import type { Resource } from '../../../tools/preflight/templates';

const endpoint = { stack: 'production-collection', type: 'AWS::EC2::InstanceConnectEndpoint', properties: {} } as unknown as Resource;
const tagged = (stack: string) => ({ State: 'create-complete', Tags: [{ Key: 'aws:cloudformation:stack-name', Value: stack }] });

async function linesOf(found: readonly object[], resources: readonly Resource[] = [endpoint]) {
  let calls = 0;
  const send = async () => {
    calls += 1;
    return { InstanceConnectEndpoints: found };
  };
  const lines = await connectQuotaCheck(
    { ec2: Object.assign(new EC2Client({ region: 'eu-west-3' }), { send }), region: 'eu-west-3' } as unknown as Account,
    resources,
  ).run();
  return { lines, calls };
}

test('is not read without an endpoint in the templates', async () => {
  expect(await linesOf([], [])).toEqual({ lines: [], calls: 0 });
});

test.each<[string, object[], string]>([
  ['none', [], 'ready'],
  ['that of the deployment', [tagged('production-collection')], 'ready'],
  ['four others', Array(4).fill(tagged('other')), 'ready'],
  ['five others', Array(5).fill(tagged('other')), 'change'],
  ['five others, one of them deleted', [...Array(4).fill(tagged('other')), { State: 'delete-complete' }], 'ready'],
])('with %s in the account is %j: %s', async (_, found, verdict) => {
  const { lines } = await linesOf(found);
  expect(lines.map((line) => line.verdict)).toEqual([verdict]);
});
