// Deployments of one account and region share its session document. Random sequences of events run through the clients
// of the SDK against stateful mocks of IAM and Systems Manager, with failures before and after each call, and are
// compared with a model of the promise.
import * as iam from '@aws-sdk/client-iam';
import * as ssm from '@aws-sdk/client-ssm';
import fc from 'fast-check';
import { type Claim, sessionClaims } from '../../../../lambda/access/session-document/claims';
import { type Claimant, establish, giveUp, type SessionAccount, watch } from '../../../../lambda/access/session-document/keep';
import { type Inputs, inputsOf, timesOf } from '../../../../lambda/access/session-document/settings';
import { ssmAccount } from '../../../../lambda/access/session-document/ssm-account';
import { untilDone } from '../claimed-account';
import { answerOnBoundaries } from '../mock-boundaries';
import { type Duplicates, MockDocuments } from './mock-documents';

const runs = 500;
const seed = 13;
const region = 'eu-west-3';

const deployments = ['staging', 'development', 'preview'] as const;
type Deployment = (typeof deployments)[number];

interface Account {
  readonly documents: MockDocuments;
  readonly tags: Map<string, iam.Tag[]>;
  /** For each call to come: whether it fails, before or after it has its effect. */
  readonly faults: ('none' | 'before' | 'after')[];
}

const boundaryOf = (deployment: string): string => `arn:aws:iam::111111111111:policy/${deployment}-boundary-${region}`;

const newAccount = (duplicates?: Duplicates): Account => ({
  documents: new MockDocuments(duplicates),
  tags: new Map(deployments.map((deployment) => [boundaryOf(deployment), []])),
  faults: [],
});

/** `turn` is awaited before each call, so that a scheduler can interleave two deployments. */
function accountOf({ documents, tags, faults }: Account, deployment: string, turn: () => Promise<void> = async () => {}): SessionAccount {
  const send = async (command: object): Promise<object> => {
    await turn();
    const fault = faults.shift() ?? 'none';
    if (fault === 'before') throw Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
    const result = answerOnBoundaries(command, tags) ?? documents.answer(command);
    if (fault === 'after') throw Object.assign(new Error('unavailable'), { name: 'ServiceUnavailable' });
    return result;
  };
  const clientOf = <Client>({ prototype }: { prototype: Client }): Client => Object.assign(Object.create(prototype as object), { send });
  return ssmAccount({ iam: clientOf(iam.IAMClient), ssm: clientOf(ssm.SSMClient) }, boundaryOf(deployment), region);
}

const inputsFor = (deployment: string, idle = 15, maximum = 240): Inputs => ({
  ...{ s3BucketName: '', s3KeyPrefix: '', s3EncryptionEnabled: true },
  ...{ cloudWatchLogGroupName: `/rempart/${deployment}/sessions`, cloudWatchEncryptionEnabled: true, cloudWatchStreamingEnabled: true },
  ...{ kmsKeyId: `key-of-${deployment}`, runAsEnabled: true, runAsDefaultUser: 'shell' },
  ...{ idleSessionTimeout: String(idle), maxSessionDuration: String(maximum), shellProfile: { linux: 'exec bash', windows: '' } },
});
const claimantOf = (deployment: string, idle?: number, maximum?: number): Claimant => ({
  ...{ deployment, boundary: boundaryOf(deployment), inputs: inputsFor(deployment, idle, maximum) },
});

let clock = 0;
const now = (): Date => new Date(Date.UTC(2026, 10, 29) + clock++);

/** Contents that people write: of sessions with other inputs, of another kind, and no JSON of a document. */
const anyContent = fc.oneof(
  fc
    .record({
      ...{
        runAsEnabled: fc.boolean(),
        idleSessionTimeout: fc.constantFrom('5', '60', '', 'never'),
        kmsKeyId: fc.constantFrom('', 'theirs'),
      },
      cloudWatchLogGroupName: fc.constantFrom('', '/rempart/staging/sessions', '/rempart/gone/sessions', '/theirs'),
    })
    .map((inputs) => JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs })),
  fc.constantFrom(
    ...[
      { sessionType: 'Port', properties: { portNumber: '22' } },
      { sessionType: 'Standard_Stream', parameters: {}, inputs: {} },
    ].map((one) => JSON.stringify({ schemaVersion: '1.0', ...one })),
    '[]',
  ),
);

const events = fc.oneof(
  fc.record({
    kind: fc.constantFrom('deploy', 'delete', 'watch'),
    of: fc.constantFrom(...deployments),
    idle: fc.integer({ min: 1, max: 20 }),
    maximum: fc.integer({ min: 20, max: 480 }),
  }),
  fc.record({ kind: fc.constant('drift' as const), content: anyContent, isDefault: fc.boolean() }),
  fc.record({ kind: fc.constant('removal' as const) }),
  fc.record({ kind: fc.constant('faults' as const), list: fc.array(fc.constantFrom('none', 'before', 'after'), { maxLength: 12 }) }),
);

