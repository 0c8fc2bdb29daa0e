// The browser client as one script.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const repository = join(__dirname, '../../..');

/** The script must be smaller than this number of bytes, without compression. */
export const clientLimitBytes = 2048;

/** The script that pages include, minified, for browsers from 2021 on. */
export function clientScript(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: repository,
    entryPoints: ['services/collector/client/client.ts'],
    write: false,
    bundle: true,
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    platform: 'browser',
    target: 'es2021',
    format: 'iife',
    // Not the settings of tsconfig.json, which add a directive to the script.
    tsconfigRaw: {},
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** Bytes of the script as it is, and as servers compress it. */
export const clientBytes = (script: string): { readonly minified: number; readonly gzipped: number } => ({
  minified: Buffer.byteLength(script),
  gzipped: gzipSync(script, { level: 9 }).length,
});
