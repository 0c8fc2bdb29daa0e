import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSite } from '../lib/config/load';
import { synthesized } from './synthesized/synthesized';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);

/** Headings of a page as links name them: in lower case, without punctuation, with hyphens for spaces. */
function headingsOf(page: string): readonly string[] {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text);
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('README', () => {
  test('names every npm script, and no other', () => {
    const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name]) => name).filter((name) => name !== 'ci');
    expect(scripts).toEqual(expect.arrayContaining(named));
    expect(named).toEqual(expect.arrayContaining(scripts));
  });

  test('its configuration examples load', () => {
    const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text as string);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) {
      const directory = mkdtempSync(join(tmpdir(), 'rempart-readme-'));
      writeFileSync(join(directory, 'example.yaml'), example);
      expect(loadSite({ directory, deployment: 'example', site: 'home' }).settings.owner).toBe('platform-team');
      rmSync(directory, { recursive: true });
    }
  });

  test('its example of mistakes shows the messages of the loader', () => {
    const directory = mkdtempSync(join(tmpdir(), 'rempart-readme-'));
    const mistaken = 'environment: production\nowner: platform-team\nnetwork:\n  vpcCidr: 10.0.0.0/30\n  sharedNat: true\n';
    writeFileSync(join(directory, 'production.yaml'), mistaken);
    const load = () => loadSite({ directory, deployment: 'production', site: 'home' });
    const [, example = ''] = /```\n(\d+ problems in the configuration:\n[\s\S]*?)```/.exec(readme) ?? [];
    const shown = example
      .trim()
      .split('\n')
      .map((line) => line.replace('config/production.yaml', 'production.yaml'));
    expect(shown).toHaveLength(3);
    for (const line of shown) expect(load).toThrow(line);
    rmSync(directory, { recursive: true });
  });

  test('it states the reserved concurrency of the templates and the quota that it needs', () => {
    const sums = ['production', 'staging', 'development'].map((deployment) =>
      synthesized(deployment)
        .stacks.flatMap(({ template }) => Object.values((template as { Resources: Record<string, { Properties?: object }> }).Resources))
        .map(({ Properties }) => (Properties as { ReservedConcurrentExecutions?: number })?.ReservedConcurrentExecutions ?? 0)
        .reduce((sum, reserved) => sum + reserved, 0),
    );
    const most = Math.max(...sums);
    // "Configuring reserved concurrency": 100 always stay unreserved.
    const said = readme.replaceAll('\n', ' ');
    expect(said).toContain(`reserve concurrency, ${most} executions in all, and Lambda keeps 100 executions unreserved`);
    expect(said).toContain(`at a quota of exactly 100 no function can reserve concurrency, and below ${100 + most} the deployment fails`);
    expect(said).toContain('ask for 1,000 concurrent executions');
  });

  test('its links point to files, and to headings in them', () => {
    for (const [, file = '', heading] of readme.matchAll(/\]\(((?!http)[^)#]+)(?:#([^)]+))?\)/g)) {
      expect(() => readFileSync(join(root, file))).not.toThrow(/ENOENT/);
      if (heading !== undefined) expect(headingsOf(readFileSync(join(root, file), 'utf8'))).toContain(heading);
    }
  });
});
