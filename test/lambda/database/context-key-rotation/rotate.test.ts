import { type RotationEvent, rotate, type SecretVersions } from '../../../../lambda/database/context-key-rotation/rotate';
import type { ContextKey } from '../../../../runtime/site-context';

const first = JSON.stringify({ version: 7, key: 'A'.repeat(64) });

/** A secret in memory, and a database that holds one key per version. */
class Scene {
  readonly values = new Map([['old', first]]);
  readonly installed = new Map<number, string>();
  inUse = 'old';

  readonly versions: SecretVersions = {
    current: async () => ({ id: this.inUse, value: this.values.get(this.inUse) ?? '' }),
    version: async (id) => this.values.get(id),
    addPending: async (id, value) => void this.values.set(id, value),
    promote: async (id, before) => {
      if (before !== this.inUse) throw new Error('not the version in use');
      this.inUse = id;
    },
  };

  step(Step: string, ClientRequestToken = 'new'): Promise<void> {
    const event: RotationEvent = { Step, SecretId: 'secret', ClientRequestToken };
    return rotate(event, this.versions, {
      install: async ({ version, key }: ContextKey) => {
        const known = this.installed.get(version) ?? key.toString('hex');
        if (known !== key.toString('hex')) throw new Error('another key');
        this.installed.set(version, known);
      },
      retireBefore: async (version) => {
        for (const known of this.installed.keys()) if (known < version) this.installed.delete(known);
      },
    });
  }
}

test('the four steps create the next version, install it in the database and promote it', async () => {
  const scene = new Scene();
  for (const version of [5, 6, 7]) scene.installed.set(version, 'old');
  await scene.step('createSecret');
  expect(scene.inUse).toBe('old');
  await scene.step('setSecret');
  expect([...scene.installed.keys()]).toEqual([5, 6, 7, 8]);
  expect(scene.inUse).toBe('old');
  await scene.step('testSecret');
  await scene.step('finishSecret');
  expect(scene.inUse).toBe('new');
  // The one before is still good, those before it are not.
  expect([...scene.installed.keys()]).toEqual([7, 8]);
  const made = JSON.parse(scene.values.get('new') ?? '');
  expect(made.version).toBe(8);
  expect(Buffer.from(made.key, 'base64')).toHaveLength(48);
});

test('a restored database that replaces the database between steps receives the version before its promotion', async () => {
  const scene = new Scene();
  for (const step of ['createSecret', 'setSecret', 'testSecret']) await scene.step(step);
  scene.installed.clear();
  await scene.step('finishSecret');
  expect([scene.inUse, [...scene.installed.keys()]]).toEqual(['new', [8]]);
});

test('each step can be repeated, and a key that was made stays', async () => {
  const scene = new Scene();
  await scene.step('createSecret');
  const made = scene.values.get('new');
  for (const step of ['createSecret', 'setSecret', 'setSecret', 'testSecret', 'testSecret', 'finishSecret', 'finishSecret'])
    await scene.step(step);
  expect(scene.values.get('new')).toBe(made);
  expect(scene.inUse).toBe('new');
});

test('the database refuses another key under a version: the test step fails, and the old version stays in use', async () => {
  const scene = new Scene();
  await scene.step('createSecret');
  scene.installed.set(8, 'ff');
  await expect(scene.step('testSecret')).rejects.toThrow('another key');
  expect(scene.inUse).toBe('old');
});

test.each([
  ['setSecret', 'secret version new: expected a value from createSecret, got none'],
  ['finishSecret', 'secret version new: expected a value from createSecret, got none'],
  ['rotate', 'Step: expected createSecret, setSecret, testSecret or finishSecret, got "rotate"'],
])('%s before its time is refused', async (step, message) => {
  const scene = new Scene();
  await expect(scene.step(step)).rejects.toThrow(message);
  expect(scene.inUse).toBe('old');
});
