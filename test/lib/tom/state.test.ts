// What becomes of a clause: kept only when proven whole, never on the strength of nothing.
import type { Clause, TechnicalClause } from '../../../lib/tom/clause';
import { clauseIds } from '../../../lib/tom/clause-id';
import { register } from '../../../lib/tom/register';
import type { Rule } from '../../../lib/tom/rule';
import { type Answer, type RuleAnswers, stateOf, stateOfClauses, totalsOf } from '../../../lib/tom/state';

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  name,
  requires: `${name} holds`,
  types: ['*'],
  check: () => [],
  guards: [],
  ...more,
});
const locked = rule('locked');
const labelled = rule('labelled');
const rare = rule('rare', { mustApply: false });

const fields = { title: 'Doors are locked', promise: 'All doors are locked.' };
const technical = (rules: readonly [Rule, ...Rule[]]): TechnicalClause => ({ ...fields, kind: 'technical', rules });

const compliant = (stack = 'production-account'): Answer => ({ stack, verdict: 'compliant' });
const aside: Answer = { stack: 'production-account', verdict: 'not-applicable' };
const finding = (state: 'open' | 'acknowledged' | 'not met', reason?: string): Answer => ({
  stack: 'production-network',
  verdict: 'non-compliant',
  findings: [{ id: 'f', state, ...(reason ? { reason } : {}) }],
});
const answers = (name: string, ...asked: Answer[]): RuleAnswers => ({ rule: name, asked });

const decide = (clause: Clause, ...given: RuleAnswers[]) => stateOf('TOM-5.5', clause, given);

describe('a clause proven by rules', () => {
  test('is kept if every rule was evaluated without a finding, with the stacks of its resources', () => {
    const state = decide(
      technical([locked, labelled]),
      answers('locked', compliant(), compliant(), compliant('production-network'), aside),
      answers('labelled', compliant('production-network')),
    );
    expect(state).toEqual({
      id: 'TOM-5.5',
      ...fields,
      kind: 'technical',
      state: 'kept',
      where: ['locked: 3 in production-account, production-network', 'labelled: 1 in production-network'],
      awaits: [],
    });
  });

  test('is broken by one open finding among many resources that comply', () => {
    const state = decide(technical([locked]), answers('locked', compliant(), compliant(), finding('open')));
    expect(state).toMatchObject({ state: 'not met', broken: 'finding', reason: 'broken: locked' });
  });

  test('is broken by an open finding of any of its rules', () => {
    const given = [answers('locked', compliant()), answers('labelled', finding('open'))];
    expect(decide(technical([locked, labelled]), ...given)).toMatchObject({
      state: 'not met',
      broken: 'finding',
      reason: 'broken: labelled',
    });
  });

  test.each([
    ['has no outcomes', [answers('locked')]],
    ['applied to no resource', [answers('locked', aside, aside)]],
    ['did not run', []],
  ])('is unproven where its rule %s', (_, given) => {
    const state = decide(technical([locked]), ...given);
    expect(state).toMatchObject({ state: 'not met', broken: 'unproven', where: [] });
    expect(state.reason).toContain('locked');
  });

  test('is unproven if one of its rules applied to no resource, for any outcomes of the others', () => {
    const state = decide(technical([locked, labelled]), answers('locked', compliant()), answers('labelled', aside));
    expect(state).toMatchObject({ state: 'not met', broken: 'unproven' });
    expect(state.reason).toContain('labelled');
    expect(state.reason).not.toContain('locked');
  });

  test('may include a rule that need not apply, but not only such rules', () => {
    expect(decide(technical([locked, rare]), answers('locked', compliant()), answers('rare'))).toMatchObject({ state: 'kept' });
    expect(decide(technical([rare]), answers('rare', aside))).toMatchObject({ state: 'not met', broken: 'unproven' });
    expect(decide(technical([locked, rare]), answers('locked', compliant()))).toMatchObject({ state: 'not met', broken: 'unproven' });
  });

  test('is kept with an acknowledged exception, which its reason mentions', () => {
    const state = decide(technical([locked]), answers('locked', compliant(), finding('acknowledged')));
    expect(state).toMatchObject({ state: 'kept', reason: 'acknowledged exceptions: 1' });
  });

  test('is not kept, though not broken, if a rule holds by exceptions only', () => {
    const state = decide(technical([locked, labelled]), answers('locked', finding('acknowledged')), answers('labelled', compliant()));
    expect(state.state).toBe('not met');
    expect(state.broken).toBeUndefined();
    expect(state.reason).toContain('locked');
  });

  test('is not met, though not broken, if the configuration leaves it out', () => {
    const given = answers('locked', compliant(), finding('not met', 'One key opens all doors.'));
    const state = decide(technical([locked]), given);
    expect(state).toMatchObject({ state: 'not met', reason: 'One key opens all doors.' });
    expect(state.broken).toBeUndefined();
  });

  test('is not met by declaration, without any finding; other clauses are not affected', () => {
    const given = [answers('locked', compliant())];
    const declared = [{ clause: 'TOM-5.5' as const, reason: 'One key opens all doors.' }];
    expect(stateOf('TOM-5.5', technical([locked]), given, declared)).toMatchObject({
      state: 'not met',
      reason: 'One key opens all doors.',
    });
    expect(stateOf('TOM-5.7', technical([locked]), given, declared)).toMatchObject({ state: 'kept' });
  });

  test('is broken rather than left out where both are true', () => {
    const declared = [{ clause: 'TOM-5.5' as const, reason: 'One key opens all doors.' }];
    const state = stateOf('TOM-5.5', technical([locked]), [answers('locked', finding('open'))], declared);
    expect(state).toMatchObject({ state: 'not met', broken: 'finding' });
  });
});

