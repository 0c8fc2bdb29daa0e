// Deletes certificates that the deployment imported and no longer uses.
import type { CertificateStore } from './certificate-store';
import type { Pause } from './pause';

/** Milliseconds between attempts to delete a certificate in use: a deleted load balancer releases it after a while. */
const retryDelay = 15_000;
const attempts = 8;

/** Deletes the certificates of earlier settings that no resource uses. Returns their ARNs. */
export async function removeSuperseded(store: CertificateStore, current: string): Promise<readonly string[]> {
  const superseded = (await store.importedCertificates()).filter(({ arn, inUse }) => arn !== current && !inUse);
  const removed: string[] = [];
  for (const { arn } of superseded) if (await store.remove(arn)) removed.push(arn);
  return removed;
}

/**
 * Deletes all certificates, for the deletion of the resource. One that is still in use is retained and logged: it must
 * not fail the deletion.
 */
export async function removeAll(store: CertificateStore, pause: Pause): Promise<void> {
  let left = (await store.importedCertificates()).map(({ arn }) => arn);
  for (let attempt = 1; left.length > 0; attempt++) {
    const used: string[] = [];
    for (const arn of left) if (!(await store.remove(arn))) used.push(arn);
    left = used;
    if (left.length === 0) return;
    if (attempt === attempts) {
      console.warn(`expected certificates without users, got ${left.join(', ')} in use; delete them in ACM once no resource uses them`);
      return;
    }
    await pause(retryDelay);
  }
}
