// A model of the fleet: served, refused and spooled hits, second by second, and the reaction of EC2 Auto Scaling.
import { Desired } from './desired';
import type { ScalingSettings } from './settings';
import type { Scenario } from './traffic';

/** Values that are not in the templates. */
export interface Assumptions {
  /** Hits per second of one server (npm run bench:collector). */
  readonly capacity: number;
  /** Seconds from the decision to launch a server to its first request. */
  readonly bootSeconds: number;
  /** The same for a server of the warm pool. */
  readonly warmBootSeconds: number;
  /** Seconds until the metrics of a minute are available. */
  readonly metricDelay: number;
  /** Bytes of a hit in the spool and on the stream. */
  readonly hitBytes: number;
  /** Maximum of an on-demand stream, in bytes per second ("Quotas and limits", Amazon Kinesis Data Streams). */
  readonly streamCeiling: number;
}

/** One minute of the run. */
export interface Sample {
  readonly second: number;
  readonly demand: number;
  readonly capacity: number;
  readonly servers: number;
  readonly booting: number;
  /** Hits refused in this minute. */
  readonly refused: number;
  /** Time that a hit waits in the spool, in seconds. */
  readonly spoolAge: number;
}

export interface Outcome {
  readonly samples: readonly Sample[];
  readonly hits: number;
  readonly refused: number;
  /** Number of seconds with refused hits. */
  readonly secondsOfRefusal: number;
  readonly peakServers: number;
  readonly serverHours: number;
  readonly worstSpoolAge: number;
}

/** Simulates a scenario on the fleet of the templates. */
export function simulate(scenario: Scenario, settings: ScalingSettings, assumptions: Assumptions): Outcome {
  const fleet = new Fleet(scenario, settings, assumptions);
  for (let second = 0; second < scenario.seconds; second++) fleet.step(second);
  return fleet.outcome();
}

const minute = 60;
/** An on-demand stream accepts twice the peak rate of the last 30 days, without the last 15 minutes (same page). */
const streamReaction = 15 * minute;
const smallestStream = 4e6;

class Fleet {
  private readonly desired: Desired;
  /** Times at which servers enter service. */
  private inService: number[];
  private booting: number[] = [];
  private readonly samples: Sample[] = [];
  private readonly written: number[] = [];
  private warm: number;
  private spool = 0;
  private spoolAge = 0;
  private hits = 0;
  private refused = 0;
  private refusedInMinute = 0;
  private demandInMinute = 0;
  private secondsOfRefusal = 0;
  private serverSeconds = 0;
  private streamPeak: number;

  constructor(
    private readonly scenario: Scenario,
    private readonly settings: ScalingSettings,
    private readonly assumptions: Assumptions,
  ) {
    this.desired = new Desired(scenario, settings, assumptions.metricDelay);
    // At the start the fleet and the stream are in a steady state with this traffic.
    const before = scenario.usual(0);
    const needed = settings.targetPerMinute ? Math.ceil((before * minute) / settings.targetPerMinute) : settings.minimum;
    const servers = Math.min(settings.maximum, Math.max(settings.minimum, needed));
    this.desired.begin(servers);
    this.inService = Array<number>(servers).fill(Number.NEGATIVE_INFINITY);
    this.warm = settings.warmPool;
    const usualPeak = Math.max(...Array.from({ length: 24 }, (_, hour) => scenario.usual(hour * 60 * minute)));
    this.streamPeak = usualPeak * assumptions.hitBytes;
  }

  step(second: number): void {
    this.inService.push(...this.booting.filter((ready) => ready <= second));
    this.booting = this.booting.filter((ready) => ready > second);
    const { capacity } = this.assumptions;
    const demand = this.scenario.demand(second);
    const room = Math.max(0, this.inService.length * this.settings.spoolBytes - this.spool) / this.assumptions.hitBytes;
    const accepted = Math.min(demand, this.inService.length * capacity, room + this.streamRate(second) / this.assumptions.hitBytes);
    this.forward(second, accepted);
    this.count(demand, accepted);
    if (second % minute === minute - 1) this.endMinute(second, demand);
    this.follow(second);
    this.serverSeconds += this.inService.length + this.booting.length;
  }

  outcome(): Outcome {
    return {
      samples: this.samples,
      hits: Math.round(this.hits),
      refused: Math.round(this.refused),
      secondsOfRefusal: this.secondsOfRefusal,
      peakServers: Math.max(...this.samples.map(({ servers, booting }) => servers + booting)),
      serverHours: this.serverSeconds / 3600,
      worstSpoolAge: Math.max(...this.samples.map(({ spoolAge }) => spoolAge)),
    };
  }

  /** Bytes per second that the stream accepts. */
  private streamRate(second: number): number {
    const { shards } = this.settings;
    if (shards !== undefined) return shards * 1e6;
    const old = this.written[second - streamReaction];
    if (old !== undefined) this.streamPeak = Math.max(this.streamPeak, old);
    return Math.min(this.assumptions.streamCeiling, Math.max(smallestStream, 2 * this.streamPeak));
  }

  private forward(second: number, accepted: number): void {
    const rate = this.streamRate(second);
    const waiting = this.spool + accepted * this.assumptions.hitBytes;
    const written = Math.min(waiting, rate);
    this.written[second] = written;
    this.spool = waiting - written;
    this.spoolAge = rate > 0 ? this.spool / rate : 0;
  }

  private count(demand: number, accepted: number): void {
    const refused = demand - accepted;
    this.hits += demand;
    this.refused += refused;
    this.refusedInMinute += refused;
    this.demandInMinute += demand;
    if (refused > 0.5) this.secondsOfRefusal++;
  }

  private endMinute(second: number, demand: number): void {
    const warmedUp = this.inService.filter((since) => since + this.settings.warmupSeconds <= second).length || this.inService.length;
    // The load balancer counts a request when it has chosen a target, also if that target is too slow
    // ("RequestCountPerTarget").
    this.desired.observe(second, {
      requestsPerServer: this.demandInMinute / this.inService.length,
      warmedUp,
      inService: this.inService.length,
      spoolAge: this.spoolAge,
    });
    this.samples.push({
      second,
      demand,
      capacity: this.inService.length * this.assumptions.capacity,
      servers: this.inService.length,
      booting: this.booting.length,
      refused: this.refusedInMinute,
      spoolAge: this.spoolAge,
    });
    this.refusedInMinute = 0;
    this.demandInMinute = 0;
  }

  private follow(second: number): void {
    const wanted = this.desired.at(second);
    const missing = wanted - this.inService.length - this.booting.length;
    for (let count = 0; count < missing; count++) this.launch(second);
    // The oldest server is terminated first, after its spool is forwarded.
    if (missing < 0 && this.booting.length === 0) this.inService = this.inService.sort((a, b) => a - b).slice(-missing);
  }

  private launch(second: number): void {
    const fromPool = this.warm > 0;
    if (fromPool) this.warm--;
    this.booting.push(second + (fromPool ? this.assumptions.warmBootSeconds : this.assumptions.bootSeconds));
  }
}
