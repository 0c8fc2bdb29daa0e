// The timetable of a recovery as an SVG picture: one bar for each task that takes time, the critical path in another
// colour.
import type { Timed } from './schedule';
import type { RecoveryTask } from './tasks';

const row = 18;
const left = 330;
const width = 900;
const top = 40;

/** Tasks that are shorter do not get a bar, unless the end depends on them. Minutes. */
const shortest = 1;

/** @param critical ids of the tasks on the critical path */
export function gantt(title: string, timed: readonly Timed<RecoveryTask>[], critical: ReadonlySet<string>): string {
  const shown = timed
    .filter(({ task, end }) => Number.isFinite(end) && task.minutes > 0 && (critical.has(task.id) || task.minutes >= shortest))
    .sort((one, other) => one.begin - other.begin || one.end - other.end);
  const last = Math.max(1, ...shown.map(({ end }) => end));
  const scale = width / last;
  const height = top + shown.length * row + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 60}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="10" y="20" font-size="14">${escaped(title)}</text>`,
    ...hours(last).map((minute) => gridLine(left + minute * scale, height, minute)),
    ...shown.map((entry, index) => bar(entry, top + index * row, scale, critical.has(entry.task.id))),
    '</svg>',
    '',
  ].join('\n');
}

function bar({ task, begin, end }: Timed<RecoveryTask>, y: number, scale: number, isCritical: boolean): string {
  const label = task.type === undefined ? task.name : `${task.stack} ${task.name}`;
  const shortened = label.length > 52 ? `${label.slice(0, 51)}…` : label;
  const tooltip = `${label}: minute ${begin.toFixed(1)} to ${end.toFixed(1)}`;
  return (
    `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${escaped(shortened)}</text>` +
    `<rect x="${(left + begin * scale).toFixed(1)}" y="${y + 2}" width="${Math.max(1, (end - begin) * scale).toFixed(1)}" ` +
    `height="${row - 5}" fill="${isCritical ? '#b3261e' : '#7a9cc6'}"><title>${escaped(tooltip)}</title></rect>`
  );
}

/** Minutes at which the picture has a line: every quarter of an hour, every hour in long pictures. */
function hours(last: number): readonly number[] {
  const step = last > 360 ? 60 : 15;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

const gridLine = (x: number, height: number, minute: number): string =>
  `<line x1="${x.toFixed(1)}" y1="${top - 8}" x2="${x.toFixed(1)}" y2="${height - 22}" stroke="#d0d0d0"/>` +
  `<text x="${x.toFixed(1)}" y="${height - 8}" text-anchor="middle">${minute} min</text>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
