// What the collector counts, as text for Prometheus. Counting allocates nothing.
import { Latency } from './latency';

/** A value that is read when it is asked for. */
interface Gauge {
  readonly help: string;
  readonly read: () => number;
}

export class Metrics {
  readonly latency = new Latency();
  private readonly statuses = new Map<number, number>();
  private readonly rejects = new Map<string, number>();
  private readonly gauges = new Map<string, Gauge>();
  /** Requests answered, hits kept, and hits that could not be kept (answered 503), since the start. */
  requests = 0;
  hits = 0;
  refused = 0;

  /** A request was answered. @param milliseconds from its head to its answer */
  answered(status: number, milliseconds: number): void {
    this.requests++;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.latency.observe(milliseconds);
  }

  /** Hits are durable. */
  kept(hits: number): void {
    this.hits += hits;
  }

  /** Hits were not taken. @param reason one of a few words of our own, never text of a client */
  rejected(reason: string, hits = 1): void {
    this.rejects.set(reason, (this.rejects.get(reason) ?? 0) + hits);
  }

  /** Hits could not be kept and were answered 503. @param reason as in `full`, `disk`, `array`, `stopping`, `not-ready` */
  refuse(reason: string, hits = 1): void {
    this.refused += hits;
    this.rejected(reason, hits);
  }

  /** Adds a value that is read when the metrics are. @param name without the prefix, as in `spool_bytes`; counters end in `_total` */
  watch(name: string, help: string, read: () => number): void {
    this.gauges.set(name, { help, read });
  }

  /** Prometheus text exposition format, version 0.0.4. */
  text(): string {
    const lines: string[] = [];
    const labelled = (name: string, help: string, label: string, values: ReadonlyMap<string | number, number>) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [value, count] of values) lines.push(`${name}{${label}="${value}"} ${count}`);
    };
    labelled('collector_requests_total', 'Requests by the status they were answered with.', 'status', this.statuses);
    labelled('collector_rejects_total', 'Hits not taken, by reason.', 'reason', this.rejects);
    lines.push('# HELP collector_hits_total Hits kept.', '# TYPE collector_hits_total counter', `collector_hits_total ${this.hits}`);
    lines.push('# HELP collector_latency_seconds Time to answer, over the last minutes.', '# TYPE collector_latency_seconds summary');
    for (const share of [0.5, 0.9, 0.99, 0.999]) {
      lines.push(`collector_latency_seconds{quantile="${share}"} ${(this.latency.quantile(share) / 1000).toFixed(6)}`);
    }
    lines.push(`collector_latency_seconds_sum ${this.latency.sum / 1000}`, `collector_latency_seconds_count ${this.latency.count}`);
    for (const [name, { help, read }] of this.gauges) {
      const type = name.endsWith('_total') ? 'counter' : 'gauge';
      lines.push(`# HELP collector_${name} ${help}`, `# TYPE collector_${name} ${type}`, `collector_${name} ${read()}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
