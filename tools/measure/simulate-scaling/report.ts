// The report of a run.
import type { Bottleneck } from './bottlenecks';
import type { Assumptions, Outcome, Sample } from './fleet';
import type { PathSettings } from './path';
import type { ScalingSettings } from './settings';

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** The settings of the templates, in one line. */
export function settingsLine(settings: ScalingSettings): string {
  const { minimum, maximum, targetPerMinute, stepScaling, schedules, predictiveLead, warmPool, warmupSeconds, spoolBytes } = settings;
  const parts = [
    `${minimum} to ${maximum} servers`,
    targetPerMinute === undefined ? 'no target tracking' : `target ${whole(targetPerMinute / 60)} hits/s per server`,
    ...stepScaling.map(({ metric, threshold }) => `steps on ${metric} from ${threshold}`),
    `${schedules.length} scheduled`,
    `forecast ${predictiveLead === undefined ? 'off' : 'on'}`,
    `warm pool ${warmPool}`,
    `warm-up ${warmupSeconds} s`,
    `spool ${(spoolBytes / 2 ** 30).toFixed(0)} GiB per server`,
  ];
  return parts.join(', ');
}

/** The settings of stream, ingest and database, in one line. */
export function pathLine({ stream, ingest, database }: PathSettings, { invocationSeconds, ingestSeconds }: Assumptions): string {
  const emptyPath = ingest.batchSeconds + invocationSeconds + ingestSeconds;
  const parts = [
    stream.shards === undefined ? 'stream on demand' : `${stream.shards} shards`,
    `kept ${(stream.retentionSeconds / 86_400).toFixed(0)} days, ${stream.readers} readers`,
    `batches of ${ingest.batchRecords} records or ${ingest.batchSeconds} s, ${ingest.parallel} a shard`,
    ingest.concurrency === undefined ? 'no reserved concurrency' : `${ingest.concurrency} concurrent`,
    `dead letters after ${(ingest.maxAgeSeconds / 86_400).toFixed(0)} days`,
    `${database.minAcu} to ${database.maxAcu} ACU`,
    `without a queue a hit is stored within ${emptyPath.toFixed(1)} s`,
  ];
  return parts.join(', ');
}

export function report(title: string, outcome: Outcome): string {
  const { hits, refused, secondsOfRefusal, peakServers, serverHours, worst, peakShards, peakAcu, bottlenecks, samples } = outcome;
  return [
    title,
    `  hits ${whole(hits)}, refused ${whole(refused)} (${((100 * refused) / hits).toFixed(3)} %) in ${whole(secondsOfRefusal)} s`,
    `  at most ${whole(peakServers)} servers, ${whole(serverHours)} server-hours, ${whole(peakShards)} shards, ${peakAcu.toFixed(1)} ACU`,
    `  oldest hit in a spool ${whole(worst.spool)} s, on the stream ${whole(worst.stream)} s, on its whole way ${whole(worst.whole)} s`,
    ...balanceLines(outcome),
    ...(bottlenecks.length === 0 ? ['  no hit waited'] : bottlenecks.map(bottleneckLine)),
    '     time     hits/s      capacity  servers  booting      refused      spool     stream        way    ACU',
    ...selectedSamples(samples).map(row),
  ].join('\n');
}

/** Where the accepted hits are; with a sum that differs, the model has lost or made some. */
function balanceLines({ balance: { accepted, stored, deadLetters, spooled, streaming }, drainedAfter }: Outcome): readonly string[] {
  const waiting = spooled + streaming;
  return [
    `  accepted ${whole(accepted)}: stored ${whole(stored)}, dead letters ${whole(deadLetters)}, waiting ${whole(waiting)}`,
    drainedAfter === undefined
      ? '  hits still wait a day after the stream has deleted the last hit of the scenario'
      : `  no hit waits ${whole(drainedAfter)} s after the scenario`,
  ];
}

function bottleneckLine({ limit, second, seconds }: Bottleneck, index: number): string {
  return `  ${index === 0 ? 'first limit' : 'then'} ${limit}, from ${timeOf(second)}, ${whole(seconds)} s in all`;
}

function timeOf(second: number): string {
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Samples of each hour, and of each minute with a change of servers or refusals. */
function selectedSamples(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ second, servers, refused }, index) => {
    const before = samples[index - 1];
    return (second + 1) % 3600 === 0 || (before && (servers !== before.servers || refused > 0.5 !== before.refused > 0.5));
  });
}

function row({ second, demand, capacity, servers, booting, refused, lag, acu }: Sample): string {
  const minutes = Math.round((second + 1) / 60);
  const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const cells = [whole(demand).padStart(11), whole(capacity).padStart(12), whole(servers).padStart(7), whole(booting).padStart(8)];
  const ages = [lag.spool, lag.stream, lag.whole].map((age) => `${whole(age)} s`.padStart(10));
  return `    ${time}${cells.join(' ')} ${whole(refused).padStart(13)} ${ages.join(' ')} ${acu.toFixed(1).padStart(6)}`;
}
