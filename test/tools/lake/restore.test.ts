// npm run lake -- restore: one request to the function, which writes only with --confirm; refusals are shown as they
// are, and a function whose runs are all in use is waited for.
import { type InvokeCommand, type InvokeCommandOutput, type LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import type { RestoreResult } from '../../../lambda/lake/lake-export/restore';
import type { Site } from '../../../lib/config/site';
import { ToolError } from '../../../tools/command-line';
import { callFunction } from '../../../tools/lake/invoke';
import { restoreFile } from '../../../tools/lake/restore';

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
const pauses: number[] = [];
const lines: string[] = [];
const surroundings = {
  pause: async (milliseconds: number) => pauses.push(milliseconds),
  progress: (line: string) => lines.push(line),
};
const through = (lambda: Pick<LambdaClient, 'send'>) => callFunction(site, lambda, surroundings);
beforeEach(() => {
  pauses.length = lines.length = 0;
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => log.mockRestore());

test.each([
  [undefined, 'would be restored', `${key}: would be restored, 10 bytes of version v1; repeat the command with --confirm`],
  [true, 'restored', `${key}: restored, 10 bytes of version v1`],
] as const)('--confirm %p', async (confirm, outcome, text) => {
  const { sent, lambda } = fake({ key, outcome, version: 'v1', bytes: 10 });
  expect(await restoreFile({ key, confirm }, through(lambda))).toBe(0);
  expect(sent.map(({ FunctionName }) => FunctionName)).toEqual(['production-lake-export']);
  expect(sent.map(payload)).toEqual([{ restore: { key, confirm: confirm ?? false } }]);
  expect(log.mock.calls).toEqual([[text]]);
});

test('--json prints the result of the function', async () => {
  const result = { key, outcome: 'intact', version: 'v1', bytes: 10 } as const;
  await restoreFile({ key, json: true }, through(fake(result).lambda));
  expect(JSON.parse(log.mock.calls[0]?.[0])).toEqual(result);
});

test('a refusal of the function is an error with its message', async () => {
  const { lambda } = fake({ errorMessage: `restore of ${key}: expected a file of the catalogue, got none` });
  await expect(restoreFile({ key, confirm: true }, through(lambda))).rejects.toThrow('expected a file of the catalogue');
  expect(log).not.toHaveBeenCalled();
});

test.each([undefined, '', 'lake/site=7', 'lake/site=0/day=2026-11-01/0123456789abcdef.parquet', `${key}?versionId=1`])(
  'without a key of the lake nothing is asked for: %p',
  async (wrong) => {
    const { sent, lambda } = fake({ errorMessage: '' });
    await expect(restoreFile({ key: wrong }, through(lambda))).rejects.toThrow('--key: expected lake/site=ID/day=DAY/DIGEST.parquet');
    expect(sent).toEqual([]);
  },
);

describe('while exports hold all runs of the function', () => {
  const busy = new TooManyRequestsException({
    message: 'Rate Exceeded.',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    $metadata: {},
  });
  const result = { key, outcome: 'restored', version: 'v1', bytes: 10 } as const;
  /** Refuses so many requests with an error, then answers. */
  const refusing = (times: number, error: Error) => {
    const { sent, lambda } = fake(result);
    let requests = 0;
    const send = async (of: InvokeCommand) => {
      if (requests++ < times) throw error;
      return (lambda.send as unknown as (of: InvokeCommand) => Promise<unknown>)(of);
    };
    return { requests: () => requests, sent, lambda: { send } as unknown as Pick<LambdaClient, 'send'> };
  };

  test('the request is repeated until one is free, and one line explains the pause', async () => {
    const { sent, lambda } = refusing(3, busy);
    expect(await restoreFile({ key, confirm: true }, through(lambda))).toBe(0);
    expect(sent).toHaveLength(1);
    expect(pauses).toEqual([5000, 5000, 5000]);
    expect(lines).toEqual(['production-lake-export: all runs at once are in use; the request is repeated for up to 15 minutes']);
  });

  test('after 15 minutes the error has the cause and what to do', async () => {
    const { requests, lambda } = refusing(Number.POSITIVE_INFINITY, busy);
    await expect(restoreFile({ key, confirm: true }, through(lambda))).rejects.toThrow(
      new ToolError(
        'production-lake-export: expected a free run within 15 minutes, got ReservedFunctionConcurrentInvocationLimitExceeded each time; exports hold all runs of the function, repeat the command when fewer days are due (runbook: LakeExportLate)',
      ),
    );
    expect([requests(), pauses.reduce((sum, pause) => sum + pause, 0)]).toEqual([181, 900_000]);
  });

  test('another error ends the command: its run may have begun', async () => {
    const { requests, lambda } = refusing(1, new Error('socket hang up'));
    await expect(restoreFile({ key, confirm: true }, through(lambda))).rejects.toThrow('socket hang up');
    expect([requests(), pauses]).toEqual([1, []]);
  });
});
