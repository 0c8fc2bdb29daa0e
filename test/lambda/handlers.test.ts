// Every function has a test that drives its handler.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const lambda = join(__dirname, '../../lambda');
const controls = readdirSync(lambda).flatMap((concern) => readdirSync(join(lambda, concern)).map((control) => join(concern, control)));

test.each(controls)('%s has a handler test', (control) => {
  expect(existsSync(join(lambda, control, 'handler.ts'))).toBe(true);
  expect(existsSync(join(__dirname, control, 'handler.test.ts'))).toBe(true);
});

test.each(controls)('%s has a test that compares the calls of its handler with its contract', (control) => {
  expect(existsSync(join(lambda, control, 'calls.ts'))).toBe(true);
  expect(readFileSync(join(__dirname, control, 'handler.test.ts'), 'utf8')).toContain(`declaredActions('${basename(control)}')`);
});