describe('a clause that needs a fact from outside', () => {
  const needing: TechnicalClause = { ...technical([locked]), rules: [locked], needs: ['access.auditor'] };
  const decideWithout = (...given: RuleAnswers[]) => stateOf('TOM-5.5', needing, given, [], ['access.auditor', 'access.deployer']);

  test('is not met without it, and names the setting, whatever its rules find', () => {
    expect(decideWithout(answers('locked', compliant()))).toMatchObject({ state: 'not met', reason: 'needs access.auditor' });
    const unevaluated = decideWithout(answers('locked', aside));
    expect(unevaluated).toMatchObject({ state: 'not met', reason: 'needs access.auditor' });
    expect(unevaluated.broken).toBeUndefined();
  });

  test('is broken rather than in need where a rule objects', () => {
    expect(decideWithout(answers('locked', finding('open')))).toMatchObject({ broken: 'finding' });
  });

  test('is kept with it', () => {
    expect(stateOf('TOM-5.5', needing, [answers('locked', compliant())], [], ['access.deployer'])).toMatchObject({ state: 'kept' });
  });
});

describe('a clause that awaits a part', () => {
  const partly: TechnicalClause = { ...fields, kind: 'technical', rules: [locked], awaits: ['watch: a watchman'] };

  test('is planned, never kept, and lists the existing proof', () => {
    const state = decide(partly, answers('locked', compliant()));
    expect(state).toMatchObject({ state: 'planned', where: ['locked: 1 in production-account'], awaits: ['watch: a watchman'] });
  });

  test('is violated by its existing parts', () => {
    expect(decide(partly, answers('locked', finding('open')))).toMatchObject({ state: 'not met', broken: 'finding' });
    expect(decide(partly, answers('locked'))).toMatchObject({ state: 'not met', broken: 'unproven' });
  });

  test('is planned without any rule', () => {
    expect(decide({ ...fields, kind: 'technical', awaits: ['watch: a watchman'] })).toMatchObject({ state: 'planned', where: [] });
  });
});

describe('the other kinds', () => {
  test('are attested by the provider or by people, with the awaited parts', () => {
    expect(decide({ ...fields, kind: 'inherited', attestation: 'A certificate' })).toMatchObject({
      state: 'attested',
      where: ['A certificate'],
    });
    const people: Clause = { ...fields, kind: 'organisational', attestedBy: 'Porter', artefact: 'Key list', awaits: ['access: a lock'] };
    expect(decide(people)).toMatchObject({ state: 'attested', where: ['Porter: Key list'], awaits: ['access: a lock'] });
  });

  test('an optional clause is planned until a resource complies', () => {
    const optional: Clause = { ...fields, kind: 'optional', rules: [locked] };
    expect(decide(optional, answers('locked', aside))).toMatchObject({ state: 'planned', reason: 'not enabled in this deployment' });
    expect(decide(optional, answers('locked', compliant()))).toMatchObject({ state: 'kept' });
    expect(decide(optional, answers('locked', finding('open')))).toMatchObject({ state: 'not met', broken: 'finding' });
  });
});

describe('the whole register', () => {
  test('keeps no clause without outcomes', () => {
    const states = stateOfClauses(register, []);
    expect(states.map(({ id }) => id)).toEqual(clauseIds);
    expect(states.filter(({ state }) => state === 'kept')).toEqual([]);
    const totals = totalsOf(states, []);
    expect(totals.kept + totals.planned + totals.attested + totals['not met']).toBe(95);
    expect(totals.violations).toBe(states.filter(({ broken }) => broken === 'unproven').length);
    expect(totals.violations).toBeGreaterThan(0);
  });

  test('counts an open finding once, however many clauses its rule proves', () => {
    const two = { ...register, 'TOM-5.5': technical([locked]), 'TOM-5.7': technical([locked]) };
    const given = [
      answers('locked', compliant(), finding('open'), finding('acknowledged')),
      ...clauseIds.flatMap((id) => {
        const clause = register[id];
        return ('rules' in clause ? (clause.rules ?? []) : []).map(({ name }) => answers(name, compliant()));
      }),
    ];
    const totals = totalsOf(stateOfClauses(two, given), given);
    expect(totals['not met']).toBe(2);
    expect(totals.violations).toBe(1);
  });
});
