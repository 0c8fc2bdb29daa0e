// The profile of a test run as text.
import type { Line, Profile } from './profile';

const rounded = (seconds: number): string => seconds.toFixed(1).padStart(7);

const row = ({ path, files, tests, seconds, around }: Line): string =>
  [rounded(seconds), rounded(around), String(files).padStart(5), String(tests).padStart(6), path].join('  ');

/** The run in one line, then the folders, and the slowest `top` files. */
export function profileText({ wall, tail, whole, files, folders }: Profile, top: number): string {
  const shown = files.slice(0, top);
  const ofShown = shown.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = 'seconds  outside  files   tests  path';
  return [
    `${whole.files} files with ${whole.tests} tests in ${wall.toFixed(0)} s; ${whole.seconds.toFixed(0)} s of test processes,`,
    `of them ${whole.around.toFixed(0)} s outside tests (loading of modules, hooks); the last file ran alone for ${tail.toFixed(0)} s`,
    '',
    head,
    ...folders.map(row),
    '',
    `the slowest ${shown.length} files: ${ofShown.toFixed(0)} s`,
    '',
    head,
    ...shown.map(row),
  ].join('\n');
}
