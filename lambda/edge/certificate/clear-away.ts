// Removes certificates that the deployment has imported and no longer needs.
import type { CertificateStore } from './certificate-store';
import type { Pause } from './pause';

/** Milliseconds between tries while something uses a certificate, and how many: a load balancer that was deleted lets go after a while. */
const apart = 15_000;
const tries = 8;

/** After a change of where the certificate comes from: those before it, once nothing uses them. Gives their ARNs. */
export async function removeSuperseded(store: CertificateStore, current: string): Promise<readonly string[]> {
  const superseded = (await store.own()).filter(({ arn, inUse }) => arn !== current && !inUse);
  const removed: string[] = [];
  for (const { arn } of superseded) if (await store.remove(arn)) removed.push(arn);
  return removed;
}

/** When the resource is deleted: all of them. One that something still uses stays, and is told of, as no deletion must fail for it. */
export async function removeAll(store: CertificateStore, pause: Pause): Promise<void> {
  let left = (await store.own()).map(({ arn }) => arn);
  for (let attempt = 1; left.length > 0; attempt++) {
    const used: string[] = [];
    for (const arn of left) if (!(await store.remove(arn))) used.push(arn);
    left = used;
    if (left.length === 0) return;
    if (attempt === tries) {
      console.warn(`something still uses ${left.join(', ')}; delete it in ACM once nothing does`);
      return;
    }
    await pause(apart);
  }
}
