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

const told = { title: 'Doors are locked', promise: 'All doors are locked.' };
const technical = (rules: readonly [Rule, ...Rule[]]): TechnicalClause => ({ ...told, kind: 'technical', rules });

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
  test('is kept where every rule was asked and nothing is broken, and says where', () => {
    const state = decide(
      technical([locked, labelled]),
      answers('locked', compliant(), compliant(), compliant('production-network'), aside),
      answers('labelled', compliant('production-network')),
    );
    expect(state).toEqual({
      id: 'TOM-5.5',
      ...told,
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
    ['was asked about nothing', [answers('locked')]],
    ['concerned nothing that it was asked about', [answers('locked', aside, aside)]],
    ['did not run', []],
  ])('is unproven where its rule %s', (_, given) => {
    const state = decide(technical([locked]), ...given);
    expect(state).toMatchObject({ state: 'not met', broken: 'unproven', where: [] });
    expect(state.reason).toContain('locked');
  });

  test('is unproven where one of its rules concerned nothing, whatever the others say', () => {
    const state = decide(technical([locked, labelled]), answers('locked', compliant()), answers('labelled', aside));
    expect(state).toMatchObject({ state: 'not met', broken: 'unproven' });
    expect(state.reason).toContain('labelled');
    expect(state.reason).not.toContain('locked');
  });

  test('may rest on a rule that need not concern anything, but not on such rules alone', () => {
    expect(decide(technical([locked, rare]), answers('locked', compliant()), answers('rare'))).toMatchObject({ state: 'kept' });
    expect(decide(technical([rare]), answers('rare', aside))).toMatchObject({ state: 'not met', broken: 'unproven' });
    expect(decide(technical([locked, rare]), answers('locked', compliant()))).toMatchObject({ state: 'not met', broken: 'unproven' });
  });

  test('is kept with an acknowledged exception, which is told', () => {
    const state = decide(technical([locked]), answers('locked', compliant(), finding('acknowledged')));
    expect(state).toMatchObject({ state: 'kept', reason: 'acknowledged exceptions: 1' });
  });

  test('is not kept, though not broken, where nothing but exceptions holds it', () => {
    const state = decide(technical([locked, labelled]), answers('locked', finding('acknowledged')), answers('labelled', compliant()));
    expect(state.state).toBe('not met');
    expect(state.broken).toBeUndefined();
    expect(state.reason).toContain('locked');
  });

  test('is not met, though not broken, where the configuration leaves it out', () => {
    const given = answers('locked', compliant(), finding('not met', 'One key opens all doors.'));
    const state = decide(technical([locked]), given);
    expect(state).toMatchObject({ state: 'not met', reason: 'One key opens all doors.' });
    expect(state.broken).toBeUndefined();
  });

  test('is not met by declaration, without any finding; other clauses are not concerned', () => {
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

describe('a clause that awaits a part', () => {
  const partly: TechnicalClause = { ...told, kind: 'technical', rules: [locked], awaits: ['watch: a watchman'] };

  test('is planned, never kept, and says what holds already', () => {
    const state = decide(partly, answers('locked', compliant()));
    expect(state).toMatchObject({ state: 'planned', where: ['locked: 1 in production-account'], awaits: ['watch: a watchman'] });
  });

  test('is broken by what exists of it', () => {
    expect(decide(partly, answers('locked', finding('open')))).toMatchObject({ state: 'not met', broken: 'finding' });
    expect(decide(partly, answers('locked'))).toMatchObject({ state: 'not met', broken: 'unproven' });
  });

  test('is planned without any rule', () => {
    expect(decide({ ...told, kind: 'technical', awaits: ['watch: a watchman'] })).toMatchObject({ state: 'planned', where: [] });
  });
});

describe('the other kinds', () => {
  test('are attested by the provider or by people, with what these still await', () => {
    expect(decide({ ...told, kind: 'inherited', attestation: 'A certificate' })).toMatchObject({
      state: 'attested',
      where: ['A certificate'],
    });
    const people: Clause = { ...told, kind: 'organisational', attestedBy: 'Porter', artefact: 'Key list', awaits: ['access: a lock'] };
    expect(decide(people)).toMatchObject({ state: 'attested', where: ['Porter: Key list'], awaits: ['access: a lock'] });
  });

  test('an optional clause is planned until something of it is there', () => {
    const optional: Clause = { ...told, kind: 'optional', rules: [locked] };
    expect(decide(optional, answers('locked', aside))).toMatchObject({ state: 'planned', reason: 'not turned on in this deployment' });
    expect(decide(optional, answers('locked', compliant()))).toMatchObject({ state: 'kept' });
    expect(decide(optional, answers('locked', finding('open')))).toMatchObject({ state: 'not met', broken: 'finding' });
  });
});

describe('the whole register', () => {
  test('keeps nothing that was not asked: without answers no clause is kept', () => {
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
