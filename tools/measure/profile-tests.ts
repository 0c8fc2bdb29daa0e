// npm run profile:tests: where the time of a test run went, and the files that a run without own timings starts first.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, ToolError, UsageError } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import { profileText } from './profile-tests/print';
import { type JestReport, type Profile, profileOf } from './profile-tests/profile';

const usage = `npm run profile:tests -- --results <file> [options]

Prints the seconds of a test run by folder and file, those outside tests (loading of modules, hooks) apart. Make the results with
npm test -- --json --outputFile=results.json.

  --results <file>  what jest wrote
  --top N           number of files [default: 40]
  --depth N         number of names that the path of a folder has at most [default: 3]
  --record          write the files of ten seconds or more to test/sequence/slow-files.json: a fresh clone starts them first
  --json            print the profile as JSON
  --help            print this text`;

const options = {
  results: { type: 'string' },
  top: { type: 'string', default: '40' },
  depth: { type: 'string', default: '3' },
  record: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

runTool({ usage, options }, async ({ results, top, depth, record, json }) => {
  if (results === undefined) throw new UsageError('--results: expected the file of a test run, got none; add it');
  const profile = profileOf(readReport(results), projectRoot, wholeNumber('depth', depth));
  console.log(json ? JSON.stringify(profile, undefined, 2) : profileText(profile, wholeNumber('top', top)));
  if (record) writeFileSync(join(projectRoot, 'test/sequence/slow-files.json'), slowFiles(profile));
  return 0;
});

/** Seconds from which the place of a file in the sequence matters. */
const slow = 10;

const slowFiles = ({ files }: Profile): string => {
  const listed = files.filter(({ seconds }) => seconds >= slow).map(({ path, seconds }) => [path, Math.round(seconds)]);
  return `${JSON.stringify(Object.fromEntries(listed), undefined, 2)}\n`;
};

function readReport(file: string): JestReport {
  const expected = `--results: expected what npm test -- --json --outputFile=${file} writes`;
  let report: Partial<JestReport>;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ToolError(`${expected}, got ${error instanceof Error ? error.message : String(error)}; run the tests`);
  }
  const { startTime, testResults } = report;
  if (startTime === undefined || !testResults?.length) throw new ToolError(`${expected}, got no results; run the tests`);
  return { startTime, testResults };
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`--${name}: expected a whole number of 1 or more, got ${text}; choose such a number`);
  return Number(text);
}
