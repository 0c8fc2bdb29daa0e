// Times of tasks that depend on each other, and the ones that decide the end.
import * as fc from 'fast-check';
import { criticalPath, schedule, type Task } from '../../../../tools/recover/estimate/schedule';

const task = (id: string, minutes: number, ...after: readonly string[]): Task => ({ id, minutes, after });

test('a task begins when the last of those before it ends', () => {
  const timed = schedule([task('end', 1, 'short', 'long'), task('short', 2), task('long', 5, 'short')]);
  expect(timed.get('end')).toMatchObject({ begin: 7, end: 8 });
  expect(criticalPath(timed, 'end').map(({ task: { id } }) => id)).toEqual(['short', 'long', 'end']);
});

test('a task that is missing, and a cycle, are errors', () => {
  expect(() => schedule([task('a', 1, 'b')])).toThrow('expected a task b, got none');
  expect(() => schedule([task('a', 1, 'b'), task('b', 1, 'a')])).toThrow('got a cycle through a');
});

test('in any order of tasks, nothing begins early, and the critical path has no gap', () => {
  const orders = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.array(fc.nat(20), { maxLength: 4 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(orders, (drawn) => {
      const tasks = drawn.map(([minutes, before], index) =>
        task(String(index), minutes, ...before.filter((earlier) => earlier < index).map(String)),
      );
      const timed = schedule(tasks.toReversed());
      for (const { task: one, begin } of timed.values()) {
        expect(begin).toBe(Math.max(0, ...one.after.map((id) => timed.get(id)?.end ?? Number.NaN)));
      }
      const path = criticalPath(timed, String(tasks.length - 1));
      expect(path[0]?.begin).toBe(0);
      for (const [index, { begin }] of path.entries()) if (index > 0) expect(begin).toBe(path[index - 1]?.end);
    }),
    { seed: 20261130, numRuns: 200 },
  );
});
