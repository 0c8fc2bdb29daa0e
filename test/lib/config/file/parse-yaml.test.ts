// The YAML that a configuration file may use. Each feature is refused through the loader, as users meet it.
import { messagesOf, problemsOf, settingsOf, shortest } from '../folder';

const deepList = (opening: string, times: number): string => `${shortest}network: ${opening.repeat(times)}`;

describe('forms of the file that are accepted', () => {
  test.each([
    ['comments, quotes and flow style', '# a file\n{"environment": production, owner: \'platform-team\', audit: {retentionDays: 400}}\n'],
    ['lines of Windows', shortest.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${shortest}`],
    ['the start and the end of a document', `---\n${shortest}...\n`],
    ['no line break at the end', shortest.trimEnd()],
  ])('%s', (_, text) => {
    expect(settingsOf(text)).toStrictEqual(settingsOf(shortest));
  });

  test.each([
    ['empty', ''],
    ['comments only', '# nothing\n'],
    ['blank', ' \n\n'],
    ['an empty document', '---\n'],
    ['null', 'null\n'],
  ])('a file that is %s lacks the keys without a default', (_, text) => {
    expect(problemsOf(text)).toMatchObject([
      {
        where: 'config/production.yaml:1 environment',
        got: 'nothing',
        todo: expect.stringMatching(/^add it\. Purpose of the deployment\./),
      },
      { where: 'config/production.yaml:1 owner', got: 'nothing', todo: expect.stringMatching(/^add it\. The team/) },
    ]);
  });

  test.each([
    ['a list', '- environment: production\n', 'a list of 1'],
    ['text', 'production\n', '"production"'],
    ['a number', '42\n', '42'],
    ['an empty list', '[]\n', 'an empty list'],
  ])('%s is no configuration', (_, text, got) => {
    expect(problemsOf(text)).toMatchObject([
      { where: 'config/production.yaml:1', got, expected: expect.stringContaining('environment, owner') },
    ]);
  });
});

describe('features of YAML that are refused', () => {
  test.each([
    ['an anchor', 'owner: &team platform-team\nenvironment: production', ':1 owner', 'no anchor', '"&team"'],
    ['an anchor on a key', '&key owner: platform-team\nenvironment: production', ':1 owner', 'no anchor', '"&key"'],
    ['an anchor on the whole', '--- &all\nowner: platform-team\nenvironment: production', ':1', 'no anchor', '"&all"'],
    ['an alias', 'owner: platform-team\nenvironment: *other', ':2 environment', 'a value', 'the alias "*other"'],
    ['a tag', 'owner: !team platform-team\nenvironment: production', ':1 owner', 'no tag', '"!team"'],
    ['a tag of the standard', 'owner: !!str platform\nenvironment: production', ':1 owner', 'no tag', '"tag:yaml.org,2002:str"'],
    ['a tag for code', 'owner: !!js/function xyz\nenvironment: production', ':1 owner', 'no tag', '"tag:yaml.org,2002:js/function"'],
    ['a merge key', `${shortest}network:\n  <<: {firewall: false}`, ':4 network."<<"', 'keys written out', 'a merge key'],
    ['a key given twice', `${shortest}owner: others`, ':3 owner', 'each key once', 'the key again, after line 2'],
    ['a number as a key', `${shortest}7: x`, ':1', 'keys that are names', '7'],
    ['a list as a key', `${shortest}? [a]\n: x`, ':1', 'keys that are names', 'another kind of key'],
    ['an empty key', `${shortest}?\n: x`, ':1', 'keys that are names', 'nothing'],
    ['__proto__', `${shortest}network:\n  __proto__: {firewall: false}`, ':4 network.__proto__', 'a key of the schema', '"__proto__"'],
    ['constructor', `${shortest}constructor: {prototype: {x: 1}}`, ':3 constructor', 'a key of the schema', '"constructor"'],
    ['prototype', `${shortest}"prototype": 1`, ':3 prototype', 'a key of the schema', '"prototype"'],
    ['a second document', `${shortest}---\n${shortest}`, ':3:1', 'one YAML document', 'a second one'],
    ['a directive', `%YAML 1.1\n---\n${shortest}`, ':1:1', 'YAML 1.2 without directives', 'a line that begins with %'],
  ])('%s', (_, text, where, expected, got) => {
    expect(problemsOf(text)).toEqual([{ where: `config/production.yaml${where}`, expected, got, todo: expect.any(String) }]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('problems of form do not hide problems of settings', () => {
    expect(problemsOf('owner: &a platform-team\nenvironment: test\nenvironment: production\n').map(({ where }) => where)).toEqual([
      'config/production.yaml:1 owner',
      'config/production.yaml:2 environment',
      'config/production.yaml:3 environment',
    ]);
  });

  test('aliases that explode are refused before they do', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 30; level++)
      lines.push(
        `k${level}: &a${level} [${Array(9)
          .fill(`*a${level > 1 ? level - 1 : ''}`)
          .join(', ')}]`,
      );
    expect(problemsOf(`${shortest}${lines.join('\n')}\n`).length).toBeGreaterThan(30);
  });

  test.each(['[', '{a: ', '- ', '? ', '[{a: ', '- ? '])('nesting by %j has an end, however deep', (opening) => {
    const prefix = /^[[{]/.test(opening) ? 'network: ' : '';
    for (const times of [20, 1000, Math.floor(60_000 / opening.length)]) {
      const text = prefix ? deepList(opening, times) : opening.repeat(times);
      expect(problemsOf(text)).toMatchObject([
        { where: expect.stringMatching(/^config\/production\.yaml:\d+:\d+$/), expected: 'at most 16 levels', got: 'more' },
      ]);
    }
  });

  test('16 levels are no problem of depth, 17 are', () => {
    const nested = (levels: number) => `${shortest}network: ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}\n`;
    expect(problemsOf(nested(16))).toMatchObject([{ where: 'config/production.yaml:3 network', got: 'a list of 1' }]);
    expect(problemsOf(nested(17))).toMatchObject([{ expected: 'at most 16 levels' }]);
  });
});

describe('YAML that is not well-formed is reported with line and column', () => {
  test.each([
    ['environment: production\n\towner: x', ':2:1', /tab/i],
    ['owner: "platform', ':1:17', /Missing closing "quote/],
    ['owner: a: b', ':1:8', /Nested mappings/],
    ['owner: [a', ':1:10', /Flow sequence/],
    ['owner: @x', ':1:8', /reserved character/],
    [`${shortest}- a\n`, ':3:1', /./],
  ])('%j', (text, where, got) => {
    const [problem] = problemsOf(text);
    expect(problem).toEqual({
      where: `config/production.yaml${where}`,
      expected: 'well-formed YAML',
      got: expect.stringMatching(got),
      todo: 'correct the YAML at this line and column',
    });
  });

  test('one typing error does not give thousands of problems', () => {
    expect(problemsOf(']'.repeat(60_000)).length).toBeLessThanOrEqual(10);
  });
});

test('controls in values and keys reach no terminal', () => {
  const messages = messagesOf(`${shortest}"a\\e[31m\\u202E\\n": 1\nregion: "\\e]0;x\\a"\n`).join('\n');
  expect(messages).toContain('"a<U+001B>[31m<U+202E><U+000A>"');
  expect(messages).toContain('got "<U+001B>]0;x<U+0007>"');
});

test('long values are cut', () => {
  expect(problemsOf(`${shortest}region: ${'x'.repeat(10_000)}\n`)[0]?.got).toBe(`"${'x'.repeat(57)}..."`);
});
