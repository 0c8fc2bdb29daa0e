import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSite } from '../lib/config/load';

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
  test('names every script a person runs, and none that does not exist', () => {
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

  test('its example of mistakes is what the loader says', () => {
    const directory = mkdtempSync(join(tmpdir(), 'rempart-readme-'));
    const mistaken = 'environment: production\nowner: platform-team\nnetwork:\n  vpcCidr: 10.0.0.0/30\n  sharedNat: true\n';
    writeFileSync(join(directory, 'production.yaml'), mistaken);
    const said = () => loadSite({ directory, deployment: 'production', site: 'home' });
    const [, example = ''] = /```\n(\d+ problems in the configuration:\n[\s\S]*?)```/.exec(readme) ?? [];
    const shown = example
      .trim()
      .split('\n')
      .map((line) => line.replace('config/production.yaml', 'production.yaml'));
    expect(shown).toHaveLength(3);
    for (const line of shown) expect(said).toThrow(line);
    rmSync(directory, { recursive: true });
  });

  test('its links lead to files, and to headings in them', () => {
    for (const [, file = '', heading] of readme.matchAll(/\]\(((?!http)[^)#]+)(?:#([^)]+))?\)/g)) {
      expect(() => readFileSync(join(root, file))).not.toThrow(/ENOENT/);
      if (heading !== undefined) expect(headingsOf(readFileSync(join(root, file), 'utf8'))).toContain(heading);
    }
  });
});
