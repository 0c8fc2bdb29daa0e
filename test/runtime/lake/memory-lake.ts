// A mock of the lake's objects in memory. A store of a site reaches the objects of this site, as AWS decides by the
// session tag.
import { createHash } from 'node:crypto';
import { type Lake, type LakeStore, siteFolder } from '../../../runtime/lake/store';
import type { SiteId } from '../../../runtime/site';

export class MemoryLake implements Lake {
  readonly objects = new Map<string, Buffer>();
  /** Keys in the order in which they were opened. */
  readonly opened: string[] = [];
  /** Fails each write and deletion whose key it returns true for. */
  failing: (key: string) => boolean = () => false;

  of(site: SiteId): LakeStore {
    const reach = (key: string) => {
      if (!key.startsWith(siteFolder(site))) throw new Error(`AccessDenied: ${key} is not of site ${site}`);
      return key;
    };
    return {
      open: ({ key, bytes }) => {
        const body = this.objects.get(reach(key));
        this.opened.push(key);
        return {
          key,
          bytes,
          async read(start, end) {
            if (!body) throw new Error(`NoSuchKey: ${key}`);
            return new Uint8Array(body.subarray(start, end)).buffer;
          },
        };
      },
      put: async (key, { body, sha256 }) => {
        if (this.failing(reach(key))) throw new Error(`SlowDown: ${key}`);
        if (createHash('sha256').update(body).digest('hex') !== sha256) throw new Error(`BadDigest: ${key}`);
        if (!this.objects.has(key)) this.objects.set(key, body);
      },
      remove: async (key) => {
        if (this.failing(reach(key))) throw new Error(`SlowDown: ${key}`);
        this.objects.delete(key);
      },
    };
  }
}
