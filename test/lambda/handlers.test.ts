// Every function has a test that drives its handler.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const lambda = join(__dirname, '../../lambda');
const controls = readdirSync(lambda).filter((control) => existsSync(join(lambda, control, 'handler.ts')));

test.each(controls)('%s has one', (control) => {
  expect(existsSync(join(__dirname, control, 'handler.test.ts'))).toBe(true);
});
