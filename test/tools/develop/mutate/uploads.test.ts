// Mutants of uploads: each asset of a stack is missing, elsewhere and changed once; the templates themselves are not.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from '../../../../lib/tom/template/assembly';
import { uploadMutants } from '../../../../tools/develop/mutate/uploads';
import { facts, stack } from '../../../lib/tom/rules/example';

const folder = mkdtempSync(join(tmpdir(), 'rempart-uploads-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('each upload has three mutants, and the originals stay as they are', () => {
  const script = join(folder, 'asset.a.sh');
  const code = join(folder, 'asset.b');
  writeFileSync(script, 'echo a\n');
  mkdirSync(code);
  writeFileSync(join(code, 'index.js'), 'exports.handler = 1;\n');
  const paths = [script, code, join(folder, 'production-example.template.json')];
  const assets = paths.map((path) => ({ objectKey: path, bucket: 'bootstrap', path }));
  const subject = { label: 'example', assembly: new Assembly(facts, [stack({}, { assets })]) };
  const mutants = [...uploadMutants(subject, join(folder, 'changed'))];
  const text = mutants.map(({ kind, asset, assembly }) => {
    const after = assembly.stacks[0]?.assets?.find(({ objectKey }) => objectKey === asset.objectKey);
    return [kind, asset.path, after?.bucket, after?.path === asset.path ? 'same' : after?.path];
  });
  const changed = (name: string): string => join(folder, 'changed', name);
  expect(text).toEqual([
    ['upload missing', script, undefined, undefined],
    ['upload elsewhere', script, 'stranger', 'same'],
    ['upload changed', script, 'bootstrap', changed('asset.a.sh')],
    ['upload missing', code, undefined, undefined],
    ['upload elsewhere', code, 'stranger', 'same'],
    ['upload changed', code, 'bootstrap', changed('asset.b')],
  ]);
  expect(readFileSync(changed('asset.a.sh'), 'utf8')).toBe('echo a\n\n# stranger\n');
  expect(readFileSync(join(changed('asset.b'), 'index.js'), 'utf8')).toContain('# stranger');
  expect(readFileSync(script, 'utf8')).toBe('echo a\n');
});
