// A chart of a run as SVG: hits per second and capacity of the fleet, servers below, refusals in red.
import type { Outcome, Sample } from './fleet';

const width = 960;
const plotHeight = 300;
const serverHeight = 120;
const left = 90;
const right = 20;
const top = 50;
const gap = 40;
const height = top + plotHeight + gap + serverHeight + 40;

/** One SVG document; times are hours since the start. */
export function plot(title: string, { samples }: Outcome): string {
  const last = samples.at(-1)?.second ?? 1;
  const x = (second: number) => left + ((width - left - right) * second) / last;
  const most = Math.max(...samples.map(({ demand, capacity }) => Math.max(demand, capacity)));
  const y = (value: number) => top + plotHeight * (1 - value / most);
  const mostServers = Math.max(...samples.map(({ servers, booting }) => servers + booting));
  const base = top + plotHeight + gap + serverHeight;
  const serversY = (value: number) => base - (serverHeight * value) / mostServers;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="24" font-size="16">${title}</text>`,
    refusals(samples, x),
    axis(most, y, 'hits/s'),
    axis(mostServers, serversY, 'servers'),
    hours(last, x, base),
    line(samples, ({ capacity }) => capacity, x, y, '#2a7ab9'),
    line(samples, ({ demand }) => demand, x, y, '#222'),
    line(samples, ({ servers, booting }) => servers + booting, x, serversY, '#bbb'),
    line(samples, ({ servers }) => servers, x, serversY, '#2a7ab9'),
    legend(),
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

function line(samples: readonly Sample[], value: (sample: Sample) => number, x: Scale, y: Scale, colour: string): string {
  const points = samples.map((sample) => `${x(sample.second).toFixed(1)},${y(value(sample)).toFixed(1)}`).join(' ');
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function refusals(samples: readonly Sample[], x: Scale): string {
  return samples
    .filter(({ refused }) => refused > 0.5)
    .map(
      ({ second }) =>
        `<rect x="${(x(second - 60)).toFixed(1)}" y="${top}" width="${Math.max(1.5, x(60) - x(0)).toFixed(1)}" height="${plotHeight}" fill="#f3b6b0"/>`,
    )
    .join('');
}

function axis(most: number, y: Scale, unit: string): string {
  return [0, 0.5, 1]
    .map((share) => {
      const at = y(most * share);
      const label = Math.round(most * share).toLocaleString('en');
      return `<path d="M${left} ${at.toFixed(1)}H${width - right}" stroke="#ddd"/><text x="${left - 8}" y="${(at + 4).toFixed(1)}" text-anchor="end">${label}</text>`;
    })
    .concat(`<text x="${left - 8}" y="${(y(most) - 12).toFixed(1)}" text-anchor="end">${unit}</text>`)
    .join('');
}

function hours(last: number, x: Scale, base: number): string {
  const step = last > 12 * 3600 ? 3 : 1;
  const marks: string[] = [];
  for (let hour = 0; hour * 3600 <= last; hour += step)
    marks.push(`<text x="${x(hour * 3600).toFixed(1)}" y="${base + 20}" text-anchor="middle">${hour} h</text>`);
  return marks.join('');
}

function legend(): string {
  const entries = [
    ['#222', 'hits received'],
    ['#2a7ab9', 'capacity of the servers; servers in service'],
    ['#bbb', 'servers in service and booting'],
    ['#f3b6b0', 'minutes with refusals (503)'],
  ] as const;
  return entries
    .map(
      ([colour, text], index) =>
        `<rect x="${left + 10}" y="${top + 8 + index * 18}" width="12" height="12" fill="${colour}"/><text x="${left + 28}" y="${top + 19 + index * 18}">${text}</text>`,
    )
    .join('');
}
