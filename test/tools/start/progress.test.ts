// The progress line fits its terminal and is written only when its text changes.
import { withProgress } from '../../../tools/start/progress';

const clear = '\r\u001b[2K';

/** The output while the clock advances by half a second at each of `looks` readings. */
async function written(columns: number | undefined, looks: number): Promise<readonly string[]> {
  jest.useFakeTimers();
  try {
    const texts: string[] = [];
    let now = 0;
    const stream = { ...(columns === undefined ? {} : { columns }), write: (text: string) => texts.push(text) };
    await withProgress('Building a house', stream, { live: true, seconds: () => (now += 0.5) }, async () => {
      for (let look = 0; look < looks; look++) jest.runOnlyPendingTimers();
    });
    return texts;
  } finally {
    jest.useRealTimers();
  }
}

test('is written once a second, and cleared at the end', async () => {
  expect(await written(80, 4)).toEqual([
    `${clear}Building a house ... 0 s`,
    `${clear}Building a house ... 1 s`,
    `${clear}Building a house ... 2 s`,
    clear,
  ]);
});

test.each([24, 12])('leaves the last of %i columns free', async (columns) => {
  const texts = (await written(columns, 2)).map((text) => text.slice(clear.length));
  for (const text of texts) expect(text.length).toBeLessThan(columns);
  expect(texts[0]).toHaveLength(columns - 1);
  expect(texts[0]).toMatch(/^Bui.* \.\.\. 0 s$/);
});

test('is complete if the width is unknown', async () => {
  expect((await written(undefined, 0))[0]).toBe(`${clear}Building a house ... 0 s`);
});
