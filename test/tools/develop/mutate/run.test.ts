import { evaluateRule } from '../../../../lib/tom/evaluate';
import { append, guard, guardWhere, type Rule, remove, replace, set } from '../../../../lib/tom/rule';
import { applyMutant, type Subject } from '../../../../tools/develop/mutate/mutants';
import { reportOf } from '../../../../tools/develop/mutate/report';
import { exitCodeOf, mutate } from '../../../../tools/develop/mutate/run';
import { assemblyOf, facts, resource } from '../../../lib/tom/rules/example';

const finding = (id: string) => ({ id, path: 'Properties', found: undefined, required: 'otherwise', fix: 'Mend it.' });

/** A lock that must be shut and have two bolts, each of steel. */
const sound: Rule = {
  name: 'lock',
  requires: 'locks are shut',
  types: ['Lock'],
  check: (lock) => [
    ...(lock.at('Shut') === true ? [] : [finding('shut')]),
    ...(lock.at('Bolts.1') === undefined || lock.at('Bolts.2') !== undefined ? [finding('bolts')] : []),
    ...[0, 1].flatMap((bolt) => (lock.at(`Bolts.${bolt}.Metal`) === 'steel' ? [] : [finding(`bolt${bolt}`)])),
  ],
  guards: [
    guard('Lock', '', remove),
    guard('Lock', 'Properties.Shut', remove, replace(false)),
    guard('Lock', 'Properties.Bolts', append({ Metal: 'tin' })),
    guard('Lock', 'Properties.Bolts.*.Metal', replace('tin')),
  ],
};

const subject = (properties: Record<string, unknown> = { Shut: true, Bolts: [{ Metal: 'steel' }, { Metal: 'steel' }] }): Subject => ({
  label: 'toy',
  assembly: assemblyOf({ Lock: resource('Lock', properties as never), Wall: resource('Wall') }),
});
const run = (changed: Partial<Rule>, over = subject()) => mutate([{ ...sound, ...changed }], [over]);

test('a sound rule kills every mutant', () => {
  const result = run({});
  expect(result).toMatchObject({ mutants: 6, killed: 6 });
  expect(exitCodeOf(result)).toBe(0);
});

test('a rule with a hole leaves a survivor', () => {
  const result = run({
    check: (lock) => (lock.at('Shut') === true ? [] : [finding('shut')]),
  });
  expect(result.rules[0]?.survivors.map(({ path, break: { op } }) => `${op} ${path}`)).toEqual([
    'append Properties.Bolts',
    'replace Properties.Bolts.0.Metal',
    'replace Properties.Bolts.1.Metal',
  ]);
  expect(exitCodeOf(result)).toBe(1);
  expect(reportOf(result)).toContain('survived: lock: toy production-example/Lock (Lock) Properties.Bolts.0.Metal: replace "tin"');
});

test('a finding that was there before kills nothing', () => {
  const open = subject({ Shut: false, Bolts: [{ Metal: 'steel' }, { Metal: 'steel' }] });
  expect(run({ guards: [guard('Lock', 'Properties.Shut', remove)] }, open).rules[0]?.survivors).toHaveLength(1);
});

test('a rule that throws has killed nothing', () => {
  const result = run({
    check: (lock) => {
      if (lock.at('Shut') === undefined) throw new Error('cannot tell');
      return sound.check(lock, assemblyOf({}));
    },
  });
  expect(result.rules[0]?.survivors).toMatchObject([{ path: 'Properties.Shut', threw: 'lock threw: cannot tell' }]);
});

