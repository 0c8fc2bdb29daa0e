// A model of the fleet: served and refused hits, second by second, and the reaction of EC2 Auto Scaling; behind it,
// the path of accepted hits to the database.
import { type Bottleneck, Bottlenecks } from './bottlenecks';
import { Desired } from './desired';
import { HitPath, type Lag, type PathAssumptions, type PathSettings } from './path';
import type { ScalingSettings } from './settings';
import type { Scenario } from './traffic';

/** Values that are not in the templates. */
export interface Assumptions extends PathAssumptions {
  /** Hits per second of one server (npm run bench:collector). */
  readonly capacity: number;
  /** Seconds from the decision to launch a server to its first request. */
  readonly bootSeconds: number;
  /** The same for a server of the warm pool. */
  readonly warmBootSeconds: number;
  /** Seconds until the metrics of a minute are available. */
  readonly metricDelay: number;
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
  readonly lag: Lag;
  readonly acu: number;
}

/** Where the accepted hits are at the end. */
export interface Balance {
  readonly accepted: number;
  readonly stored: number;
  readonly deadLetters: number;
  readonly spooled: number;
  readonly streaming: number;
}

export interface Outcome {
  readonly samples: readonly Sample[];
  readonly hits: number;
  readonly refused: number;
  /** Number of seconds with refused hits. */
  readonly secondsOfRefusal: number;
  readonly peakServers: number;
  readonly serverHours: number;
  /** Oldest ages, also while the waiting hits are stored after the scenario. */
  readonly worst: Lag;
  readonly peakAcu: number;
  readonly peakShards: number;
  readonly bottlenecks: readonly Bottleneck[];
  /** Seconds after the scenario until no hit waits; undefined if hits still wait at the end of the run. */
  readonly drainedAfter: number | undefined;
  readonly balance: Balance;
}

/**
 * Simulates a scenario on the fleet and the path of the templates. Usual traffic follows until no hit waits, or for a
 * day longer than the stream keeps a hit.
 */
export function simulate(scenario: Scenario, settings: ScalingSettings, assumptions: Assumptions, path: PathSettings): Outcome {
  const fleet = new Fleet(scenario, settings, assumptions, path);
  for (let second = 0; second < scenario.seconds; second++) fleet.step(second);
  const last = scenario.seconds + path.stream.retentionSeconds + day;
  let second = scenario.seconds;
  while (second < last && fleet.isBehind(second - 1)) fleet.drain(second++);
  return fleet.outcome(second < last ? second - scenario.seconds : undefined);
}

const minute = 60;
const day = 24 * 60 * minute;

class Fleet {
  private readonly desired: Desired;
  /** Times at which servers enter service. */
  private inService: number[];
  private booting: number[] = [];
  private readonly samples: Sample[] = [];
  private readonly path: HitPath;
  private readonly bottlenecks = new Bottlenecks();
  private worst: Lag = { spool: 0, stream: 0, whole: 0 };
  private peakAcu = 0;
  private peakShards = 0;
  private warm: number;
  private hits = 0;
  private refused = 0;
  private refusedInMinute = 0;
  private demandInMinute = 0;
  private secondsOfRefusal = 0;
  private serverSeconds = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly settings: ScalingSettings,
    private readonly assumptions: Assumptions,
    path: PathSettings,
  ) {
    this.desired = new Desired(scenario, settings, assumptions.metricDelay);
    // At the start the fleet and the path are in a steady state with this traffic.
    const before = scenario.usual(0);
    const needed = settings.targetPerMinute ? Math.ceil((before * minute) / settings.targetPerMinute) : settings.minimum;
    const servers = Math.min(settings.maximum, Math.max(settings.minimum, needed));
    this.desired.begin(servers);
    this.inService = Array<number>(servers).fill(Number.NEGATIVE_INFINITY);
    this.warm = settings.warmPool;
    const peak = Math.max(...Array.from({ length: 24 }, (_, hour) => scenario.usual(hour * 60 * minute)));
    this.path = new HitPath(path, assumptions, { before, peak });
  }

  step(second: number): void {
    this.inService.push(...this.booting.filter((ready) => ready <= second));
    this.booting = this.booting.filter((ready) => ready > second);
    const { capacity } = this.assumptions;
    const demand = this.scenario.demand(second);
    const servers = this.inService.length;
    const disks = (servers * this.settings.spoolBytes) / this.assumptions.hitBytes;
    const room = Math.max(0, disks - this.path.spooled) + this.path.writable(second, servers);
    const accepted = Math.min(demand, servers * capacity, room);
    if (accepted < demand - 0.5) {
      this.bottlenecks.held(second, [room < servers * capacity ? 'servers: disks full' : 'servers: capacity']);
    }
    this.deliver(second, accepted);
    this.count(demand, accepted);
    if (second % minute === minute - 1) this.endMinute(second, demand);
    this.follow(second);
    this.serverSeconds += this.inService.length + this.booting.length;
  }

  /** Whether a hit has waited for a second. */
  isBehind(second: number): boolean {
    return this.path.lag(second).whole > 0;
  }

  /** A second after the scenario, in which the usual traffic is within every limit of the servers. */
  drain(second: number): void {
    this.deliver(second, this.scenario.usual(second));
  }

  outcome(drainedAfter: number | undefined): Outcome {
    const { accepted, stored, deadLetters, spooled, streaming } = this.path;
    return {
      samples: this.samples,
      hits: Math.round(this.hits),
      refused: Math.round(this.refused),
      secondsOfRefusal: this.secondsOfRefusal,
      peakServers: Math.max(...this.samples.map(({ servers, booting }) => servers + booting)),
      serverHours: this.serverSeconds / 3600,
      worst: this.worst,
      peakAcu: this.peakAcu,
      peakShards: this.peakShards,
      bottlenecks: this.bottlenecks.all,
      drainedAfter,
      balance: { accepted, stored, deadLetters, spooled, streaming },
    };
  }

  private deliver(second: number, accepted: number): void {
    this.bottlenecks.held(second, this.path.step(second, accepted, this.inService.length));
    const lag = this.path.lag(second);
    this.worst = {
      spool: Math.max(this.worst.spool, lag.spool),
      stream: Math.max(this.worst.stream, lag.stream),
      whole: Math.max(this.worst.whole, lag.whole),
    };
    this.peakAcu = Math.max(this.peakAcu, this.path.acu);
    this.peakShards = Math.max(this.peakShards, this.path.shards(second));
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
    const lag = this.path.lag(second);
    const warmedUp = this.inService.filter((since) => since + this.settings.warmupSeconds <= second).length || this.inService.length;
    // The load balancer counts a request when it has chosen a target, also if that target is too slow
    // ("RequestCountPerTarget").
    this.desired.observe(second, {
      requestsPerServer: this.demandInMinute / this.inService.length,
      warmedUp,
      inService: this.inService.length,
      spoolAge: lag.spool,
    });
    this.samples.push({
      second,
      demand,
      capacity: this.inService.length * this.assumptions.capacity,
      servers: this.inService.length,
      booting: this.booting.length,
      refused: this.refusedInMinute,
      lag,
      acu: this.path.acu,
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
