// The twin's sites: created with the logic of the deployed functions, each with other settings, so that their effect
// is visible.
import { administerSite } from '../../../lambda/database/site-admin/administer';
import type { Database } from '../../../runtime/database';
import { type SiteId, siteId } from '../../../runtime/site';
import { SiteKeys } from '../../../runtime/site-keys';
import { FileSecrets } from './file-secrets';

export interface SampleSite {
  readonly key: string;
  readonly name: string;
  readonly addressMode: 'truncate' | 'hash';
  readonly hashedFields: readonly string[];
  readonly privacySignals: boolean;
  /** The effect of its settings, for the status page. */
  readonly shows: string;
}

export type TwinSite = SampleSite & { readonly id: SiteId };

const plain = { addressMode: 'truncate', hashedFields: [], privacySignals: true } as const;

/** By size, largest first: their shares of the traffic are those of real sites (traffic/plan.ts). */
export const sampleSites: readonly SampleSite[] = [
  { ...plain, key: 'gazette', name: 'The Gazette', shows: 'addresses cut to a network (IPv4 /24, IPv6 /48)' },
  {
    ...plain,
    key: 'clinic',
    name: 'Clinic by the Lake',
    addressMode: 'hash',
    hashedFields: ['email', 'patient'],
    shows: "addresses and the fields email and patient hashed under the site's key",
  },
  {
    ...plain,
    key: 'harbour',
    name: 'Harbour Weather',
    privacySignals: false,
    shows: "privacy signals off: a browser's DNT and GPC change nothing",
  },
  { ...plain, key: 'boutique', name: 'Boutique Amber', hashedFields: ['email'], shows: 'the field email hashed' },
  { ...plain, key: 'library', name: 'City Library', addressMode: 'hash', shows: 'addresses hashed' },
  { ...plain, key: 'cyclists', name: 'Cyclists of the North', shows: 'a small site' },
];

const actor = { name: 'twin', from: 'tools/twin' } as const;

/** Creates missing sites, and writes the settings of each. */
export async function makeSites(maintenance: Database, application: Database, keysFolder: string): Promise<readonly TwinSite[]> {
  const keys = new SiteKeys(new FileSecrets(keysFolder), 'sites');
  const made: TwinSite[] = [];
  for (const sample of sampleSites) {
    const { site } = await administerSite(maintenance, keys, { action: 'create', key: sample.key, name: sample.name, actor });
    const id = siteId(site);
    await application.withSite(id, { ...actor, doing: 'set sample settings' }, (session) =>
      session.query('update rempart.site_settings set address_mode = $1, hashed_fields = $2, privacy_signals = $3, changed_at = now()', [
        sample.addressMode,
        sample.hashedFields,
        sample.privacySignals,
      ]),
    );
    made.push({ ...sample, id });
  }
  return made;
}
