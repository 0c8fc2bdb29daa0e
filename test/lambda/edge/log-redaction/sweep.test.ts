// Messages of the queue and the sweep: what is delivered again, and which age is reported.
import { redactNoticed } from '../../../../lambda/edge/log-redaction/notices';
import { sweep } from '../../../../lambda/edge/log-redaction/sweep';
import { accessLine } from './log-lines';
import { MockBuckets } from './mock-buckets';

const folder = 'access/AWSLogs/111111111111/elasticloadbalancing';
const paths = ['/hit'];
const now = new Date('2026-11-29T07:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

function landed(ages: Readonly<Record<string, number>>) {
  const buckets = new MockBuckets();
  for (const [name, minutes] of Object.entries(ages)) buckets.land(`${folder}/${name}`, [accessLine()], minutesAgo(minutes));
  return { buckets, parts: { landing: buckets, logs: buckets, paths, timeLeft: () => true, now: () => now } };
}

const names = ({ landed: objects }: MockBuckets) => [...objects.keys()].map((key) => key.slice(folder.length + 1));

beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('the sweep redacts what is overdue, and leaves to its notice what has just landed', async () => {
  const { buckets, parts } = landed({ 'new.log.gz': 1, 'old.log.gz': 6, 'older.log.gz': 90 });
  expect(await sweep(parts)).toMatchObject({ counts: { objects: 2 }, oldestRawSeconds: 60 });
  expect(names(buckets)).toEqual(['new.log.gz']);
  expect(buckets.steps.filter((step) => step.startsWith('open')).map((step) => step.split('/').at(-1))).toEqual([
    'older.log.gz',
    'old.log.gz',
  ]);
});

test('an empty bucket has no age', async () => {
  expect(await sweep(landed({}).parts)).toMatchObject({ counts: { objects: 0 }, oldestRawSeconds: 0 });
});

test('what fails stays, with its age, and does not stop the sweep', async () => {
  const { buckets, parts } = landed({ 'strange.txt': 90, 'old.log.gz': 60 });
  expect(await sweep(parts)).toMatchObject({ counts: { objects: 1 }, oldestRawSeconds: 5400 });
  expect(names(buckets)).toEqual(['strange.txt']);
  expect(console.error).toHaveBeenCalledTimes(1);
});

test('without time, what is left keeps its age', async () => {
  const { parts } = landed({ 'a.log.gz': 50, 'b.log.gz': 40 });
  let rounds = 1;
  expect(await sweep({ ...parts, timeLeft: () => rounds-- > 0 })).toMatchObject({ counts: { objects: 1 }, oldestRawSeconds: 2400 });
});

describe('messages', () => {
  const message = (name: string, bucket = 'landing') => ({
    messageId: name,
    body: JSON.stringify({ 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object: { key: `${folder}/${name}` } } }),
  });
  const failures = async (messages: Parameters<typeof redactNoticed>[0], parts: ReturnType<typeof landed>['parts']) => {
    const { response, counts } = await redactNoticed(messages, { ...parts, bucket: 'landing' });
    return [response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), counts.objects];
  };

  test('of redacted objects, and of objects that are gone, are done', async () => {
    const { buckets, parts } = landed({ 'a.log.gz': 1, 'b.log.gz': 1 });
    expect(await failures([message('a.log.gz'), message('gone.log.gz'), message('b.log.gz')], parts)).toEqual([[], 2]);
    expect(names(buckets)).toEqual([]);
  });

  test('that fail are delivered again, and the others are not', async () => {
    const { parts } = landed({ 'a.log.gz': 1, 'strange.txt': 1 });
    const others = [message('a.log.gz', 'another'), { messageId: 'no JSON', body: '{' }, { messageId: 'no key', body: '{}' }];
    expect(await failures([message('strange.txt'), ...others, message('a.log.gz')], parts)).toEqual([
      ['strange.txt', 'a.log.gz', 'no JSON', 'no key'],
      1,
    ]);
  });

  test('for which no time is left are delivered again', async () => {
    const { parts } = landed({ 'a.log.gz': 1, 'b.log.gz': 1 });
    let rounds = 1;
    expect(await failures([message('a.log.gz'), message('b.log.gz')], { ...parts, timeLeft: () => rounds-- > 0 })).toEqual([
      ['b.log.gz'],
      1,
    ]);
  });
});
