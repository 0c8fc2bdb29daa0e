// Claims at a boundary whose tags another function changes at the same time. The client's `send` is mocked, with the
// errors that IAM returns.
import * as iam from '@aws-sdk/client-iam';
import { boundaryClaims } from '../../runtime/boundary-claims';
import { claimForm } from '../../runtime/claims';
import { answerOnBoundaries } from '../lambda/access/mock-boundaries';
import { restoreAfterEach } from '../lambda/restore';

const mockPauses: number[] = [];
jest.mock('node:timers/promises', () => ({ setTimeout: async (milliseconds: number) => void mockPauses.push(milliseconds) }));
restoreAfterEach();

const boundary = 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3';
const text = { text: String, read: String };
const form = claimForm<string, string>('rempart:test', text, text);
const claim = { state: 'active', demanded: 'ours', former: 'theirs' } as const;

const message = 'The previous tagging operation is still ongoing.';
const busy = new iam.ConcurrentModificationException({ message, $metadata: { httpStatusCode: 409 } });
/** As a response that the SDK does not map to an exception. */
const busyCode = Object.assign(new Error(message), { name: 'ConcurrentModification' });

let tags: Map<string, iam.Tag[]>;
/** Errors of the next calls that tag. */
let refusals: Error[];

beforeEach(() => {
  mockPauses.length = 0;
  tags = new Map([[boundary, []]]);
  refusals = [];
  jest.spyOn(iam.IAMClient.prototype, 'send').mockImplementation(async (command: object) => {
    const tagging = command instanceof iam.TagPolicyCommand || command instanceof iam.UntagPolicyCommand;
    const refusal = tagging ? refusals.shift() : undefined;
    if (refusal) throw refusal;
    return answerOnBoundaries(command, tags);
  });
});

const store = () => boundaryClaims(new iam.IAMClient({}), boundary, form);

test('a claim waits until the tags of the boundary have changed, longer each time', async () => {
  refusals = [busy, busyCode, busy];
  await store().claim(claim);
  expect((await store().claims()).get(boundary)).toEqual(claim);
  expect(mockPauses).toEqual([250, 500, 1000]);
});

test('the release of a claim waits as well', async () => {
  await store().claim(claim);
  refusals = [busy];
  await store().release();
  expect(tags.get(boundary)).toEqual([]);
  expect(mockPauses).toEqual([250]);
});

test('a boundary that stays busy fails the claim', async () => {
  refusals = Array.from({ length: 20 }, () => busy);
  await expect(store().claim(claim)).rejects.toBe(busy);
  const waited = mockPauses.reduce((sum, pause) => sum + pause, 0);
  expect([waited > 10_000, waited < 30_000]).toEqual([true, true]);
});

test('another error is not repeated', async () => {
  refusals = [Object.assign(new Error('not authorized'), { name: 'AccessDenied' })];
  await expect(store().claim(claim)).rejects.toThrow('not authorized');
  expect(mockPauses).toEqual([]);
});
