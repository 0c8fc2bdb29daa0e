// For any content of a file, the loader returns a whole site or throws one ConfigurationError, and changes no
// prototype.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { crossChecks } from '../../../lib/config/checks/cross-checks';
import { ConfigurationError, loadSite } from '../../../lib/config/load';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { shortest, withFolder } from './folder';

/** Fixed, so that a failure can be repeated; fast-check prints the path to the failing case beside it. */
const seed = 20_260_214;
const realFiles = ['production', 'staging', 'development'].map((name) =>
  readFileSync(join(__dirname, '../../../config', `${name}.yaml`), 'utf8'),
);
const full = `${shortest}region: eu-west-3
recoveryRegion: eu-central-1
account: "111111111111"
network:
  vpcCidr: 10.64.0.0/16
  sharedNat: false
  firewall: true
  allowedDomains: [.example.com, deb.debian.org]
access:
  vpnClientCidr: 10.60.0.0/22
  managementNetworks:
    - {name: manager, cidr: 192.168.40.0/24}
  partnerNetworks:
    - name: partner
      cidr: 192.168.50.0/24
  timeouts:
    shellIdleMinutes: 15
audit:
  retentionDays: 400
backup:
  retentionDays: 30
`;

const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const untouched = prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).sort().join());

/** Loads `content` and checks the invariants of any content. Returns whether it loaded. */
function loads(directory: string, content: string | Uint8Array): boolean {
  writeFileSync(join(directory, 'production.yaml'), content);
  try {
    const site = loadSite({ directory });
    expect(site).toMatchObject({ deployment: 'production', name: 'home', otherDeployments: [] });
    expect(settingsSchema.parse(site.settings)).toStrictEqual(site.settings);
    expect(crossChecks.flatMap((check) => check(site.settings))).toEqual([]);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const problem of error.problems) {
      const texts = [problem.where, problem.expected, problem.got, problem.todo];
      const isWhole = texts.every((text) => /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text)) && problem.where.startsWith('config/production.yaml');
      if (!isWhole) throw new Error(`not a whole problem: ${JSON.stringify(problem)}`);
    }
    return false;
  } finally {
    expect(prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).sort().join())).toEqual(untouched);
  }
}

/** Runs the property over contents, and counts those that loaded and those that did not. */
function run(contents: fc.Arbitrary<string | Uint8Array>, numRuns: number): { loaded: number; refused: number } {
  const count = { loaded: 0, refused: 0 };
  withFolder({}, (directory) => {
    const property = fc.property(contents, (content) => {
      count[loads(directory, content) ? 'loaded' : 'refused']++;
    });
    fc.assert(property, { seed, numRuns });
  });
  return count;
}

const keys = fc.constantFrom(
  ...['environment', 'owner', 'region', 'recoveryRegion', 'account', 'network', 'vpcCidr', 'firewall', 'access', 'timeouts', 'backup'],
  ...[
    'retentionDays',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '<<',
    '',
    '0',
    'x',
    'regoin',
    'partnerNetworks',
    'name',
    'cidr',
  ],
);
const values = fc.oneof(
  fc.constantFrom(
    'production',
    'eu-west-3',
    '10.64.0.0/16',
    '111111111111',
    '.example.com',
    'yes',
    '~',
    '*a',
    '&a',
    '!!js x',
    '- ',
    '{',
    '"',
    '|',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const trees = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    values,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
  ),
})).tree;

/** Pieces that YAML gives a meaning, in any order. */
const pieces = fc.constantFrom(
  ...[
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    ': ',
    ':',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|\n',
    '>\n',
    '#',
    '&a ',
    '*a',
    '!t ',
    '%YAML 1.1\n',
  ],
  ...[
    '---\n',
    '...\n',
    '\t',
    '\r',
    '\u0000',
    '\uFEFF',
    '\u2028',
    '<<',
    '~',
    '10',
    '.inf',
    'environment',
    'owner',
    'network',
    'production',
    '\\x',
  ],
);

/** A change of some characters of a file that loads. */
const mutations = fc
  .record({
    file: fc.constantFrom(full, ...realFiles),
    changes: fc.array(
      fc.record({ at: fc.nat(), drop: fc.nat({ max: 12 }), insert: fc.oneof(pieces, fc.string({ maxLength: 4 }), fc.constant('')) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  })
  .map(({ file, changes }) =>
    changes.reduce((text, { at, drop, insert }) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + insert + text.slice(start + drop);
    }, file),
  );

/** Lines of a file that loads, some of them left out, repeated, moved or indented. */
const lineMutations = fc.constantFrom(full, ...realFiles).chain((file) => {
  const line = fc.constantFrom(...file.split('\n'));
  const indented = fc.tuple(fc.constantFrom('', '  ', '    '), line).map(([indent, text]) => indent + text);
  return fc.array(fc.oneof(line, indented), { maxLength: 12 }).map((lines) => `${shortest}${lines.join('\n')}`);
});

describe(`any content results in a site or an error (seed ${seed})`, () => {
  test('random bytes', () => {
    expect(run(fc.uint8Array({ maxLength: 200 }), 150).refused).toBeGreaterThan(0);
  });

  test('random text', () => {
    expect(run(fc.string({ unit: 'binary', maxLength: 200 }), 150).refused).toBeGreaterThan(0);
  });

  test('random pieces of YAML', () => {
    expect(
      run(
        fc.array(pieces, { maxLength: 60 }).map((some) => some.join('')),
        300,
      ).refused,
    ).toBeGreaterThan(0);
  });

  test('random data under known and hostile keys', () => {
    const asYaml = trees.map((tree) => JSON.stringify(tree) ?? '');
    expect(run(asYaml, 250).refused).toBeGreaterThan(0);
  });

  test('random settings in an otherwise good file', () => {
    const contents = fc.tuple(keys, trees).map(([key, tree]) => `${shortest}${JSON.stringify(key)}: ${JSON.stringify(tree)}\n`);
    expect(run(contents, 250).refused).toBeGreaterThan(0);
  });

  test('good files with some characters changed', () => {
    const { loaded, refused } = run(mutations, 400);
    expect(Math.min(loaded, refused)).toBeGreaterThan(25);
  });

  test('good files with their lines shuffled', () => {
    const { loaded, refused } = run(lineMutations, 250);
    expect(Math.min(loaded, refused)).toBeGreaterThan(5);
  });

  test('any deployment and site', () => {
    withFolder({ production: shortest }, (directory) => {
      const wanted = fc.oneof(fc.anything(), fc.string(), fc.constantFrom('production', 'home', 'recovery', '..', '__proto__'));
      const property = fc.property(wanted, wanted, (deployment, site) => {
        try {
          expect(loadSite({ directory, deployment, site }).settings.owner).toBe('platform-team');
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
        }
      });
      fc.assert(property, { seed, numRuns: 300 });
    });
  });
});