const watched = async (account: Account, claimant: Claimant) => {
  const result = await watch(accountOf(account, claimant.deployment), claimant, now());
  if (result.unseen.length > 0) throw new Error(result.unseen.join());
  return result;
};

/** The default and the latest version are as the active deployments demand, with the places of one of them. */
function expectKept({ documents }: Account, active: ReadonlyMap<string, Claimant>): void {
  for (const content of Object.values(documents.contents ?? { none: '' })) {
    const inputs = inputsOf(content);
    const owner = [...active.values()].find(({ deployment }) => inputs?.cloudWatchLogGroupName === `/rempart/${deployment}/sessions`);
    expect(inputs).toMatchObject({ runAsEnabled: true, runAsDefaultUser: 'shell', cloudWatchStreamingEnabled: true });
    expect(owner).toBeDefined();
    for (const claimant of active.values()) {
      expect(timesOf(inputs).idle).toBeLessThanOrEqual(timesOf(claimant.inputs).idle);
      expect(timesOf(inputs).maximum).toBeLessThanOrEqual(timesOf(claimant.inputs).maximum);
    }
  }
}

/** Contents without the white space that makes a restored one another content. */
const trimmed = (contents: MockDocuments['contents']) =>
  contents && { standard: contents.standard.trimEnd(), latest: contents.latest.trimEnd() };

test.each<Duplicates>(['of the latest version', 'of any version'])(
  `${runs} sequences, refusing duplicates %s: the document serves every deployment, and the last deletion restores the first one`,
  async (duplicates) => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 3, maxLength: 20, size: 'max' }), async (sequence) => {
        const account = newAccount(duplicates);
        let former = account.documents.contents;
        let lost = former;
        const active = new Map<Deployment, Claimant>();
        for (const event of sequence) {
          if (event.kind === 'faults') account.faults.push(...(event.list as Account['faults']));
          else if (event.kind === 'drift') {
            account.documents.write(event.content, event.isDefault);
            if (active.size === 0) {
              former = account.documents.contents;
              lost = former;
            }
          } else if (event.kind === 'removal') {
            account.documents.remove();
            // The versions of a document are lost with it, unless a person writes the same ones again.
            lost ??= former;
            former = undefined;
          } else {
            const claimant = active.get(event.of) ?? claimantOf(event.of, event.idle, event.maximum);
            if (event.kind === 'deploy') {
              const changed = claimantOf(event.of, event.idle, event.maximum);
              const isFirst = !active.has(event.of);
              await untilDone(() => establish(accountOf(account, event.of), changed, isFirst, now()));
              active.set(event.of, changed);
            } else if (event.kind === 'delete') {
              const wasActive = active.has(event.of);
              await untilDone(() => giveUp(accountOf(account, event.of), claimant));
              active.delete(event.of);
              if (wasActive && active.size === 0) {
                expect([former?.standard, lost?.standard]).toContainEqual(account.documents.contents?.standard);
                former = account.documents.contents;
                lost = former;
              }
            } else if (active.has(event.of)) {
              await untilDone(() => watched(account, claimant));
            }
            if (event.kind !== 'delete' && active.has(event.of)) {
              // Another deployment may own the document: its watch corrects what only it knows.
              for (const other of active.values()) await untilDone(() => watched(account, other));
              expectKept(account, active);
            }
          }
        }
        account.faults.length = 0;
        for (const deployment of [...active.keys()]) await giveUp(accountOf(account, deployment), claimantOf(deployment));
        if (active.size > 0) expect([former, lost].map(trimmed)).toContainEqual(trimmed(account.documents.contents));
        expect([...account.tags.values()].flat()).toEqual([]);
      }),
      { numRuns: runs, seed },
    );
    console.info(`session document: ${runs} sequences of events, duplicates ${duplicates}`);
  },
  300_000,
);

const theirs = JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: { idleSessionTimeout: '60' } });

test('two deployments that are deleted or created at once interleave in any order, and the last deletion restores the document', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.boolean(), fc.boolean(), async (scheduler, isThere, together) => {
      const account = newAccount();
      if (isThere) account.documents.write(theirs);
      const former = account.documents.contents;
      const turn = () => scheduler.schedule(Promise.resolve());
      const both = [claimantOf('staging', 10, 480), claimantOf('development', 20, 60)] as const;
      const first = (claimant: Claimant) => establish(accountOf(account, claimant.deployment, turn), claimant, true, now());
      if (together) await scheduler.waitFor(Promise.all(both.map(first)));
      else for (const claimant of both) await scheduler.waitFor(first(claimant));
      for (const claimant of [...both, ...both]) await watched(account, claimant);
      expect(timesOf(inputsOf(account.documents.contents?.latest ?? ''))).toEqual({ idle: 10, maximum: 60 });
      await scheduler.waitFor(Promise.all(both.map((claimant) => giveUp(accountOf(account, claimant.deployment, turn), claimant))));
      expect(account.documents.contents).toEqual(former);
      expect([...account.tags.values()].flat()).toEqual([]);
    }),
    { numRuns: 200, seed },
  );
}, 120_000);

