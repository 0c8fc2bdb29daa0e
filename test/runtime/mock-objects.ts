// A mock of an object store: objects in memory, with the conditions of the real one.
import type { ObjectStore, StoredObject } from '../../runtime/object-store';

export class MockObjects implements ObjectStore {
  readonly objects = new Map<string, StoredObject>();
  /** Called before each write, which it may refuse by throwing, or run into by writing first. */
  beforeWrite: () => void = () => undefined;
  private version = 0;

  async read(key: string): Promise<StoredObject | undefined> {
    return this.objects.get(key);
  }

  async write(key: string, text: string, _contentType: string, replaced: StoredObject | undefined): Promise<boolean> {
    this.beforeWrite();
    if (this.objects.get(key)?.version !== replaced?.version) return false;
    this.objects.set(key, { text, version: `"${++this.version}"` });
    return true;
  }
}
