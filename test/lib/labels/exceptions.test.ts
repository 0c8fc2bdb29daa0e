// Every exception of every reviewed site has a reason, an owner and a day on which it ends, and is used.
import { readdirSync } from 'node:fs';
import type { Exception } from '../../../lib/labels/exceptions';
import { reviewedSites, siteLabel } from '../../../tools/synthesis/synthesize';
import { type Synthesized, synthesized } from '../../synthesized/synthesized';

/** An exception where the app made it. */
interface Made extends Exception {
  readonly construct: string;
}

interface MetadataEntry {
  readonly type: string;
  readonly data: unknown;
}

const longestTerm = 366;

/** What is wrong with the terms of an exception, on a given day. */
function faultsOf({ id, reason, owner, expires }: Exception, today: Date): string[] {
  const days = (Date.parse(expires) - today.getTime()) / 86_400_000;
  return [
    ...(/^[A-Za-z0-9.]+::[A-Za-z0-9.]+-\S+$/.test(id) ? [] : ['id without the prefix of its pack']),
    ...(/^\S.{29,}\.$/.test(reason) ? [] : ['reason that is not a sentence']),
    ...(owner.trim() ? [] : ['no owner']),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(expires) && days > 0 ? [] : ['expired']),
    ...(days <= longestTerm ? [] : ['term of more than a year']),
  ];
}

function metadataOf(site: Synthesized): { construct: string; entry: MetadataEntry }[] {
  return readdirSync(site.folder)
    .filter((file) => file.endsWith('.metadata.json'))
    .flatMap((file) => Object.entries(site.file(file) as Record<string, MetadataEntry[]>))
    .flatMap(([construct, entries]) => entries.map((entry) => ({ construct: construct.slice(1), entry })));
}

const exceptionsOf = (site: Synthesized): Made[] =>
  metadataOf(site)
    .filter(({ entry }) => entry.type === 'rempart:exception')
    .map(({ construct, entry }) => ({ ...(entry.data as Exception), construct }));

const acknowledgedIdsOf = (site: Synthesized): string[] =>
  metadataOf(site)
    .filter(({ entry }) => entry.type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ construct, entry }) => Object.keys(entry.data as object).map((id) => `${construct} ${id}`));

interface Report {
  readonly pluginReports: readonly {
    readonly suppressedViolations?: readonly { readonly acknowledgedId: string; readonly acknowledgedAt: string }[];
  }[];
}

const usedIn = (site: Synthesized): Set<string> =>
  new Set(
    (site.file('validation-report.json') as Report).pluginReports
      .flatMap(({ suppressedViolations = [] }) => suppressedViolations)
      .map(({ acknowledgedAt, acknowledgedId }) => `${acknowledgedAt} ${acknowledgedId}`),
  );

describe.each(reviewedSites.map((site) => ({ ...site, label: siteLabel(site) })))('exceptions of $label', ({ deployment, site }) => {
  const app = synthesized(deployment, site);
  const exceptions = exceptionsOf(app);

  test('there are some, or this test proves nothing', () => {
    expect(exceptions.length).toBeGreaterThan(0);
  });

  test('each has a reason, an owner and a day on which it ends', () => {
    const today = new Date();
    expect(exceptions.flatMap((made) => faultsOf(made, today).map((fault) => `${made.construct} ${made.id}: ${fault}`))).toEqual([]);
  });

  test('each is used, so that none outlives what it excuses', () => {
    const used = usedIn(app);
    expect(exceptions.map(({ construct, id }) => `${construct} ${id}`).filter((made) => !used.has(made))).toEqual([]);
  });

  test('no finding is acknowledged in any other way', () => {
    expect(acknowledgedIdsOf(app).sort()).toEqual(exceptions.map(({ construct, id }) => `${construct} ${id}`).sort());
  });
});

describe('the terms of an exception', () => {
  const today = new Date('2026-11-22');
  const sound: Exception = {
    id: 'TOM::TOM-key-rotation[rotation]',
    reason: 'Imported key material cannot be rotated by the service.',
    owner: 'platform',
    expires: '2027-05-31',
  };

  test('sound ones pass', () => {
    expect(faultsOf(sound, today)).toEqual([]);
  });

  test.each<[Partial<Exception>, string]>([
    [{ reason: '' }, 'reason that is not a sentence'],
    [{ reason: 'because' }, 'reason that is not a sentence'],
    [{ owner: ' ' }, 'no owner'],
    [{ expires: '2026-11-21' }, 'expired'],
    [{ expires: 'never' }, 'expired'],
    [{ expires: '2028-11-22' }, 'term of more than a year'],
  ])('%j is refused: %s', (change, fault) => {
    expect(faultsOf({ ...sound, ...change }, today)).toContain(fault);
  });

  test('an id that would vanish from the report is refused', () => {
    expect(faultsOf({ ...sound, id: 'TOM-key-rotation[rotation]' as Exception['id'] }, today)).toEqual([
      'id without the prefix of its pack',
    ]);
  });
});
