// Tries to see or change what another site has in the lake, by each way that there is, and counts.
import { randomNumbers } from '../../lambda/database/generated-data/generate';
import type { Assembly } from '../../lib/tom/template/assembly';
import { fileAttempt } from './attacks/files';
import { requestAttempt, roleAttempts, sessionAttempts, storeAttempt } from './attacks/keys';
import { cacheAttempt, filterAttempt, lyingCatalogueAttempt } from './attacks/reads';
import { callsOfUpkeep, statementAttempt, upkeepAttempt } from './attacks/statements';
import { type Attempt, type Chance, chanceOf } from './attempt';
import { LakePolicies } from './policies';
import { openWorld, stateOf, type World } from './world';

export interface Count {
  tried: number;
  answered: number;
  refused: number;
}

export interface LakeProof {
  readonly seed: number;
  readonly families: Readonly<Record<string, Count>>;
  readonly tried: number;
  /** Attempts that have shown or changed something of another site. */
  readonly found: readonly string[];
}

/** Random attempts, with the share of each. */
const shares: readonly (readonly [number, (at: World, chance: Chance) => Attempt])[] = [
  [25, statementAttempt],
  [10, upkeepAttempt],
  [20, filterAttempt],
  [10, lyingCatalogueAttempt],
  [15, storeAttempt],
  [15, requestAttempt],
  [2, fileAttempt],
];

export interface Plan {
  /** Random attempts. */
  readonly tries: number;
  readonly seed: number;
  /** How many of the sessions and roles are tried. @default - each of them */
  readonly enumerated?: number;
}

/** Opens a world on the templates, tries, and closes it. */
export async function proveLake(assembly: Assembly, plan: Plan): Promise<LakeProof> {
  const world = await openWorld(new LakePolicies(assembly));
  try {
    return await attack(world, plan);
  } finally {
    await world.close();
  }
}

/** Random attempts, and then those of sessions and roles. */
export async function attack(world: World, { tries, seed, enumerated }: Plan): Promise<LakeProof> {
  const chance = chanceOf(randomNumbers(seed));
  const judge = new Judge(world);
  await judge.begin();
  const ways = shares.flatMap(([share, way]) => Array.from({ length: share }, () => way));
  const lake = world.bucket.lake('lake-reader');
  for (let number = 0; number < tries; number++) {
    await judge.judge(chance.happens(0.03) ? cacheAttempt(world, chance, lake) : chance.pick(ways)(world, chance));
    if (number % 100 === 99) await judge.compare();
  }
  const all = [...sessionAttempts(world), ...roleAttempts(world)];
  const some = enumerated === undefined ? all : Array.from({ length: enumerated }, () => chance.pick(all));
  for (const attempt of some) await judge.judge(attempt);
  await judge.compare();
  return {
    seed,
    families: judge.families,
    tried: Object.values(judge.families).reduce((sum, { tried }) => sum + tried, 0),
    found: judge.found,
  };
}

/** Undefined function, column, table and parameter ("PostgreSQL Error Codes"). */
const undefinedNames: readonly string[] = ['42883', '42703', '42P01', '42P02'];

class Judge {
  readonly families: Record<string, Count> = {};
  readonly found: string[] = [];
  private before = '';
  private last: string[] = [];
  private readonly secrets: readonly string[];
  private readonly bodies: readonly Buffer[];

  constructor(private readonly world: World) {
    const others = world.all.filter(({ site }) => site !== world.own.site);
    this.secrets = others.flatMap(({ marker, digests }) => [marker, ...digests]);
    this.bodies = others.flatMap(({ keys }) => keys.map((key) => world.bucket.objects.get(key) ?? Buffer.alloc(0)));
  }

  async begin(): Promise<void> {
    this.before = await stateOf(this.world);
  }

  async judge({ family, what, typed = '', run }: Attempt): Promise<void> {
    this.families[family] ??= { tried: 0, answered: 0, refused: 0 };
    const count = this.families[family];
    count.tried++;
    this.last.push(what);
    try {
      const seen = await run();
      count.answered++;
      if (this.shows(seen, typed)) this.found.push(`${family}: ${what}`);
    } catch (error) {
      count.refused++;
      const {
        message = '',
        detail = '',
        code = '',
      } = error as { readonly message?: string; readonly detail?: string; readonly code?: string };
      // A call that the database does not have attacks nothing.
      if (family === callsOfUpkeep && undefinedNames.includes(code))
        throw new Error(`${what}: expected a call that the database has, got ${message}; correct the attempt`);
      if (this.shows({ message, detail }, typed)) this.found.push(`${family}: ${what}: ${message}`);
    }
  }

  /** Whether what other sites have is as before. */
  async compare(): Promise<void> {
    const now = await stateOf(this.world);
    if (now !== this.before) this.found.push(`changed by one of: ${this.last.join('\n')}`);
    this.before = now;
    this.last = [];
  }

  /** Whether something seen has a secret, or bytes of an object, of another site. */
  private shows(seen: unknown, typed: string): boolean {
    if (Buffer.isBuffer(seen) && seen.length > 8 && this.bodies.some((body) => body.includes(seen))) return true;
    const text = Buffer.isBuffer(seen) ? seen.toString('latin1') : (JSON.stringify(seen) ?? '');
    return this.secrets.some((secret) => text.includes(secret) && !typed.includes(secret));
  }
}
