// The report of a run.
import type { Outcome, Sample } from './fleet';
import type { ScalingSettings } from './settings';

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** The settings of the templates, in one line. */
export function settingsLine(settings: ScalingSettings): string {
  const { minimum, maximum, targetPerMinute, stepScaling, schedules, predictiveLead, warmPool, warmupSeconds, spoolBytes, shards } =
    settings;
  const parts = [
    `${minimum} to ${maximum} servers`,
    targetPerMinute === undefined ? 'no target tracking' : `target ${whole(targetPerMinute / 60)} hits/s per server`,
    ...stepScaling.map(({ metric, threshold }) => `steps on ${metric} from ${threshold}`),
    `${schedules.length} scheduled`,
    `forecast ${predictiveLead === undefined ? 'off' : 'on'}`,
    `warm pool ${warmPool}`,
    `warm-up ${warmupSeconds} s`,
    `spool ${(spoolBytes / 2 ** 30).toFixed(0)} GiB per server`,
    shards === undefined ? 'stream on demand' : `${shards} shards`,
  ];
  return parts.join(', ');
}

export function report(title: string, outcome: Outcome): string {
  const { hits, refused, secondsOfRefusal, peakServers, serverHours, worstSpoolAge, samples } = outcome;
  return [
    title,
    `  hits ${whole(hits)}, refused ${whole(refused)} (${((100 * refused) / hits).toFixed(3)} %) in ${whole(secondsOfRefusal)} s`,
    `  at most ${whole(peakServers)} servers, ${whole(serverHours)} server-hours, oldest hit in the spool ${whole(worstSpoolAge)} s`,
    '     time     hits/s      capacity  servers  booting      refused  spool age',
    ...selectedSamples(samples).map(row),
  ].join('\n');
}

/** Samples of each hour, and of each minute with a change of servers or refusals. */
function selectedSamples(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ second, servers, refused }, index) => {
    const before = samples[index - 1];
    return (second + 1) % 3600 === 0 || (before && (servers !== before.servers || refused > 0.5 !== before.refused > 0.5));
  });
}

function row({ second, demand, capacity, servers, booting, refused, spoolAge }: Sample): string {
  const minutes = Math.round((second + 1) / 60);
  const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const cells = [whole(demand).padStart(11), whole(capacity).padStart(12), whole(servers).padStart(7), whole(booting).padStart(8)];
  return `    ${time}${cells.join(' ')} ${whole(refused).padStart(13)} ${`${whole(spoolAge)} s`.padStart(9)}`;
}