test.each([
  ['staging', 'development'],
  ['development', 'staging'],
] as const)('deleted in the order %s, %s: the first leaves the document to the other, the second restores', async (...order) => {
  const account = newAccount();
  account.documents.write(theirs);
  for (const deployment of ['staging', 'development']) await establish(accountOf(account, deployment), claimantOf(deployment), true, now());
  expect(inputsOf(account.documents.contents?.latest ?? '')).toMatchObject({ kmsKeyId: 'key-of-staging' });
  const [first, second] = order;
  expect(await giveUp(accountOf(account, first), claimantOf(first))).toBe('adopted by another deployment');
  const { findings } = await watched(account, claimantOf(second));
  // A document that records sessions at a deployment that is gone is a finding, and is taken over.
  expect(findings.map(({ id }) => id)).toEqual(first === 'staging' ? ['drift::cloudWatchLogGroupName', 'drift::kmsKeyId'] : []);
  expect(inputsOf(account.documents.contents?.latest ?? '')).toEqual(inputsFor(second));
  expect(await giveUp(accountOf(account, second), claimantOf(second))).toBe('restored');
  expect(account.documents.contents).toEqual({ standard: theirs, latest: theirs });
  expect(await giveUp(accountOf(account, second), claimantOf(second))).toBe('not claimed');
});

test('a shorter time of a person stays until the next deployment, whose configuration applies', async () => {
  const account = newAccount();
  const claimant = claimantOf('staging');
  await establish(accountOf(account, 'staging'), claimant, true, now());
  account.documents.write(JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: inputsFor('staging', 5, 60) }));
  expect((await watched(account, claimant)).findings).toEqual([]);
  await establish(accountOf(account, 'staging'), claimantOf('staging', 20, 480), false, now());
  expect(timesOf(inputsOf(account.documents.contents?.latest ?? ''))).toEqual({ idle: 20, maximum: 480 });
});

test('a document in order gains no version, at a deployment or at a watch', async () => {
  const account = newAccount();
  const claimant = claimantOf('staging');
  await establish(accountOf(account, 'staging'), claimant, true, now());
  await establish(accountOf(account, 'staging'), claimant, false, now());
  await watched(account, claimant);
  expect(account.documents.size).toBe(1);
});

test('a claim that was removed or overwritten by hand is a finding, is written again, and restores nothing', async () => {
  for (const text of [undefined, 'mine', 'active / none / none', 'active / idle=x / none', 'active / a / b / c']) {
    const account = newAccount();
    account.documents.write(theirs);
    const claimant = claimantOf('staging');
    await establish(accountOf(account, 'staging'), claimant, true, now());
    account.tags.set(claimant.boundary, text === undefined ? [] : [{ Key: sessionClaims.tag, Value: text }]);
    expect((await watched(account, claimant)).findings.map(({ id }) => id)).toEqual(['claim']);
    expect(await giveUp(accountOf(account, 'staging'), claimant)).toBe('former state unknown');
    expect(inputsOf(account.documents.contents?.latest ?? '')).toEqual(claimant.inputs);
  }
});

test('a claim is read as it was written, in the characters of a tag', () => {
  const digits = fc.integer({ min: 1, max: 1000 }).map(String);
  const digest = fc.stringMatching(/^[0-9a-f]{16}$/);
  const former = fc.option(fc.record({ standard: digits, latest: digits, digest }), { nil: undefined });
  fc.assert(
    fc.property(former, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 1440 }), (before, idle, maximum) => {
      const claim: Claim = { state: 'leaving', demanded: { idle, maximum }, former: before };
      const text = sessionClaims.text(claim);
      expect(sessionClaims.read(text)).toEqual(claim);
      // "Tagging IAM resources": 256 letters, digits, spaces and _ . : / = + - @.
      expect(text).toMatch(/^[\w .:/=+@-]{1,256}$/);
    }),
    { numRuns: 500, seed },
  );
});

test('a document whose change fails is an error, and not waited for', async () => {
  const account = newAccount();
  const base = accountOf(account, 'staging');
  const answer = account.documents.answer.bind(account.documents);
  account.documents.answer = (command) =>
    command instanceof ssm.DescribeDocumentCommand && account.documents.contents
      ? { Document: { Status: 'Failed', StatusInformation: 'too large' } }
      : answer(command);
  await expect(base.write(theirs)).rejects.toThrow('expected the status Active, got Failed too large; run the function again');
});

test('a content whose parameters a caller chooses differs as a whole', () => {
  const shell = { schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: {} };
  expect(inputsOf(JSON.stringify(shell))).toEqual({});
  for (const other of [{ parameters: {} }, { sessionType: 'Port' }, { schemaVersion: '2.2' }, { inputs: null }]) {
    expect(inputsOf(JSON.stringify({ ...shell, ...other }))).toBeUndefined();
  }
});
