// Nothing of a test run stays behind: temporary files lie in a folder of the run, and it can be removed whole.
import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { programArguments } from '../../tools/local-database/programs';
import { projectRoot } from '../../tools/synthesis/synthesize';
import { makeFolder, programsFolder, removeFolder, sharedFolder } from './folder';

test('temporary files and assemblies of this run lie in its folder', () => {
  const folder = dirname(sharedFolder());
  expect(basename(folder)).toMatch(/^rempart-test-/);
  expect(tmpdir()).toBe(folder);
  expect(dirname(new App().outdir)).toBe(folder);
});

test('programs start from the bundles of this run, others from their sources', () => {
  const [often, seldom] = ['tools/twin/parts/stream-process.ts', 'tools/start.ts'].map((path) => join(projectRoot, path)) as [
    string,
    string,
  ];
  expect(programArguments(often)).toEqual([join(programsFolder(), 'tools_twin_parts_stream-process.cjs')]);
  expect(programArguments(seldom)).toEqual(['--import', 'tsx', seldom]);
});

test('another user can reach what lies in it', () => {
  expect(statSync(tmpdir()).mode & 0o777).toBe(0o755);
});

test('it is removed with what lies in it, and the folder for temporary files is the one of before', () => {
  const before = { ...process.env };
  try {
    makeFolder();
    const folder = dirname(sharedFolder());
    expect(process.env.TMPDIR).toBe(folder);
    mkdtempSync(join(folder, 'cdk.out'));
    removeFolder();
    expect(existsSync(folder)).toBe(false);
    expect(process.env.TMPDIR).toBe(before.TMPDIR);
    expect(sharedFolder).toThrow('expected a folder, got nothing');
  } finally {
    process.env = before;
  }
});
