// The report of a simulation in words.
import type { Report } from './ledger';

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`)
    .sort()
    .join('\n');

export function summary(report: Report): string {
  const gaps = Object.entries(report.gaps).map(([region, { all, alarmed }]) => `  ${region}: ${all}, of which ${alarmed} raised an alarm`);
  return [
    `${report.nights} nights, ${report.perDay} backups a day, seed ${report.seed}, ${report.runs} runs of the function`,
    `faults\n${list(report.faults)}`,
    `gaps of more than 24 hours\n${gaps.join('\n')}`,
    `hours of alarms\n${list(report.alarmHours)}`,
    `wrongs that were found\n${list(report.found)}`,
    `alarms without a gap: ${report.falseAlarmHours} hours; findings without a wrong: ${report.falseFindings.length}`,
    `misses: ${report.misses.length}`,
    ...report.misses.slice(0, 20).map((miss) => `  ${miss}`),
  ].join('\n');
}
