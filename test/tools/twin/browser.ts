// Finds the Chromium of this machine, and starts it so that it connects only to the page under test.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
];

/** Its path; undefined if there is none. The path in REMPART_CHROMIUM must exist. */
export function chromiumPath(): string | undefined {
  const named = process.env.REMPART_CHROMIUM;
  if (!named) return places.find((place) => existsSync(place));
  if (existsSync(named)) return named;
  throw new Error(`REMPART_CHROMIUM: expected the path of Chromium, got ${named}, which is not there; correct it, or leave it out`);
}

export function launchChromium(executablePath: string): Promise<Browser> {
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  // Without its sandbox, which is unavailable to root and in many containers: it opens only pages of these tests.
  return chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: [...quiet, '--disable-dev-shm-usage'],
    timeout: 120_000,
  });
}
