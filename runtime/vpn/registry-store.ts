// The registry in an object store. Writers replace exactly the content that they read, so none undoes another's
// change.
import { setTimeout } from 'node:timers/promises';
import type { ObjectStore, StoredObject } from '../object-store';
import { readRegistry } from './read-registry';
import { messageOf, refusal } from './refusal';
import type { Registry } from './registry';

/** Attempts of a change that meets others. */
const attempts = 50;

/** Longest pause between two attempts, in milliseconds. */
const longestPause = 200;

export class RegistryStore {
  /**
   * @param place the object, for errors, as in `s3://bucket/key`
   * @param pause waits for milliseconds
   */
  constructor(
    private readonly objects: ObjectStore,
    private readonly key: string,
    readonly place: string,
    private readonly pause: (milliseconds: number) => Promise<unknown> = (milliseconds) => setTimeout(milliseconds),
  ) {}

  /** The registry, or undefined before `init`. @throws Refusal if it is damaged */
  async find(): Promise<Registry | undefined> {
    return this.parsed(await this.stored());
  }

  /** The registry. @throws Refusal if there is none, or it is damaged */
  async read(): Promise<Registry> {
    return (await this.find()) ?? this.missing();
  }

  /** Creates the registry. Returns false and writes nothing if there is one. */
  create(registry: Registry): Promise<boolean> {
    return this.write(registry, undefined);
  }

  /**
   * Replaces the registry by `change` of it, again from the start if another writer was first. `change` must be pure;
   * if it returns the same registry, nothing is written.
   *
   * @throws Refusal if there is no registry, or other writers are first each time; and errors of `change`
   */
  async change(change: (registry: Registry) => Registry): Promise<Registry> {
    let written: string | undefined;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const stored = await this.stored();
      const before = this.parsed(stored) ?? this.missing();
      // A write whose answer was lost: the client sent it again, and met its own content.
      if (written !== undefined && stored?.text === written) return before;
      const after = change(before);
      if (after === before || (await this.write(after, stored))) return after;
      written = textOf(after);
      await this.pause(Math.random() * Math.min(longestPause, 10 * attempt));
    }
    throw refusal(this.place, 'a registry that one writer changes', `changes of others in ${attempts} attempts`, 'run the command again');
  }

  private stored(): Promise<StoredObject | undefined> {
    return this.answered('an answer', () => this.objects.read(this.key));
  }

  private write(registry: Registry, replaced: StoredObject | undefined): Promise<boolean> {
    return this.answered('a write', () => this.objects.write(this.key, textOf(registry), 'application/json', replaced));
  }

  private async answered<Answer>(expected: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      throw refusal(
        this.place,
        expected,
        `${name}: ${messageOf(error)}`,
        'check the place and your permissions, and run the command again',
      );
    }
  }

  private parsed(stored: StoredObject | undefined): Registry | undefined {
    return stored === undefined ? undefined : readRegistry(stored.text, this.place);
  }

  private missing(): never {
    throw refusal(this.place, 'a registry', 'none', 'create it with npm run vpn -- init');
  }
}

const textOf = (registry: Registry): string => `${JSON.stringify(registry, undefined, 1)}\n`;
