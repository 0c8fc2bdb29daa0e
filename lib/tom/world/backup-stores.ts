// Stores that are backed up each day, and those that are not, with the reason of each. The list is closed. (DSS-5.4.2)
import { backupTag, notBackedUpKey, dailyBackup as value } from '../../labels/backup';
import type { DeclarationOptions } from './declaration';
import type { FormLike } from './form';

/** The tag by which the plans select a store. */
export const dailyBackup: FormLike = { Key: backupTag, Value: value };

/** The stores that no plan selects, by name, with the reason. */
export const storesLeftOut: Readonly<Record<string, string>> = {
  'account/AuditArchive': 'The lock of each record keeps everyone from losing it for longer than a backup is kept.',
  'account/EdgeLogLanding': 'Logs stay for minutes until they are redacted; a backup would keep the query strings of visitors.',
  'account/EdgeLogs': 'A log cannot be deleted, and a backup would keep the addresses of visitors for longer than promised.',
  'collection/CollectorsServerTemplate': 'Hits stay on the disks for minutes until the stream and the archive have them.',
  'data/Archive': 'A backup would keep the raw hits of an erased person for longer than promised; versions keep what a mistake removes.',
  'data/DeadLetters': 'The archive has the same hits, and a backup would keep a dead letter for longer than an erasure allows.',
  'data/Hits': 'The archive has each hit within minutes, and AWS Backup has no backups of streams.',
};

/** The metadata of a store that is not backed up: its reason, word for word. */
export function notBackedUp(store: string): Pick<DeclarationOptions, 'metadata'> {
  const reason = storesLeftOut[store];
  if (reason === undefined) throw new Error(`backup-stores: expected a store with a reason, got ${store}; add it or select the store`);
  return { metadata: { [notBackedUpKey]: reason } };
}