describe('an bypass', () => {
  const tinLock = resource('Lock', { Shut: true, Bolts: [{ Metal: 'tin' }, { Metal: 'steel' }] });
  const bypassing = (changed: Partial<Rule>, over = subject()) => run({ guards: [], ...changed }, over);

  test('is objected to, and counted by itself', () => {
    const result = run({ bypasses: [{ name: 'a lock of tin', beside: 'Wall', resources: { Tin: tinLock } }] });
    expect(result).toMatchObject({
      mutants: 7,
      killed: 7,
      breaks: { mutants: 6, killed: 6 },
      bypasses: { mutants: 1, killed: 1 },
    });
    expect(exitCodeOf(result)).toBe(0);
    expect(reportOf(result)).toMatch(/^lock {2,}6 +6 +1 +1 +100\.0 %$/m);
    expect(reportOf(result)).toContain('6 of 6 broken properties and 1 of 1 bypasses were objected to');
  });

  test('that a rule lets in is told', () => {
    const result = bypassing({ bypasses: [{ name: 'a window', beside: 'Lock', resources: { Window: resource('Window') } }] });
    expect(result.rules[0]?.unopposed).toEqual([{ site: 'toy', bypass: 'a window' }]);
    expect(exitCodeOf(result)).toBe(1);
    expect(reportOf(result)).toContain('let in: lock: toy a window');
    expect(reportOf(result)).toContain('0 of 1 bypasses');
  });

  test('at which a rule throws has been let in', () => {
    const check: Rule['check'] = (lock, assembly) => {
      if (lock.logicalId === 'Tin') throw new Error('cannot tell');
      return sound.check(lock, assembly);
    };
    const result = bypassing({ check, bypasses: [{ name: 'a lock of tin', beside: 'Wall', resources: { Tin: tinLock } }] });
    expect(result.rules[0]?.unopposed).toEqual([{ site: 'toy', bypass: 'a lock of tin', threw: 'lock threw: cannot tell' }]);
  });

  test('knows beside what it is put, and is not tried where there is no such place', () => {
    const seen: string[] = [];
    const bypasses = ['Wall', 'Door'].map((beside) => ({
      name: beside,
      beside,
      resources: (place: { logicalId: string }) => {
        seen.push(place.logicalId);
        return { Tin: tinLock };
      },
    }));
    expect(bypassing({ bypasses: bypasses }).bypasses).toEqual({ mutants: 1, killed: 1 });
    expect(seen).toEqual(['Wall']);
  });

  test('takes no place that is taken, and leaves the templates as they were', () => {
    const over = subject();
    const before = JSON.stringify(over.assembly.stacks);
    const put = (id: string) => bypassing({ bypasses: [{ name: 'a lock', beside: 'Wall', resources: { [id]: tinLock } }] }, over);
    expect(put('Tin').killed).toBe(1);
    expect(() => put('Lock')).toThrow('bypass a lock: expected a logical id that production-example does not have, got Lock');
    expect(JSON.stringify(over.assembly.stacks)).toBe(before);
  });
});

test('a property that is removed with its resource is missed by a rule that must apply, and not by one that need not', () => {
  expect(run({ guards: [guard('Lock', '', remove)] }).killed).toBe(1);
  expect(run({ guards: [guard('Lock', '', remove)], mustApply: false }).killed).toBe(0);
});

test('a guard that matches nothing is reported, unless its type does not occur', () => {
  const guards = [...sound.guards, guard('Lock', 'Properties.Colour', remove), guard('Door', 'Properties.Colour', remove)];
  const result = run({ guards });
  expect(result.rules[0]?.unmatched).toEqual([{ type: 'Lock', path: 'Properties.Colour' }]);
  expect(exitCodeOf(result)).toBe(1);
  const elsewhere = run({ guards: [...sound.guards, guardWhere('Lock', () => false, 'Properties.Colour', remove)] });
  expect(exitCodeOf(elsewhere)).toBe(0);
});

