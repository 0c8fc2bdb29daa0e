// Where the time of a test run goes: the seconds of each file and folder, in its tests and around them.
import { isAbsolute, relative } from 'node:path';

/** The part of a report of `jest --json` that is read here. Times are milliseconds. */
export interface JestReport {
  readonly startTime: number;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  /** A test that did not run has no duration. */
  readonly assertionResults: readonly { readonly duration?: number | null }[];
}

export interface Line {
  /** A file, or a folder, relative to the root of the project. */
  readonly path: string;
  readonly files: number;
  readonly tests: number;
  readonly seconds: number;
  /** Seconds outside the tests: loading of modules, and hooks. */
  readonly around: number;
}

export interface Profile {
  /** Seconds from the start of the run to the end of the last file. */
  readonly wall: number;
  /** Seconds at the end in which one file ran alone: it started too late. */
  readonly tail: number;
  /** The sum over all files; each test process adds its own. */
  readonly whole: Line;
  /** The slowest first. */
  readonly files: readonly Line[];
  readonly folders: readonly Line[];
}

const seconds = (milliseconds: number): number => milliseconds / 1000;

/**
 * @param root of the project
 * @param depth number of names that the path of a folder has at most
 */
export function profileOf({ startTime, testResults }: JestReport, root: string, depth: number): Profile {
  const files = slowestFirst(testResults.map((file) => lineOf(file, root)));
  return {
    wall: seconds(Math.max(...testResults.map(({ endTime }) => endTime)) - startTime),
    tail: seconds(tailOf(testResults)),
    whole: sumOf('all', files),
    files,
    folders: slowestFirst([...byFolder(files, depth)].map(([path, lines]) => sumOf(path, lines))),
  };
}

function byFolder(files: readonly Line[], depth: number): ReadonlyMap<string, readonly Line[]> {
  const folders = new Map<string, Line[]>();
  for (const file of files) {
    const folder = file.path.split('/').slice(0, -1).slice(0, depth).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return folders;
}

const slowestFirst = (lines: readonly Line[]): readonly Line[] => lines.toSorted((a, b) => b.seconds - a.seconds);

function lineOf({ name, startTime, endTime, assertionResults }: FileReport, root: string): Line {
  const inTests = assertionResults.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  return {
    path: isAbsolute(name) ? relative(root, name) : name,
    files: 1,
    tests: assertionResults.length,
    seconds: seconds(endTime - startTime),
    // Concurrent tests together can last longer than their file.
    around: seconds(Math.max(0, endTime - startTime - inTests)),
  };
}

function sumOf(path: string, lines: readonly Line[]): Line {
  const sum = (of: (line: Line) => number): number => lines.reduce((total, line) => total + of(line), 0);
  return {
    path,
    files: lines.length,
    tests: sum(({ tests }) => tests),
    seconds: sum((line) => line.seconds),
    around: sum(({ around }) => around),
  };
}

/** Milliseconds from the end of the last but one file to the end of the last. */
function tailOf(files: readonly FileReport[]): number {
  const [last = 0, before = last] = files.map(({ endTime }) => endTime).toSorted((a, b) => b - a);
  return last - before;
}
