// Generated data: reproducible by its seed, of no real person, and never in production. (TOM-7.4)
import { generateHits, generateSite, randomNumbers } from '../../../../lambda/database/generated-data/generate';
import { loadGeneratedData } from '../../../../lambda/database/generated-data/load';
import { parseHit } from '../../../../runtime/hit';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { databaseTimeLimit } from '../../../time-limits';

jest.setTimeout(databaseTimeLimit);

const amount = { seed: 42, sites: 3, hitsPerSite: 200 };
const now = new Date();

test('a seed makes the same sites and hits again, and another seed others', () => {
  const end = new Date('2026-03-01T00:00:00Z');
  const made = (seed: number) => [generateSite(seed, 0), [...generateHits(seed, 0, generateSite(seed, 0), 50, end)]];
  expect(made(1)).toEqual(made(1));
  expect(made(1)).not.toEqual(made(2));
});

test('numbers spread evenly over [0, 1)', () => {
  const random = randomNumbers(9);
  const bins = Array<number>(10).fill(0);
  for (let drawn = 0; drawn < 10_000; drawn++) {
    const bin = Math.floor(random() * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(120);
});

test("every generated hit is one, and every name and address in it is nobody's", () => {
  const site = generateSite(5, 1);
  const end = new Date('2026-03-01T00:00:00Z');
  for (const hit of generateHits(5, 1, site, 300, end)) {
    expect(parseHit(Buffer.from(JSON.stringify({ site: 1, ...hit })), end)).toHaveProperty('hit');
    expect(hit.address).toMatch(/^(192\.0\.2\.0|198\.51\.100\.0|203\.0\.113\.0|2001:db8:[0-9a-f]+::)$/);
  }
  for (const { email } of site.people) expect(email).toMatch(/@example\.com$/);
});

describe('in development', () => {
  let db: LocalDatabase;
  beforeAll(async () => {
    db = await startDatabase('development');
  });
  afterAll(() => db.close());

  test('the data is loaded, and a second load on the same day adds nothing', async () => {
    const first = await loadGeneratedData('development', db.maintenance, db.application, amount, now);
    expect(first).toMatchObject({ sites: 3, hits: 600 });
    expect(first.people).toBeGreaterThanOrEqual(9);
    expect(await loadGeneratedData('development', db.maintenance, db.application, amount, now)).toEqual({ sites: 0, people: 0, hits: 0 });
    const { rows } = await db.superuser.query('select bool_and(generated) as all, count(*)::int as n from rempart.sites');
    expect(rows).toEqual([{ all: true, n: 3 }]);
  });
});

describe('in production', () => {
  let db: LocalDatabase;
  beforeAll(async () => {
    db = await startDatabase('production');
  });
  afterAll(() => db.close());

  test.each([['production'], [''], ['prod']])('the code refuses: %s', async (environment) => {
    await expect(loadGeneratedData(environment, db.maintenance, db.application, amount, now)).rejects.toThrow(
      /expected staging or development, got/,
    );
  });

  test('the database rejects them independently of the code', async () => {
    await expect(loadGeneratedData('development', db.maintenance, db.application, amount, now)).rejects.toThrow(
      /expected no generated site in production/,
    );
    const site = await db.createSite('real');
    await expect(db.superuser.query('update rempart.sites set generated = true where id = $1', [site])).rejects.toThrow(
      /expected no generated site in production/,
    );
    expect((await db.superuser.query('select count(*)::int as n from rempart.sites where generated')).rows[0].n).toBe(0);
  });
});
