// The collector's metrics, in the format of Prometheus.

export interface CollectorFigures {
  /** Hits kept since the program started. */
  readonly hits: number;
  readonly spoolBytes: number;
  /** Seconds that the oldest hit has waited in the spool. */
  readonly spoolAge: number;
  /** Median and 99th percentile of the time to answer, in milliseconds. */
  readonly median: number;
  readonly slow: number;
}

/** Undefined while the collector is away. */
export async function readFigures(address: string): Promise<CollectorFigures | undefined> {
  try {
    const response = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(2000) });
    if (!response.ok) return undefined;
    const values = parseMetrics(await response.text());
    const value = (name: string) => values.get(name) ?? 0;
    return {
      hits: value('collector_hits_total'),
      spoolBytes: value('collector_spool_bytes'),
      spoolAge: value('collector_spool_age_seconds'),
      median: value('collector_latency_seconds{quantile="0.5"}') * 1000,
      slow: value('collector_latency_seconds{quantile="0.99"}') * 1000,
    };
  } catch {
    return undefined;
  }
}

/** Values by name and labels ("Exposition formats", Prometheus). */
export function parseMetrics(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*(?:\{[^}]*\})?) (\S+)/.exec(line);
    if (match?.[1]) values.set(match[1], Number(match[2]));
  }
  return values;
}
