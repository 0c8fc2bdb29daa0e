// Mutants of uploads: each asset of a stack is missing, elsewhere and changed once; the templates themselves are not.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from '../../../../lib/tom/template/assembly';
import { lineMutants, uploadMutants } from '../../../../tools/develop/mutate/uploads';
import { facts, resource, stack } from '../../../lib/tom/rules/example';

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

test('each line of a script has mutants, with the key and checksum of the changed file in the template; a program has none', () => {
  const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');
  const [script, program] = [join(folder, 'asset.c.sh'), join(folder, 'asset.d.cjs')];
  writeFileSync(script, 'echo a\n');
  writeFileSync(program, 'run();\n');
  const assets = [script, program].map((path) => ({ objectKey: `${checksum(path)}.sh`, bucket: 'bootstrap', path }));
  const fetch = (key: string | undefined, sum: string) => resource('AWS::EC2::LaunchTemplate', { UserData: `fetch ${key} ${sum}` });
  const example = stack({ Servers: fetch(assets[0]?.objectKey, checksum('echo a\n')), Other: resource('AWS::SNS::Topic') }, { assets });
  const mutants = [...lineMutants({ label: 'example', assembly: new Assembly(facts, [example]) }, join(folder, 'lines'))];
  expect(new Set(mutants.map(({ kind }) => kind)).size).toBe(3);
  expect(mutants.filter(({ asset }) => asset.path !== script)).toEqual([]);
  for (const { text, users, assembly } of mutants) {
    const [changed] = assembly.stacks[0]?.assets ?? [];
    expect(readFileSync(String(changed?.path), 'utf8')).toBe(text);
    expect(users).toEqual(['Servers']);
    expect(assembly.resource('production-example', 'Servers')?.at('UserData')).toBe(`fetch ${changed?.objectKey} ${checksum(text)}`);
  }
});