describe('what a rule reads', () => {
  const unguarded = (changed: Partial<Rule>) => run(changed).rules[0]?.unguarded;

  test('is guarded or listed as consulted', () => {
    const check: Rule['check'] = (lock, assembly) => {
      const [wall] = assembly.ofType('Wall');
      return lock.at('Name') === 'x' || wall?.at('Height') === 1 ? [finding('name')] : sound.check(lock, assembly);
    };
    expect(unguarded({ check })).toEqual([
      { type: 'Lock', path: 'Properties.Name' },
      { type: 'Wall', path: 'Properties.Height' },
    ]);
    const reads = [
      { type: 'Lock', path: 'Properties.Name' },
      { type: 'Wall', path: 'Properties' },
    ];
    expect(unguarded({ check, reads: reads })).toEqual([]);
  });

  test('is not covered by a guard of a sibling, or of the whole resource', () => {
    const guards = sound.guards.filter(({ path }) => path !== 'Properties.Shut');
    expect(unguarded({ guards })).toEqual([{ type: 'Lock', path: 'Properties.Shut' }]);
    expect(unguarded({ guards: [guard('Lock', '', remove)] })).toHaveLength(2);
  });

  test('is found in lists, in loops over keys, and where it is missing', () => {
    const check: Rule['check'] = (lock) => {
      for (const [, value] of Object.entries(lock.properties)) JSON.stringify(value);
      return 'Handle' in lock.properties ? [] : [];
    };
    expect(unguarded({ check, guards: [] })).toEqual([
      { type: 'Lock', path: 'Properties.Bolts.*.Metal' },
      { type: 'Lock', path: 'Properties.Handle' },
      { type: 'Lock', path: 'Properties.Shut' },
    ]);
  });
});

describe('a mutant', () => {
  const mutantOf = (path: string, ...breaks: Parameters<typeof guard>[2][]) => {
    const over = subject();
    const seen: unknown[] = [];
    const check: Rule['check'] = (lock) => {
      seen.push(lock.properties);
      return [];
    };
    mutate([{ ...sound, guards: [guard('Lock', path, ...breaks)], check, mustApply: false }], [over]);
    // The first and the last time the rule is asked are about the templates as they are.
    return seen.slice(1, -1);
  };

  test('has one thing changed', () => {
    const bolts = [{ Metal: 'steel' }, { Metal: 'steel' }];
    expect(mutantOf('Properties.Bolts.*', remove)).toEqual([
      { Shut: true, Bolts: [{ Metal: 'steel' }] },
      { Shut: true, Bolts: [{ Metal: 'steel' }] },
    ]);
    expect(mutantOf('Properties.Bolts.[Metal=steel].Metal', replace('tin'))).toHaveLength(2);
    expect(mutantOf('Properties.Bolts.[Metal=gold].Metal', replace('tin'))).toEqual([]);
    expect(mutantOf('Properties.Deep.New', set(1))).toEqual([{ Shut: true, Bolts: bolts, Deep: { New: 1 } }]);
    expect(mutantOf('Properties.List', append(1))).toEqual([{ Shut: true, Bolts: bolts, List: [1] }]);
    expect(mutantOf('Properties.Shut', append(1))).toEqual([{ Shut: [true, 1], Bolts: bolts }]);
  });

  test('that would change nothing is none', () => {
    expect(mutantOf('Properties.Shut', replace(true), set(true))).toEqual([]);
  });

  test('leaves the templates as they were, and shares what it does not touch', () => {
    const over = subject();
    const before = JSON.stringify(over.assembly.stacks);
    const [lock] = over.assembly.ofType('Lock');
    const assembly = applyMutant({
      rule: sound,
      subject: over,
      stack: over.assembly.stacks[0] as never,
      resource: lock,
      path: ['Properties', 'Shut'],
      break: replace(false),
    });
    expect(JSON.stringify(over.assembly.stacks)).toBe(before);
    expect(assembly.ofType('Lock')[0]?.at('Shut')).toBe(false);
    expect(assembly.ofType('Wall')[0]?.json).toBe(over.assembly.ofType('Wall')[0]?.json);
    expect(assembly.facts).toEqual(facts);
  });
});

test('a stack is broken like a resource', () => {
  const rule: Rule = {
    ...sound,
    types: [],
    checkStack: ({ region }) => (region === 'eu-west-3' ? [] : [finding('region')]),
    guards: [guard('Stack', 'region', replace('us-east-1'))],
  };
  expect(mutate([rule], [subject()])).toMatchObject({ mutants: 1, killed: 1 });
  expect(evaluateRule(subject().assembly, rule)).toHaveLength(1);
});

test('the same templates give the same result in the same order', () => {
  expect(JSON.stringify(run({}))).toBe(JSON.stringify(run({})));
});
