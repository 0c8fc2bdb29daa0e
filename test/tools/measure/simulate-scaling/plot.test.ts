import type { Outcome } from '../../../../tools/measure/simulate-scaling/fleet';
import { plot } from '../../../../tools/measure/simulate-scaling/plot';

const calm = { spool: 0, stream: 0, whole: 0 };
const sample = (second: number, refused: number) => ({
  second,
  demand: 100,
  capacity: 200,
  servers: 2,
  booting: 1,
  refused,
  lag: calm,
  acu: 2,
});
const outcome: Outcome = {
  samples: [sample(59, 0), sample(119, 7)],
  hits: 1,
  refused: 7,
  secondsOfRefusal: 1,
  peakServers: 3,
  serverHours: 1,
  worst: calm,
  peakAcu: 2,
  peakShards: 4,
  bottlenecks: [],
  drainedAfter: 0,
  balance: { accepted: 1, stored: 1, deadLetters: 0, spooled: 0, streaming: 0 },
};

test('a run is drawn with its title, its lines and the minutes of refusal', () => {
  const svg = plot('a day', outcome);
  expect(svg).toMatch(/^<svg [^>]+>\n<title>a day<\/title>[\s\S]+<\/svg>\n$/);
  expect(svg.match(/<polyline points="[\d., ]+"/g)).toHaveLength(4);
  expect(svg.match(/height="300" fill="#f3b6b0"/g)).toHaveLength(1);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
