// Node runs our TypeScript: every kind of import, errors at the lines we wrote, packages as they are.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const loader = resolve(__dirname, '../../tools/run-typescript.cjs');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-typescript-'));
  mkdirSync(join(folder, 'node_modules/package'), { recursive: true });
  const files = {
    'value.ts': 'export interface Value { readonly of: number }\nexport const value: Value = { of: 1 };\n',
    'imports.ts': `
      import { type Value, value } from './value';
      import whole = require('./value');
      import { kind } from 'package';
      async function main(): Promise<void> {
        const later = await import('./value.ts');
        const same: readonly Value[] = [value, whole.value, later.value, require('./value').value];
        console.log(new Set(same).size, kind);
      }
      main();
    `,
    'throws.ts': `// A comment.\ninterface Gone {\n  readonly a: number;\n}\n\nfunction fail({ a }: Gone): never {\n  throw new Error('a is ' + a);\n}\nfail({ a: 1 });\n`,
    'node_modules/package/index.js': `exports.kind = 'a package';\n//# sourceMappingURL=nowhere.map\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (file: string) => spawnSync(process.execPath, ['--require', loader, file], { cwd: folder, encoding: 'utf8' });

test('a module is one and the same however it is imported', () => {
  expect(run('imports.ts')).toMatchObject({ stdout: '1 a package\n', stderr: '', status: 0 });
});

test('an error names the line that was written', () => {
  const { stderr, status } = run('throws.ts');
  expect(stderr).toContain(`at fail (${join(folder, 'throws.ts')}:7:9)`);
  expect(stderr).toContain(`${join(folder, 'throws.ts')}:9:1`);
  expect(status).toBe(1);
});

test('a file that is no TypeScript is refused with its name', () => {
  writeFileSync(join(folder, 'broken.ts'), 'const = 1;\n');
  const { stderr, status } = run('broken.ts');
  expect(stderr).toContain('broken.ts');
  expect(status).not.toBe(0);
});
