// npm run restore:lake: one request to the function, which writes only with --confirm; refusals are shown as they are.
import type { InvokeCommand, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import type { RestoreResult } from '../../../lambda/lake/lake-export/restore';
import type { Site } from '../../../lib/config/site';
import { restoreFile } from '../../../tools/restore-lake/restore';

const key = 'lake/site=7/day=2026-11-01/0123456789abcdef.parquet';
const site = { deployment: 'production', region: 'eu-west-3' } as Site;

function fake(result: RestoreResult | { readonly errorMessage: string }) {
  const sent: InvokeCommand['input'][] = [];
  const send = async ({ input }: InvokeCommand): Promise<InvokeCommandOutput> => {
    sent.push(input);
    const Payload = Buffer.from(JSON.stringify(result)) as unknown as NonNullable<InvokeCommandOutput['Payload']>;
    return { $metadata: {}, Payload, ...('errorMessage' in result ? { FunctionError: 'Unhandled' } : {}) };
  };
  return { sent, lambda: { send } as unknown as Pick<LambdaClient, 'send'> };
}
const payload = ({ Payload }: InvokeCommand['input']) => JSON.parse(Buffer.from(Payload as Uint8Array).toString());

let log: jest.SpyInstance;
beforeEach(() => {
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => log.mockRestore());

test.each([
  [undefined, 'would be restored', `${key}: would be restored, 10 bytes of version v1; repeat the command with --confirm`],
  [true, 'restored', `${key}: restored, 10 bytes of version v1`],
] as const)('--confirm %p', async (confirm, outcome, text) => {
  const { sent, lambda } = fake({ key, outcome, version: 'v1', bytes: 10 });
  expect(await restoreFile({ key, confirm }, site, lambda)).toBe(0);
  expect(sent.map(({ FunctionName }) => FunctionName)).toEqual(['production-lake-export']);
  expect(sent.map(payload)).toEqual([{ restore: { key, confirm: confirm ?? false } }]);
  expect(log.mock.calls).toEqual([[text]]);
});

test('--json prints the result of the function', async () => {
  const result = { key, outcome: 'intact', version: 'v1', bytes: 10 } as const;
  await restoreFile({ key, json: true }, site, fake(result).lambda);
  expect(JSON.parse(log.mock.calls[0]?.[0])).toEqual(result);
});

test('a refusal of the function is an error with its message', async () => {
  const { lambda } = fake({ errorMessage: `restore of ${key}: expected a file of the catalogue, got none` });
  await expect(restoreFile({ key, confirm: true }, site, lambda)).rejects.toThrow('expected a file of the catalogue');
  expect(log).not.toHaveBeenCalled();
});

test.each([undefined, '', 'lake/site=7', 'lake/site=0/day=2026-11-01/0123456789abcdef.parquet', `${key}?versionId=1`])(
  'without a key of the lake nothing is asked for: %p',
  async (wrong) => {
    const { sent, lambda } = fake({ errorMessage: '' });
    await expect(restoreFile({ key: wrong }, site, lambda)).rejects.toThrow('--key: expected lake/site=ID/day=DAY/DIGEST.parquet');
    expect(sent).toEqual([]);
  },
);
