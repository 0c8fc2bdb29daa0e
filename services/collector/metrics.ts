// Counters of the collector, and their text for Prometheus. Counting allocates no memory.
import { Latency } from './latency';

/** A value that is read with the metrics. */
interface Gauge {
  readonly help: string;
  readonly read: () => number;
}

export class Metrics {
  readonly latency = new Latency();
  private readonly statuses = new Map<number, number>();
  private readonly rejects = new Map<string, number>();
  private readonly repairs = new Map<string, number>();
  private readonly gauges = new Map<string, Gauge>();
  /** Answered requests, stored hits, and hits that could not be stored (answered 503), since the start. */
  requests = 0;
  hits = 0;
  refused = 0;

  /** Counts an answered request. @param milliseconds from its last byte to its answer */
  answered(status: number, milliseconds: number): void {
    this.requests++;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.latency.observe(milliseconds);
  }

  /** Counts durable hits. */
  kept(hits: number): void {
    this.hits += hits;
  }

  /** Counts a repair of a stored hit. @param repair one of a fixed set, never text of a client */
  repaired(repair: string): void {
    this.repairs.set(repair, (this.repairs.get(repair) ?? 0) + 1);
  }

  /** Counts rejected hits. @param reason one of a fixed set, never text of a client */
  rejected(reason: string, hits = 1): void {
    this.rejects.set(reason, (this.rejects.get(reason) ?? 0) + hits);
  }

  /**
   * Counts hits that could not be stored and were answered 503.
   *
   * @param reason as in `full`, `disk`, `array`, `stopping`, `not-ready`
   */
  refuse(reason: string, hits = 1): void {
    this.refused += hits;
    this.rejected(reason, hits);
  }

  /**
   * Adds a value that is read with the metrics.
   *
   * @param name without the prefix, as in `spool_bytes`; counters end in `_total`
   */
  addGauge(name: string, help: string, read: () => number): void {
    this.gauges.set(name, { help, read });
  }

  /** Prometheus text exposition format, version 0.0.4. */
  text(): string {
    const lines: string[] = [];
    const labelled = (name: string, help: string, label: string, values: ReadonlyMap<string | number, number>) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [value, count] of values) lines.push(`${name}{${label}="${value}"} ${count}`);
    };
    labelled('collector_requests_total', 'Requests by status of the answer.', 'status', this.statuses);
    labelled('collector_rejects_total', 'Rejected hits by reason.', 'reason', this.rejects);
    labelled('collector_repairs_total', 'Repairs of stored hits.', 'repair', this.repairs);
    lines.push('# HELP collector_hits_total Stored hits.', '# TYPE collector_hits_total counter', `collector_hits_total ${this.hits}`);
    lines.push(
      '# HELP collector_latency_seconds Time to answer, over the last one to two minutes.',
      '# TYPE collector_latency_seconds summary',
    );
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
